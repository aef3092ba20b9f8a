"""Starts and ends the processes of job runs. A run has a folder, which holds its task, its output and its result."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil

from localcloud.glue.jobs.definition import SHELL
from localcloud.glue.jobs.model import Job, JobRun
from localcloud.home import read_json, write_private
from localcloud.process import OWNER, started_at, variables
from localcloud.service import Command

DRIVER_MEMORY: Final = "640m"
"""The heap of a job's Spark: small enough for the whole lab to stay below 3.5 GB."""
OUTPUT, ERROR = "output", "error"
LIBRARY: Final = Path(__file__).parent.parent / "library"
"""The folder of the package `awsglue`, which only jobs have on their path."""
_PASSED: Final = ("AWS_", OWNER)


def folder_of(run: JobRun) -> Path:
    """Return the folder of a run."""
    state = os.environ.get("LOCALCLOUD_STATE") or tempfile.gettempdir()
    return Path(state) / "jobs" / run.id


@dataclass
class JobProcess:
    """The process of a run that this process started; `leash` is closed when it may end."""

    popen: subprocess.Popen[bytes]

    @classmethod
    def start(cls, job: Job, run: JobRun) -> JobProcess:
        """Start the process of a run in a session of its own."""
        folder = folder_of(run)
        folder.mkdir(parents=True, mode=0o700)
        write_private(folder / "task.json", json.dumps(_task(job, run)))
        argv = (sys.executable, "-m", "localcloud.glue.jobs", str(folder))
        with (folder / OUTPUT).open("wb") as output, (folder / ERROR).open("wb") as error:
            popen = subprocess.Popen(
                argv,
                env=variables(Command(argv, _environment(run, folder))),
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=error,
                start_new_session=True,
            )
        return cls(popen)

    def identify(self, run: JobRun) -> None:
        """Note in the run which process it is, so that another process can end it."""
        with contextlib.suppress(psutil.NoSuchProcess):
            run.pid, run.born = self.popen.pid, started_at(psutil.Process(self.popen.pid))

    def ended(self, seconds: float) -> bool:
        """Wait for the end of the process, at most that long; return whether it came."""
        try:
            self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """End the process and all that it started."""
        if self.popen.poll() is None:
            end_session(self.popen.pid)

    def close(self) -> None:
        """Collect the process, and end what it left behind."""
        self.popen.wait()
        end_session(self.popen.pid)
        if self.popen.stdin:
            self.popen.stdin.close()


def end_session(leader: int) -> None:
    """Kill every process of a session: Spark's Python workers have a process group of their own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError, PermissionError):
            if os.getsid(process.pid) == leader:
                os.kill(process.pid, signal.SIGKILL)


def end_orphan(run: JobRun) -> None:
    """Kill the process of a run whose starter died, unless its pid is another program's by now."""
    if run.pid is None:
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(run.pid)
        if started_at(process) == run.born:
            end_session(run.pid)
            psutil.wait_procs([process], timeout=10)


def result(run: JobRun) -> tuple[bool, str | None]:
    """Return whether the script came to its end, and its error."""
    file = folder_of(run) / "result.json"
    return file.exists(), read_json(file).get("error")


def committed(run: JobRun) -> str | None:
    """Return the bookmark that a run committed, if it did."""
    file = folder_of(run) / "bookmark.json"
    return file.read_text() if file.exists() else None


def forget(run: JobRun) -> None:
    """Remove the folder of a run whose end is stored."""
    shutil.rmtree(folder_of(run), ignore_errors=True)


def _task(job: Job, run: JobRun) -> dict[str, Any]:
    """Return all that the process must know; it is never part of its command line."""
    modules = run.arguments.get("--extra-py-files", "")
    known = job.bookmarks[-1].content if job.bookmarks else "{}"
    lost = [old.id for old in job.runs if old.completed and not old.committed and old.state != "SUCCEEDED"]
    return {
        "script": run.arguments.get("--scriptLocation") or run.command["ScriptLocation"],
        "modules": [uri.strip() for uri in modules.split(",") if uri.strip()],
        "argv": _arguments(job, run),
        "run": run.id,
        "bookmark": json.loads(known),
        "lost": lost,
    }


def _arguments(job: Job, run: JobRun) -> list[str]:
    """Return the script's arguments: a Spark job also gets its names, as on AWS."""
    own = {} if run.command["Name"] == SHELL else {"--JOB_NAME": job.name, "--JOB_RUN_ID": run.id, "--JOB_ID": job.name}
    return [word for pair in {**own, **run.arguments}.items() for word in pair]


def _environment(run: JobRun, folder: Path) -> dict[str, str]:
    """Return the lab's addresses and keys, and for a Spark job the lab's Spark with memory of its own."""
    passed = {name: value for name, value in os.environ.items() if name.startswith(_PASSED)}
    own = {**passed, "PYTHONPATH": str(LIBRARY), "LAB_GLUE_RUN": str(folder), "PYTHONUNBUFFERED": "1"}
    own["TMPDIR"] = str(folder)
    if run.command["Name"] == SHELL:
        return own
    conf = os.environ.get("LOCALCLOUD_SPARK_CONF")
    return {
        **own,
        **({"SPARK_CONF_DIR": conf} if conf else {}),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": shlex.join([*_spark_options(run), "pyspark-shell"]),
    }


def _spark_options(run: JobRun) -> list[str]:
    """Return spark-submit's options: those of the lab, then those of the argument --conf, which win."""
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        # As in the Spark of Glue, where a cast that fails gives NULL.
        "spark.sql.ansi.enabled": "false",
        "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "spark.app.name": run.job,
    }
    own = [pair.strip() for pair in run.arguments.get("--conf", "").split("--conf") if pair.strip()]
    pairs = [*(f"{name}={value}" for name, value in settings.items()), *own]
    return ["--driver-memory", DRIVER_MEMORY, *(word for pair in pairs for word in ("--conf", pair))]

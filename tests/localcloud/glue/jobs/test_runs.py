"""Runs of Python shell jobs, each in a process of its own."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from botocore.exceptions import ClientError
from moto.core.base_backend import BackendDict

from localcloud.aws import persistence
from localcloud.glue import job_runs
from localcloud.glue.jobs import process

SLEEPS = "import subprocess, sys, time\nsubprocess.Popen(['sleep', '600'])\nprint('up', flush=True)\ntime.sleep(600)\n"


def test_a_script_gets_its_arguments_and_its_output_is_in_the_log(jobs: Any) -> None:
    """A script's arguments are the job's and the run's; standard output and errors have their log groups."""
    script = (
        "import sys\nfrom awsglue.utils import getResolvedOptions\n"
        "a = getResolvedOptions(sys.argv, ['who', 'day', 'TempDir'])\n"
        "print(a['who'], a['day'], a['TempDir'])\nprint('aside', file=sys.stderr)\n"
    )
    defaults = {"--who": "nobody", "--day": "monday", "--TempDir": "s3://scripts/tmp/"}
    name = jobs.create(script, DefaultArguments=defaults)
    run_id = jobs.glue.start_job_run(JobName=name, Arguments={"--who": "ada"})["JobRunId"]
    run = jobs.wait(name, run_id)
    assert (run["JobRunState"], run.get("ErrorMessage")) == ("SUCCEEDED", None), jobs.lines(run, "error")
    assert jobs.lines(run) == ["ada monday s3://scripts/tmp/"]
    assert jobs.lines(run, "error") == ["aside"]
    assert run["LogGroupName"] == "/aws-glue/python-jobs"
    assert run["DPUSeconds"] == run["ExecutionTime"] * 0.0625


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("x = 1\nraise ValueError('no such day\\nsecond line')", "ValueError: no such day"),
        ("print(undefined)", "NameError: name 'undefined' is not defined"),
        ("def f(:", "SyntaxError: invalid syntax"),
        ("import sys\nsys.exit(3)", "SystemExit: 3"),
        ("import sys\nsys.exit('bad day')", "SystemExit: bad day"),
        ("import os\nos._exit(4)", "Command failed with exit code 4"),
        ("import os\nos.kill(os.getpid(), 9)", "Command failed with exit code 137"),
        ("from awsglue.utils import getResolvedOptions\ngetResolvedOptions(['s'], ['day'])",
         "GlueArgumentError: the following arguments are required: --day"),
    ],
)  # fmt: skip
def test_a_failure_has_the_last_line_of_its_exception(jobs: Any, script: str, message: str) -> None:
    """A run whose script fails is FAILED, and says why."""
    run = jobs.run(script)
    assert run["JobRunState"] == "FAILED"
    assert run["ErrorMessage"].startswith(message)


def test_a_traceback_shows_the_script_alone(jobs: Any) -> None:
    """The log has the script's own frames, not those of the program that runs it."""
    lines = jobs.lines(jobs.run("def f():\n    1 / 0\nf()\n"), "error")
    assert lines[-1] == "ZeroDivisionError: division by zero"
    assert sum(line.strip().startswith("File ") for line in lines) == 2


@pytest.mark.parametrize("code", ["", "raise SystemExit", "import sys\nsys.exit(0)"])
def test_a_clean_exit_is_a_success(jobs: Any, code: str) -> None:
    """A script that exits with 0 has done its work."""
    assert jobs.run(code or "pass")["JobRunState"] == "SUCCEEDED"


def test_extra_files_can_be_imported(jobs: Any) -> None:
    """Modules named by --extra-py-files are on the path of the script."""
    jobs.s3.put_object(Bucket="scripts", Key="lib/helper.py", Body=b"ANSWER = 42")
    run = jobs.run(
        "import helper\nprint(helper.ANSWER)", DefaultArguments={"--extra-py-files": "s3://scripts/lib/helper.py"}
    )
    assert jobs.lines(run) == ["42"]


def test_a_script_that_is_not_there_fails(jobs: Any) -> None:
    """A run without a script names the reason."""
    name = jobs.create("pass")
    jobs.s3.delete_object(Bucket="scripts", Key="j.py")
    run = jobs.wait(name, jobs.glue.start_job_run(JobName=name)["JobRunId"])
    assert (run["JobRunState"], run["ErrorMessage"][:12]) == ("FAILED", "ClientError:")


def test_a_command_that_glue_does_not_have_fails(jobs: Any) -> None:
    """As on AWS, the run fails, not the call: https://github.com/aws/aws-sdk-java/issues/1612."""
    run = jobs.run("pass", command="glueety")
    assert run["ErrorMessage"].endswith(
        "failed to execute with exception Could not find command for the given criteria"
    )


def test_secrets_of_other_services_stay_away(jobs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job has the keys to AWS's API, and nothing else of the server's environment."""
    monkeypatch.setenv("LAB_REDSHIFT_PASSWORD", "hidden")
    monkeypatch.setenv("ATHENA_ENGINE_SECRET", "hidden")
    run = jobs.run("import os\nprint('hidden' in os.environ.values(), 'AWS_SECRET_ACCESS_KEY' in os.environ)")
    assert jobs.lines(run) == ["False True"]


def test_stop_kills_the_script_and_what_it_started(jobs: Any) -> None:
    """After BatchStopJobRun no process of the run lives, and its state is STOPPED."""
    name = jobs.create(SLEEPS)
    run_id = jobs.glue.start_job_run(JobName=name)["JobRunId"]
    pid = running_pid(jobs, name, run_id)
    answer = jobs.glue.batch_stop_job_run(JobName=name, JobRunIds=[run_id, "jr_none"])
    assert answer["SuccessfulSubmissions"] == [{"JobName": name, "JobRunId": run_id}]
    assert answer["Errors"][0]["ErrorDetail"]["ErrorCode"] == "EntityNotFoundException"
    assert jobs.wait(name, run_id)["JobRunState"] == "STOPPED"
    assert not session(pid)
    errors = jobs.glue.batch_stop_job_run(JobName=name, JobRunIds=[run_id])["Errors"]
    assert errors[0]["ErrorDetail"]["ErrorCode"] == "JobRunInTerminalStateException"


def test_a_run_ends_at_its_timeout(jobs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that takes longer than its Timeout is in the state TIMEOUT, without its processes."""
    monkeypatch.setattr(job_runs, "MINUTE_S", 5)
    name = jobs.create(SLEEPS, Timeout=1, MaxRetries=1)
    run_id = jobs.glue.start_job_run(JobName=name)["JobRunId"]
    jobs.wait(name, run_id, ("RUNNING",))
    pid = job_runs._running[run_id].popen.pid
    assert jobs.wait(name, run_id)["JobRunState"] == "TIMEOUT"
    assert not session(pid)


def test_a_failed_run_is_tried_again(jobs: Any) -> None:
    """MaxRetries makes new attempts, each a run that names the one before."""
    name = jobs.create("raise ValueError", MaxRetries=1)
    first = jobs.glue.start_job_run(JobName=name)["JobRunId"]
    jobs.wait(name, first)
    limit = time.monotonic() + 60
    while len(jobs.glue.get_job_runs(JobName=name)["JobRuns"]) < 2:
        assert time.monotonic() < limit
        time.sleep(0.05)
    second = jobs.wait(name, f"{first}_attempt_1")
    assert (second["Attempt"], second["PreviousRunId"], second["JobRunState"]) == (1, first, "FAILED")
    assert len(jobs.glue.get_job_runs(JobName=name)["JobRuns"]) == 2


def test_no_more_runs_than_allowed(jobs: Any) -> None:
    """A run beyond MaxConcurrentRuns is refused."""
    name = jobs.create(SLEEPS, ExecutionProperty={"MaxConcurrentRuns": 2})
    for _ in range(2):
        jobs.glue.start_job_run(JobName=name)
    with pytest.raises(ClientError, match="Job with name j already running") as error:
        jobs.glue.start_job_run(JobName=name)
    assert error.value.response["Error"]["Code"] == "ConcurrentRunsExceededException"


def test_a_deleted_job_has_no_process(jobs: Any) -> None:
    """DeleteJob ends the runs of the job."""
    name = jobs.create(SLEEPS)
    pid = running_pid(jobs, name, jobs.glue.start_job_run(JobName=name)["JobRunId"])
    jobs.glue.delete_job(JobName=name)
    assert gone(pid)


def test_a_run_whose_server_died_is_failed_and_its_process_ended(jobs: Any, tmp_path: Path) -> None:
    """From the state on disk, a run that was going on becomes FAILED with its log, and its process is killed."""
    name = jobs.create(SLEEPS)
    run_id = jobs.glue.start_job_run(JobName=name)["JobRunId"]
    pid = running_pid(jobs, name, run_id)
    saved = (tmp_path / "state" / "glue.state").read_bytes()
    started = job_runs._running.pop(run_id)  # the server that died knows nothing any more
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "glue.state").write_bytes(saved)
    BackendDict.reset()
    store = persistence.Store(copy)
    store.load()
    persistence.use(store)
    job_runs.recover()
    run = jobs.get(name, run_id)
    assert (run["JobRunState"], run["ErrorMessage"]) == ("FAILED", job_runs.LOST)
    assert jobs.lines(run) == ["up"]
    started.popen.wait(10)
    assert not session(pid)


def test_a_process_ends_with_the_server_that_started_it(jobs: Any) -> None:
    """When the other end of its standard input is closed, a script and all that it started are killed."""
    name = jobs.create(SLEEPS)
    run_id = jobs.glue.start_job_run(JobName=name)["JobRunId"]
    pid = running_pid(jobs, name, run_id)
    leash: Any = job_runs._running[run_id].popen.stdin
    leash.close()
    assert gone(pid)


def test_another_process_with_the_pid_is_left_alone() -> None:
    """A pid that another program has by now does not belong to the run."""
    from localcloud.glue.jobs.model import JobRun

    run = JobRun("j", {}, {}, {})
    run.pid, run.born = os.getpid(), "another boot:1"
    process.end_orphan(run)
    assert psutil.pid_exists(os.getpid())


def running_pid(jobs: Any, name: str, run_id: str) -> int:
    """Wait until the script runs; return the pid of its process."""
    jobs.wait(name, run_id, ("RUNNING",))
    limit = time.monotonic() + 60
    pid = job_runs._running[run_id].popen.pid
    while len(session(pid)) < 2:
        assert time.monotonic() < limit
        time.sleep(0.05)
    return pid


def session(leader: int) -> list[int]:
    """Return the living processes of a session."""
    members = []
    for each in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            if os.getsid(each.pid) == leader and each.status() != psutil.STATUS_ZOMBIE:
                members.append(each.pid)
    return members


def gone(pid: int) -> bool:
    """Wait until no process of the session lives."""
    limit = time.monotonic() + 20
    while session(pid):
        assert time.monotonic() < limit
        time.sleep(0.05)
    return True

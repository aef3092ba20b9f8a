"""The process of one job run: fetches its files from S3, runs the script, and notes how it ended.

`python -m localcloud.glue.jobs FOLDER`: the folder holds `task.json`. Standard input is the leash: when the process
that holds its other end dies, this one ends itself and all that it started.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

import boto3

from localcloud.home import write_private

MAX_MESSAGE = 4000


def main(folder: Path) -> int:
    """Run the script; return the exit code of the process."""
    task = json.loads((folder / "task.json").read_text())
    _hold_leash()
    script = folder / "script.py"
    try:
        _fetch(task, folder, script)
        sys.path[0] = str(folder)
        sys.argv = [str(script), *task["argv"]]
        runpy.run_path(str(script), run_name="__main__")
    except SystemExit as end:
        return _finish(folder, _exit_message(end))
    except BaseException as error:
        traceback.print_exception(type(error), error, _own_frames(error.__traceback__, script))
        return _finish(folder, message(error))
    return _finish(folder, None)


def message(error: BaseException) -> str:
    """Return the error as Glue shows it: the exception's name, and the first line of what it says."""
    lines = [line for line in str(error).strip().splitlines() if line.strip()]
    return f"{type(error).__name__}{': ' + lines[0] if lines else ''}"[:MAX_MESSAGE]


def _finish(folder: Path, error: str | None) -> int:
    """Note the end only when nothing of the script can run any more but its exit handlers."""
    sys.stdout.flush()
    sys.stderr.flush()
    write_private(folder / "result.json", json.dumps({"error": error}))
    return 1 if error else 0


def _exit_message(end: SystemExit) -> str | None:
    if end.code in (None, 0):
        return None
    if not isinstance(end.code, int):
        print(end.code, file=sys.stderr)
    return f"SystemExit: {end.code}"[:MAX_MESSAGE]


def _own_frames(trace: TracebackType | None, script: Path) -> TracebackType | None:
    """Return the part of a traceback that begins in the script, or all of it if the script did not run."""
    inner = trace
    while inner is not None and inner.tb_frame.f_code.co_filename != str(script):
        inner = inner.tb_next
    return inner or trace


def _fetch(task: dict[str, Any], folder: Path, script: Path) -> None:
    """Fetch the script and the extra Python files; these can be imported, archives as they are."""
    s3 = boto3.client("s3")
    _download(s3, task["script"], script)
    modules = folder / "modules"
    modules.mkdir()
    paths = [str(modules)]
    for uri in task["modules"]:
        target = modules / uri.rpartition("/")[2]
        _download(s3, uri, target)
        if target.suffix in (".zip", ".whl", ".egg"):
            paths.append(str(target))
    sys.path[1:1] = paths
    # Spark's Python workers import what the script imports.
    os.environ["PYTHONPATH"] = os.pathsep.join([*paths, os.environ.get("PYTHONPATH", "")])


def _download(s3: Any, uri: str, target: Path) -> None:
    bucket, _, key = uri.partition("://")[2].partition("/")
    if not (uri.startswith(("s3://", "s3a://", "s3n://")) and bucket and key):
        raise ValueError(f"{uri!r} is not the URI of an object in S3.")
    s3.download_file(bucket, key, str(target))


def _hold_leash() -> None:
    leash = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    threading.Thread(target=_end_with, args=(leash,), name="leash", daemon=True).start()


def _end_with(leash: int) -> None:
    while os.read(leash, 1):
        continue
    os.killpg(os.getpgid(0), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

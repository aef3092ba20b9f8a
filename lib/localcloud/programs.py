"""Programs of a lab other than its services, such as the stream: one of each kind per run; `down` stops them."""

from __future__ import annotations

import fcntl
import os
import time

import psutil

from localcloud.errors import AlreadyRuns
from localcloud.home import Home
from localcloud.process import OWNER, strays


def mark(home: Home, kind: str, run_id: str) -> dict[str, str]:
    """Return the variable that identifies a program of this lab to `down` and other commands."""
    return {OWNER: f"{home.root}|{_name(kind, run_id)}"}


def claim(home: Home, kind: str, run_id: str) -> None:
    """Make this process the only program of that kind for a run, until it ends; the claim survives `exec`.

    Raises AlreadyRuns with the process that holds the claim.
    """
    # The lock is on a folder, so that no lock file stays behind; the system frees it however the process ends.
    descriptor = os.open(home.folder("programs", _name(kind, run_id)), os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise AlreadyRuns(_already_running(home, kind, run_id)) from None
    os.set_inheritable(descriptor, True)


def _name(kind: str, run_id: str) -> str:
    return f"{kind}-{run_id}"


def _already_running(home: Home, kind: str, run_id: str) -> str:
    who = "another process"
    for process in strays(home).get(_name(kind, run_id), []):
        who = f"process {process.pid}, since {_since(process)}"
    return (
        f"`./lab {kind}` is already running for the run {run_id!r} ({who}). Two at once would "
        "overwrite each other's data. "
        "Try: stop it with Ctrl-C where it runs, or ./lab down"
    )


def _since(process: psutil.Process) -> str:
    return time.strftime("%H:%M:%S", time.localtime(process.create_time()))

"""Processes that outlive the command that started them: found by pid and start time, or by their lab."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from localcloud.home import Home, read_json, write_private
from localcloud.limits import raise_files
from localcloud.service import Command

UNRECORDED_S = 5.0
"""How long a process whose record can't be written may take to end."""
OWNER = "LAB_PROCESS_OF"
"""The variable that identifies a process of a lab even if its record is lost: `FOLDER|NAME`."""
# What a service inherits of the caller's environment; the rest could change what it does.
_INHERITED: tuple[str, ...] = ("PATH", "HOME", "USER", "TMPDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE")
_INHERITED += ("ARROW_DEFAULT_MEMORY_POOL", "MALLOC_ARENA_MAX", "MALLOC_TRIM_THRESHOLD_")
# Java and Python take the letters of file names, and rules such as the Turkish "i", from the locale: a lab must not
# depend on it. macOS has no C.UTF-8, and its Java reads file names as UTF-8 whatever the locale.
LOCALE: dict[str, str] = {"PYTHONUTF8": "1", "LC_ALL": "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"}


def started_at(process: psutil.Process) -> str:
    """Return what distinguishes this process from any other with its pid, whatever happens to the clock.

    On Linux that is the boot and the start in clock ticks since then; elsewhere the start time, which the system
    notes once.
    """
    try:
        ticks = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[19]
        return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()}:{ticks}"
    except FileNotFoundError:
        return str(process.create_time())


def variables(command: Command) -> dict[str, str]:
    """Return the environment of a service: little of the caller's, then what its command sets."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**inherited, **LOCALE, **command.env}


@dataclass(frozen=True)
class Tracked:
    """The record of a started process, in `.lab/run/NAME.json`."""

    name: str
    file: Path

    def process(self) -> psutil.Process | None:
        """Return the live process, or None when it ended, its pid is another program's, or the record is unreadable."""
        try:
            record = read_json(self.file)
            process = psutil.Process(record["pid"])
            if _same(process, record) and process.status() != psutil.STATUS_ZOMBIE:
                return process
        except (psutil.NoSuchProcess, KeyError, TypeError, ValueError):
            # Where the record can't be read, `strays` finds the process all the same.
            return None
        return None

    def adopt(self, process: psutil.Process, made_of: str | None = None) -> None:
        """Make the record that of a live process; `made_of` says what it was started from, where that is known."""
        record = {"pid": process.pid, "started": started_at(process), "made_of": made_of}
        write_private(self.file, json.dumps(record))

    def made_of(self) -> str | None:
        """Return what the process was started from, as `start` was told; None if the record does not say.

        Version 1.0.0 wrote records without it: what it started is of another version, and the answer is empty.
        """
        try:
            record = read_json(self.file)
            made_of: str | None = record.get("made_of", "" if "created" in record else None)
        except (AttributeError, ValueError):
            return None
        return made_of

    def start(self, command: Command, log: Path, made_of: str | None = None) -> None:
        """Start the process in a session of its own, its output appended to `log`."""
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        raise_files()
        mark = {OWNER: f"{self.file.parent.parent}|{self.name}"}
        with log.open("ab") as output:
            started = subprocess.Popen(
                command.argv,
                env={**variables(command), **mark},
                cwd=command.cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started.returncode = 0  # It outlives this command on purpose: Popen must not warn that it still runs.
        try:
            self.adopt(psutil.Process(started.pid), made_of)
        except OSError:  # as on a full disk: nothing runs that `start` did not report
            end(psutil.Process(started.pid), UNRECORDED_S)
            raise

    def stop(self, limit_s: float) -> None:
        """Ask the process to end, kill what is left of it and its children after the limit, forget the record."""
        process = self.process()
        if process is not None:
            end(process, limit_s)
        self.file.unlink(missing_ok=True)


def end(process: psutil.Process, limit_s: float) -> None:
    """Ask a process to end (SIGTERM); after the limit kill it and whatever it started."""
    everyone = family(process)
    with contextlib.suppress(psutil.NoSuchProcess):
        process.terminate()
        psutil.wait_procs([process], timeout=limit_s)
    for member in everyone:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
    psutil.wait_procs(everyone, timeout=5)


def tracked(home: Home, name: str) -> Tracked:
    """Return the record of the process of that name, running or not."""
    return Tracked(name, home.folder("run") / f"{name}.json")


def _same(process: psutil.Process, record: dict[str, Any]) -> bool:
    if "created" in record:  # as version 1.0.0 wrote it
        return bool(abs(process.create_time() - record["created"]) < 1)
    return bool(started_at(process) == record["started"])


def strays(home: Home) -> dict[str, list[psutil.Process]]:
    """Return the live processes that belong to this lab, by name, without those that another of them started."""
    members: dict[str, list[psutil.Process]] = {}
    for process in psutil.process_iter():
        # The environment of another user's process can't be read, and a process may end meanwhile.
        with contextlib.suppress(psutil.Error, OSError):
            folder, _, name = process.environ().get(OWNER, "").rpartition("|")
            if folder == str(home.root) and process.status() != psutil.STATUS_ZOMBIE:
                members.setdefault(name, []).append(process)
    pids = {process.pid for processes in members.values() for process in processes}
    return {name: [root for root in processes if _parent(root) not in pids] for name, processes in members.items()}


def _parent(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.NoSuchProcess):
        return int(process.ppid())
    return 0


def family(process: psutil.Process) -> list[psutil.Process]:
    """Return a process and all that it started, empty when it has ended."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return [process, *process.children(recursive=True)]
    return []


def resident_mb(processes: Iterable[psutil.Process]) -> float:
    """Return the megabytes that processes hold, pages shared among them counted once where that is known (Linux)."""
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            total += _resident_bytes(process)
    return total / 1e6


def _resident_bytes(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss)
    except (psutil.AccessDenied, AttributeError):
        return float(process.memory_info().rss)


def last_line(log: Path) -> str:
    """Return the last line of a log that says something, or a note that there is none."""
    if not log.exists():
        return "(no log yet)"
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 8192))
        lines = [line.strip() for line in file.read().decode(errors="replace").splitlines()]
    telling = [line for line in lines if line and not line.startswith(("at ", "... "))]
    return telling[-1] if telling else "(the log is empty)"


def wait_until(condition: Callable[[], bool], limit_s: float, pause_s: float = 0.1) -> bool:
    """Return True as soon as the condition holds, False when the limit is over first."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(pause_s)
    return False

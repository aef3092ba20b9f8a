"""Processes that outlive the command which started them: found again by pid and start time, never by name."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from localcloud.home import Home, read_json, write_private
from localcloud.service import Command

# What a service inherits of the caller's environment; the rest could change what it does.
_INHERITED: tuple[str, ...] = ("PATH", "HOME", "USER", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE")
_INHERITED += ("ARROW_DEFAULT_MEMORY_POOL", "MALLOC_ARENA_MAX", "MALLOC_TRIM_THRESHOLD_")


@dataclass(frozen=True)
class Tracked:
    """The record of a started process, in `.lab/run/NAME.json`."""

    name: str
    file: Path

    def process(self) -> psutil.Process | None:
        """Return the live process, or None when it ended or its pid now belongs to another program."""
        record = read_json(self.file)
        with contextlib.suppress(psutil.NoSuchProcess, KeyError):
            found = psutil.Process(record["pid"])
            if abs(found.create_time() - record["created"]) < 1 and found.status() != psutil.STATUS_ZOMBIE:
                return found
        return None

    def start(self, command: Command, log: Path) -> None:
        """Start the process in a session of its own, its output appended to `log`."""
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        with log.open("ab") as output:
            started = subprocess.Popen(
                command.argv,
                env={**inherited, **command.env},
                cwd=command.cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started.returncode = 0  # It outlives this command on purpose: Popen must not warn that it still runs.
        created = psutil.Process(started.pid).create_time()
        write_private(self.file, json.dumps({"pid": started.pid, "created": created}))

    def stop(self, limit_s: float) -> None:
        """Ask the process to end, kill what is left of it and its children after the limit, forget the record."""
        process = self.process()
        if process is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                family = [process, *process.children(recursive=True)]
                process.terminate()
                psutil.wait_procs([process], timeout=limit_s)
                for one in family:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        one.kill()
                psutil.wait_procs(family, timeout=5)
        self.file.unlink(missing_ok=True)


def tracked(home: Home, name: str) -> Tracked:
    """Return the record of the process of that name, running or not."""
    return Tracked(name, home.folder("run") / f"{name}.json")


def family(process: psutil.Process) -> list[psutil.Process]:
    """Return a process and all that it started, empty when it has ended."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return [process, *process.children(recursive=True)]
    return []


def resident_mb(processes: Iterable[psutil.Process]) -> float:
    """Return the megabytes that processes hold, pages shared among them counted once where that is known (Linux)."""
    total = 0.0
    for one in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            total += _resident_bytes(one)
    return total / 1e6


def _resident_bytes(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss)
    except (psutil.AccessDenied, AttributeError):
        return float(process.memory_info().rss)


def last_line(log: Path) -> str:
    """Return the last line of a log that says something, or a word that there is none."""
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

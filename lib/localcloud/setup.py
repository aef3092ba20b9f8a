"""What must be done once before a service starts."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from localcloud.errors import ServiceFailed
from localcloud.home import write_private
from localcloud.service import Command, Setup


def ensure(setup: Setup | None, report: Callable[[str], None] = lambda line: None) -> None:
    """Run the program unless it ended well before; services that share a setup take turns. Raises ServiceFailed.

    `report` gets each line that a program prints for the user, as soon as it is printed.
    """
    if setup is None:
        return
    with _turn(setup.mark.parent):
        if not setup.mark.exists():
            _run(setup, report)


@contextlib.contextmanager
def _turn(folder: Path) -> Iterator[None]:
    # The lock is on the folder itself, so that no lock file stays behind.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _run(setup: Setup, report: Callable[[str], None]) -> None:
    command, lines = setup.command, list[str]()
    with _started(command) as program:
        ended_late = threading.Timer(setup.limit_s, program.kill)
        ended_late.start()
        for line in program.stdout or ():
            lines.append(line)
            if setup.reports:
                report(line.rstrip())
        code = program.wait()
        late = not ended_late.is_alive()
        ended_late.cancel()
    if late:
        raise ServiceFailed(f"{setup.what}: no answer in {setup.limit_s:g} s. Try: ./lab up again")
    if code:
        raise ServiceFailed(f"{setup.what}: failed: {_last_line(''.join(lines), setup.secrets)}")
    write_private(setup.mark, "")


def _started(command: Command) -> subprocess.Popen[str]:
    env = {**os.environ, **command.env}
    return subprocess.Popen(
        command.argv, cwd=command.cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _last_line(text: str, secrets: tuple[str, ...]) -> str:
    """Return the last line that is none of a Java stack trace, without the secrets."""
    for secret in secrets:
        text = text.replace(secret, "***")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("\t")]
    return lines[-1] if lines else "it printed nothing"

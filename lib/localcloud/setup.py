"""What must be done once before a service starts."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from localcloud.errors import ServiceFailed
from localcloud.home import write_private
from localcloud.service import Setup

LIMIT_S = 180
"""How long a program may take; Kafka's, the slowest, takes about two seconds on an idle machine."""


def ensure(setup: Setup | None) -> None:
    """Run the program unless it ended well before; services that share a setup take turns. Raises ServiceFailed."""
    if setup is None:
        return
    with _turn(setup.mark.parent):
        if not setup.mark.exists():
            _run(setup)


@contextlib.contextmanager
def _turn(folder: Path) -> Iterator[None]:
    # The lock is on the folder itself, so that no lock file stays behind.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _run(setup: Setup) -> None:
    command = setup.command
    try:
        done = subprocess.run(
            command.argv, cwd=command.cwd, capture_output=True, text=True, timeout=LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise ServiceFailed(f"{setup.what}: no answer in {LIMIT_S} s. Try: ./lab up again") from None
    if done.returncode:
        raise ServiceFailed(f"{setup.what}: failed: {_last_line(f'{done.stdout}{done.stderr}', setup.secrets)}")
    write_private(setup.mark, "")


def _last_line(text: str, secrets: tuple[str, ...]) -> str:
    """Return the last line that is none of a Java stack trace, without the secrets."""
    for secret in secrets:
        text = text.replace(secret, "***")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("\t")]
    return lines[-1] if lines else "it printed nothing"

"""What must be done once before a service starts."""

from __future__ import annotations

import subprocess

from localcloud.errors import ServiceFailed
from localcloud.home import write_private
from localcloud.service import Setup

LIMIT_S = 60
"""How long a program may take; Kafka's, the slowest, takes about two seconds on an idle machine."""


def ensure(setup: Setup | None) -> None:
    """Run the program unless it ended well before. Raises ServiceFailed."""
    if setup is None or setup.mark.exists():
        return
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

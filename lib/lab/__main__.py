"""Runs one command (`python -m lab`, as `./lab` does) and reports an error of the lab in one line."""

from __future__ import annotations

import errno
import signal
import sys
from types import FrameType
from typing import Final

from lab.app import app
from lab.context import console
from localcloud.errors import LocalCloudError
from smartcity.errors import LabError

_FREE = "free some space there (df -h .lab out), then run the same command again"
_OWN = "./lab as the user who made this folder, or give that file back to its owner (ls -l shows it)"
_REMEDIES: Final = {
    errno.ENOSPC: _FREE,
    errno.EDQUOT: _FREE,
    errno.EROFS: "mount the disk writable, or move the lab to another one",
    errno.EACCES: _OWN,
    errno.EPERM: _OWN,
}
"""What the machine is short of or refuses; an error of any other kind is a bug and keeps its traceback."""


def _end(number: int, _frame: FrameType | None) -> None:
    # As an exception, so that a command ends what it started and removes what it needs no more.
    raise SystemExit(128 + number)


def main() -> None:
    """Run a command; exit with the code of its error."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        app(prog_name="lab")
    except (LabError, LocalCloudError) as error:
        console.print(f"[red]lab: {type(error).__name__}:[/red]", end=" ")
        console.print(str(error), markup=False)
        sys.exit(getattr(error, "exit_code", 1))
    except OSError as error:
        if error.errno not in _REMEDIES:
            raise
        console.print("[red]lab:[/red]", end=" ")
        console.print(f"{error}. Try: {_REMEDIES[error.errno]}", markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()

"""Runs one command (`python -m lab`, as `./lab` does) and reports an error of the lab in one line."""

from __future__ import annotations

import signal
import sys
from types import FrameType

from lab import failures
from lab.app import app
from lab.context import console
from localcloud.errors import LocalCloudError
from smartcity.errors import LabError


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
    except Exception as error:
        message = failures.sentence(error)
        if message is None:
            raise
        console.print("[red]lab:[/red]", end=" ")
        console.print(message, markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()

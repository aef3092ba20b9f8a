"""The commands for work on the lab itself: test, bench."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from lab.context import fetch, lab_environment, start
from localcloud import card
from localcloud import lab as stand_in
from localcloud.errors import LocalCloudError
from release import ROOT

app = typer.Typer()


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> None:
    """Run the tests and code checks; arguments go to pytest (`./lab test -m "not stack"` takes a minute)."""
    fetch()
    os.chdir(ROOT)
    # In this process's place, so that a signal to end reaches the tests, which then end what they started.
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *context.args])  # noqa: S606  the arguments are the caller's own


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(
    context: typer.Context, name: Annotated[str, typer.Argument(help="A file of bench/: athena, redshift, stream, ...")]
) -> None:
    """Run a benchmark; further arguments are passed on to it (`./lab bench stream --json`)."""
    script = ROOT / "bench" / f"{name}.py"
    if not script.exists():
        known = ", ".join(sorted(path.stem for path in script.parent.glob("*.py")))
        raise LocalCloudError(f"There is no benchmark {name!r}. Try one of: {known}")
    if not card.environment(stand_in.home()):
        start()
    os.execve(sys.executable, [sys.executable, str(script), *context.args], lab_environment())  # noqa: S606

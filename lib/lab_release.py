"""The commands of the lab for a release: wheels, sbom."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).resolve().parent.parent
PROJECTS = (ROOT, ROOT / "lib" / "localcloud")
"""What is released: the pipeline, and the stand-in on its own."""


def wheels(out: Annotated[Path, typer.Option(help="Folder for the files.")] = ROOT / "out" / "wheels") -> None:
    """Build the two wheels: smartcity-lab (the pipeline) and localcloud-lab (the stand-in)."""
    from smartcity.package import wheel

    for project in PROJECTS:
        print(wheel(project, out))


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(wheels)

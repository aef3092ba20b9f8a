"""The commands for a release: wheels, package, sbom, bundle."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from lab.context import OUT, called_from, console
from localcloud import bundle as bundles
from localcloud import lab as stand_in
from release import ROOT, installed
from release import package as packages
from release import sbom as listing

app = typer.Typer()

PROJECTS: Final = (ROOT, ROOT / "lib" / "localcloud")
"""The released packages: the pipeline and the AWS stand-in."""


@app.command()
def wheels(out: Annotated[Path, typer.Option(help="Folder for the files.")] = OUT / "wheels") -> None:
    """Build the two wheels: smartcity-lab (the pipeline) and localcloud-lab (the stand-in)."""
    for project in PROJECTS:
        print(packages.wheel(project, out))


@app.command()
def package(out: Annotated[Path, typer.Option(help="Folder for the files.")] = OUT / "package") -> None:
    """Build the wheel, the --py-files archive and the main file for spark-submit on YARN, Kubernetes or EMR."""
    for path in packages.make(ROOT, out):
        print(path)


@app.command()
def sbom(
    out: Annotated[Path, typer.Option(help="The file to write.")] = OUT / "sbom.cdx.json",
    update: Annotated[
        bool, typer.Option("--update", help="First read the licences of new packages in the locks.")
    ] = False,
    folders: Annotated[
        list[Path] | None,
        typer.Option("--packages", help="With --update: a folder of packages for other platforms."),
    ] = None,
) -> None:
    """Write the bill of materials with licences as CycloneDX JSON; --update also regenerates docs/licences.md."""
    if update:
        cache = stand_in.home().cache
        files = {artifact.name: artifact.cached(cache) for artifact in stand_in.artifacts()}
        unknown = listing.update(installed.look([*sys.path, *map(str, folders or ())], files))
        print(f"{listing.LOCK} and {listing.PAGE}; unknown licences: {unknown}", file=sys.stderr)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(listing.bom(packages.version(ROOT), listing.components()), indent=1) + "\n")
    print(out)


@app.command()
def bundle(file: Annotated[Path, typer.Argument(help="File to write, such as lab.tar.")]) -> None:
    """Write one file that installs the lab without a network, on machines of this kind."""
    stand_in.install(stand_in.home())
    made = bundles.make(ROOT, called_from(file), stand_in.home().cache, console.print)
    print(f"{called_from(file)}: {made.size / 1e6:,.0f} MB, for {made.kind}")
    print(
        f"On each machine: tar xf {file.name} smartcity-lab && cd smartcity-lab && "
        f"./lab run --offline-bundle ../{file.name}"
    )

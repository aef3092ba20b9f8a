"""The commands of the lab for a release: wheels, sbom."""

from __future__ import annotations

import json
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from localcloud import lab as stand_in

if TYPE_CHECKING:
    import lab_licences
    import lab_sbom

ROOT = Path(__file__).resolve().parent.parent
PROJECTS = (ROOT, ROOT / "lib" / "localcloud")
"""The released packages: the pipeline and the AWS stand-in."""


def wheels(out: Annotated[Path, typer.Option(help="Folder for the files.")] = ROOT / "out" / "wheels") -> None:
    """Build the two wheels: smartcity-lab (the pipeline) and localcloud-lab (the stand-in)."""
    from smartcity.package import wheel

    for project in PROJECTS:
        print(wheel(project, out))


def sbom(
    out: Annotated[Path, typer.Option(help="The file to write.")] = ROOT / "out" / "sbom.cdx.json",
    update: Annotated[
        bool, typer.Option("--update", help="First read the licences of new packages in the locks.")
    ] = False,
    packages: Annotated[
        list[Path] | None,
        typer.Option(help="With --update: a folder of packages for other platforms."),
    ] = None,
) -> None:
    """Write the bill of materials with licences as CycloneDX JSON; --update also regenerates docs/licences.md."""
    import lab_sbom

    if update:
        unknown = lab_sbom.update(_look([*sys.path, *map(str, packages or ())]))
        print(f"{lab_sbom.LOCK} and {lab_sbom.PAGE}; unknown licences: {unknown}", file=sys.stderr)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(lab_sbom.bom(version, lab_sbom.components()), indent=1) + "\n")
    print(out)


def _look(folders: list[str]) -> lab_sbom.Look:
    """Return how the licence of something pinned is read: from an installed package, or from a jar in the cache."""
    import lab_licences as licences

    installed = {f"{one.name.lower().replace('_', '-')}=={one.version}": one for one in distributions(path=folders)}
    files = {artifact.name: artifact.cached(stand_in.home().cache) for artifact in stand_in.artifacts()}

    def look(one: lab_sbom.Pinned) -> tuple[str, lab_licences.Finding]:
        if one.key in installed:
            return one.purl, licences.of_distribution(installed[one.key])
        path = files.get(one.key)
        if path is None or not path.exists() or path.suffix != ".jar":
            return one.purl or f"pkg:generic/{one.key}", licences.Finding(licences.UNKNOWN, "not on this machine")
        return one.purl or licences.purl_of_jar(path, one.key), licences.of_jar(path)

    return look


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(wheels)
    app.command()(sbom)

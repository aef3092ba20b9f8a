"""Both wheels, built once, and the projects that they are built from."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from release.package import wheel

ROOT = Path(__file__).resolve().parents[2]


class Project(NamedTuple):
    """A package of `lib` that is released, and where its pyproject.toml lies."""

    package: str
    folder: Path

    @property
    def source(self) -> Path:
        """The folder of the package."""
        return ROOT / "lib" / self.package

    @property
    def declared(self) -> dict[str, Any]:
        """The table `project` of its pyproject.toml."""
        found: dict[str, Any] = tomllib.loads((self.folder / "pyproject.toml").read_text())["project"]
        return found


PROJECTS = (Project("smartcity", ROOT), Project("localcloud", ROOT / "lib" / "localcloud"))
each_project = pytest.mark.parametrize("project", PROJECTS, ids=[project.package for project in PROJECTS])


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheel of each package."""
    out = tmp_path_factory.mktemp("wheels")
    return {project.package: wheel(project.folder, out) for project in PROJECTS}

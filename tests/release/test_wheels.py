"""What the wheels hold, and what they declare that they need."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from release.package import is_of_stream

from .conftest import ROOT, Project, each_project

STREAM_DAEMON = "smartcity.stream.daemon"
OWNERS = packages_distributions()


def imports(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports when it runs; not those that only its types need."""
    waiting: list[ast.AST] = [ast.parse(path.read_text())]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        waiting += ast.iter_child_nodes(node)


def third_party(path: Path) -> set[str]:
    """Return the names of the distributions that a file imports from."""
    tops = {name.partition(".")[0] for name in imports(path)}
    others = tops - set(sys.stdlib_module_names) - {"smartcity", "localcloud", "course", "release", "lab"}
    return {canonicalize_name(OWNERS[top][0]) for top in others}


def reached(*roots: str) -> set[Path]:
    """Return the files of lib that are imported from these modules, directly or not."""
    found, waiting = set[Path](), list(roots)
    while waiting:
        name = waiting.pop()
        if parent := name.rpartition(".")[0]:
            waiting.append(parent)
        module = ROOT / "lib" / name.replace(".", "/")
        for path in (module / "__init__.py", module.with_suffix(".py")):
            if path.exists() and path not in found:
                found.add(path)
                waiting += (one for one in imports(path) if one.startswith(("smartcity", "localcloud")))
    return found


def names(requirements: list[str]) -> set[str]:
    """Return the names of requirements."""
    return {canonicalize_name(Requirement(one).name) for one in requirements}


@each_project
def test_the_wheel_holds_the_files_of_its_package(project: Project, wheels: dict[str, Path]) -> None:
    """Each file of the package that git knows is in the wheel, and no other."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", str(project.source)]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    tracked = {Path(name).relative_to("lib").as_posix() for name in listed.split("\0") if name}
    with zipfile.ZipFile(wheels[project.package]) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == tracked - {"localcloud/pyproject.toml", "localcloud/LICENSE"}


@each_project
def test_what_is_imported_is_declared(project: Project) -> None:
    """Each package that the code imports is a dependency of the wheel, or of one of its extras."""
    extras = [one for extra in project.declared["optional-dependencies"].values() for one in extra]
    needed = set[str]().union(*(third_party(path) for path in project.source.rglob("*.py")))
    assert needed - names([*project.declared["dependencies"], *extras]) == set()


def test_the_stream_needs_no_extra() -> None:
    """Simulator, delivery, stream and ledger need the plain dependencies, and Spark with Py4J, which a cluster brings."""
    roots = ("simulate.__main__", "delivery", "stream.main", "reconcile", "settings")
    needed = set[str]().union(*(third_party(path) for path in reached(*(f"smartcity.{root}" for root in roots))))
    assert needed - {"pyspark", "py4j"} == names(Project("smartcity", ROOT).declared["dependencies"])


def test_the_stand_in_needs_no_extra() -> None:
    """The services that `localcloud` starts on its own need the plain dependencies."""
    services = ("aws", "postgres", "redshift", "s3", "seaweedfs", "trino")
    processes = ("aws.__main__", "redshift.__main__", "glue.crawler.__main__", "cli", "pytest_plugin")
    roots = [*(f"localcloud.services.{name}" for name in services), *(f"localcloud.{name}" for name in processes)]
    needed = set[str]().union(*(third_party(path) for path in reached(*roots)))
    declared = names(Project("localcloud", ROOT / "lib" / "localcloud").declared["dependencies"])
    assert needed - declared <= {"pytest", "confluent-kafka"}  # the user of the plugin; a service that is not started


def test_executors_receive_the_stream_alone(wheels: dict[str, Path]) -> None:
    """The archive for spark-submit holds all that the stream imports, directly or not, and no page, figure or tool."""
    with zipfile.ZipFile(wheels["smartcity"]) as wheel:
        held = {name for name in wheel.namelist() if is_of_stream(name)}
    needed = {path.relative_to(ROOT / "lib").as_posix() for path in reached("smartcity.stream.main", STREAM_DAEMON)}
    assert needed <= held
    parts = {name.split("/")[1].removesuffix(".py") for name in needed}
    assert {name.split("/")[1].removesuffix(".py") for name in held} == parts


@pytest.mark.parametrize("package", ["course", "release", "lab"])
def test_what_the_tools_import_is_required(package: str) -> None:
    """Each package that the course, the release and the command line import is named in a requirements.in."""
    required = [
        line for folder in ("", "tests") for line in (ROOT / folder / "requirements.in").read_text().splitlines()
    ]
    known = names([line for line in required if line and not line.startswith("#")])
    needed = set[str]().union(*(third_party(path) for path in (ROOT / "lib" / package).rglob("*.py")))
    assert needed - known == set()


@each_project
def test_a_version_that_is_named_is_the_one_of_the_lock(project: Project) -> None:
    """Every dependency is one of the lab's, and its bounds hold the version that the lab pins."""
    locks = "\n".join((ROOT / folder / "requirements.lock").read_text() for folder in ("tests", ""))
    lock = dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", locks, re.MULTILINE))
    declared = [one for extra in project.declared["optional-dependencies"].values() for one in extra]
    for one in map(Requirement, [*project.declared["dependencies"], *declared]):
        if one.name != "smartcity-lab":
            assert one.specifier.contains(lock[canonicalize_name(one.name)]), one


def test_both_wheels_carry_the_licence(wheels: dict[str, Path]) -> None:
    """The text of the Apache licence is in each, byte for byte the same."""
    text = (ROOT / "LICENSE").read_text()
    for wheel in wheels.values():
        with zipfile.ZipFile(wheel) as archive:
            (name,) = (name for name in archive.namelist() if name.endswith("/licenses/LICENSE"))
            assert archive.read(name).decode() == text

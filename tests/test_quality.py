"""The rules of the house that a machine can check."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
DISPATCHED = re.compile(r"lib/(localcloud/(\w+/api|cloudformation/|glue/library/)|smartcity/stream/daemon)")
"""Code that is called by the name of an AWS operation or of a resource's type, or by scripts of Glue jobs, and imports
for their own sake."""


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("ruff", "check", "lib", "tests", "bench"), id="ruff"),
        pytest.param(("ruff", "format", "--check", "lib", "tests", "bench"), id="format"),
        pytest.param(("mypy",), id="mypy"),
        pytest.param(("lint-imports",), id="floors"),
        pytest.param(("deptry", "lib/smartcity"), id="dependencies of the pipeline"),
    ],
)
def test_the_code_keeps_the_rules(command: tuple[str, ...]) -> None:
    """Style, types and the floors hold in all of lib."""
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def tracked_files() -> list[Path]:
    """Return the files that git knows, as paths."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name]


def test_the_stand_in_declares_no_dependency_without_use() -> None:
    """Each dependency of its pyproject.toml is imported, or named there with the reason why not."""
    done = subprocess.run(
        [BIN / "deptry", "."], cwd=ROOT / "lib/localcloud", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_no_code_is_dead() -> None:
    """What lib defines is used in lib, tests, benchmarks or lessons; vulture's settings name the exceptions."""
    done = subprocess.run([BIN / "vulture"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert not [line for line in done.stdout.splitlines() if line.startswith("lib/") and not DISPATCHED.match(line)]


def test_no_module_is_larger_than_its_limit() -> None:
    """No module of lib has more than 250 lines."""
    long = {path.name: n for path in ROOT.glob("lib/**/*.py") if (n := len(path.read_text().splitlines())) > 250}
    assert not long


def test_no_function_is_longer_than_its_limit() -> None:
    """No function of lib has more than 30 lines."""
    trees = ((path.name, ast.parse(path.read_text())) for path in ROOT.glob("lib/**/*.py"))
    functions = ((name, node) for name, tree in trees for node in ast.walk(tree) if isinstance(node, FUNCTION))
    long = {f"{name} {node.name}": lines for name, node in functions if (lines := length(node)) > 30}
    assert not long


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function."""
    return (node.end_lineno or 0) - node.lineno + 1


def test_sql_has_no_long_lines() -> None:
    """No line of a SQL file has more than 120 characters."""
    files = [*ROOT.glob("lib/**/*.sql")]
    assert files
    assert not [
        f"{path}:{n}" for path in files for n, line in enumerate(path.read_text().splitlines(), 1) if len(line) > 120
    ]


PRIVATE = {"asked", "found", "one", "place", "told", "words"}
"""Names that say nothing about what they hold. Better: request, match, table, index, tokens."""


def bound_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield each name that a module gives to something, with its line: variables, parameters, attributes, functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id if isinstance(node, ast.Name) else node.attr
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, (*FUNCTION, ast.ClassDef)) or (
            isinstance(node, ast.MatchAs | ast.MatchStar | ast.ExceptHandler) and node.name
        ):
            yield node.lineno, node.name
        elif isinstance(node, ast.alias):
            yield node.lineno, (node.asname or node.name).rpartition(".")[2]


def test_names_say_what_they_hold() -> None:
    """Nothing in lib or in a lesson has a name that anything could have, with or without underscores around it."""
    bad = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in (*ROOT.glob("lib/**/*.py"), *ROOT.glob("notebooks/source/*.py"))
        for line, name in bound_names(ast.parse(path.read_text()))
        if name.strip("_").lower() in PRIVATE
    ]
    assert not bad, "\n".join(bad)


def test_bound_names_are_all_seen() -> None:
    """A name is seen as a variable, parameter, attribute, function, class, import, caught error and matched value."""
    source = """
import x as a
class b:
    def c(self, d, *e, **f):
        self.g = (h := 1)
        try: pass
        except E as i: [j for j in (lambda k: k)]
match x:
    case [l, *m]: pass
"""
    assert {name for _, name in bound_names(ast.parse(source))} == {*"abcdefghijklm", "self"}


def test_no_committed_file_names_a_registry() -> None:
    """No committed file holds the address of a package registry: a mirror must do as well."""
    pattern = re.compile(r"https?://[^\s\"']*(?:pythonhosted|maven|npm" + r"js|py" + r"pi)", re.IGNORECASE)
    texts = [path for path in tracked_files() if path.suffix not in (".parquet", ".png") and path.is_file()]
    assert not [str(path) for path in texts if pattern.search(path.read_text(errors="ignore"))]


@pytest.mark.parametrize("lock", ["requirements.lock", "tests/requirements.lock"])
def test_the_lock_pins_every_package_by_hash(lock: str) -> None:
    """Each requirement of a lock has a version and hashes, and none comes from an address."""
    text = (ROOT / lock).read_text()
    blocks = re.split(r"\n(?=[a-zA-Z0-9])", text.strip())
    assert blocks
    assert all("==" in block and "--hash=sha256:" in block for block in blocks)
    assert "://" not in text


def test_the_locks_share_no_package() -> None:
    """Both come from one resolution: a package is in the lock of the lab, or in that of its tests."""
    texts = [(ROOT / lock).read_text() for lock in ("requirements.lock", "tests/requirements.lock")]
    lab, tests = (set(re.findall(r"(?m)^([a-zA-Z0-9._-]+)==", text)) for text in texts)
    assert {"pyspark", "jupyterlab"} <= lab
    assert {"pytest", "mypy"} <= tests
    assert not lab & tests


def test_the_conda_environment_is_in_step_with_the_lock() -> None:
    """environment.yml installs exactly the lock, and a Python that `lab` supports."""
    text = (ROOT / "environment.yml").read_text()
    assert "--require-hashes -r requirements.lock" in text
    assert re.search(r"python>=3\.11,<3\.14", text)

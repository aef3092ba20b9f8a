"""The rules of the house that a machine can check."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("ruff", "check", "lib", "tests", "bench"), id="ruff"),
        pytest.param(("ruff", "format", "--check", "lib", "tests", "bench"), id="format"),
        pytest.param(("mypy",), id="mypy"),
        pytest.param(("lint-imports",), id="floors"),
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


def test_no_module_is_larger_than_its_limit() -> None:
    """No module of lib has more than 300 lines."""
    long = {path.name: n for path in ROOT.glob("lib/**/*.py") if (n := len(path.read_text().splitlines())) > 300}
    assert not long


PRIVATE = {"asked", "found", "one", "place", "told", "words"}
"""Names that say nothing of what they hold; the glossary has better ones: request, match, table, position, tokens."""


def stand_in() -> list[tuple[str, ast.Module]]:
    """Return the modules of the stand-in that hold these two rules: all but those of Redshift's gateway."""
    paths = [path for path in ROOT.glob("lib/localcloud/**/*.py") if "redshift" not in path.parts]
    return [(str(path.relative_to(ROOT)), ast.parse(path.read_text())) for path in paths]


def test_no_function_is_longer_than_its_limit() -> None:
    """No function of the stand-in has more than 30 lines."""
    functions = [(path, node) for path, tree in stand_in() for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]
    long = [f"{path}: {node.name}" for path, node in functions if (node.end_lineno or 0) - node.lineno >= 30]
    assert functions
    assert not long


def test_names_are_of_the_field() -> None:
    """No variable or parameter of the stand-in has a name that any other could have."""
    bound = [
        f"{path}:{node.lineno}"
        for path, tree in stand_in()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in PRIVATE)
        or (isinstance(node, ast.arg) and node.arg in PRIVATE)
    ]
    assert not bound


def test_no_committed_file_names_a_registry() -> None:
    """No committed file holds the address of a package registry: a mirror must do as well."""
    pattern = re.compile(r"https?://[^\s\"']*(?:pythonhosted|maven|npm" + r"js|py" + r"pi)", re.IGNORECASE)
    texts = [path for path in tracked_files() if path.suffix not in (".parquet", ".png") and path.is_file()]
    assert not [str(path) for path in texts if pattern.search(path.read_text(errors="ignore"))]


def test_the_lock_pins_every_package_by_hash() -> None:
    """Each requirement of the lock has a version and hashes, and none comes from an address."""
    text = (ROOT / "requirements.lock").read_text()
    blocks = re.split(r"\n(?=[a-zA-Z0-9])", text.strip())
    assert blocks
    assert all("==" in block and "--hash=sha256:" in block for block in blocks)
    assert "://" not in text


def test_the_conda_environment_is_in_step_with_the_lock() -> None:
    """environment.yml installs the very lock, and a Python that `lab` takes."""
    text = (ROOT / "environment.yml").read_text()
    assert "--require-hashes -r requirements.lock" in text
    assert re.search(r"python>=3\.11,<3\.14", text)

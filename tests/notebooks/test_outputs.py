"""What the learner notebooks show is what their cells give today."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from course import runner

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


@pytest.mark.stack
@pytest.mark.timeout(900)
def test_every_compared_cell_gives_what_the_notebook_shows(in_lab: Mapping[str, str], tmp_path: Path) -> None:
    """nbval runs the learner notebooks in their order and finds no cell whose output differs from the committed one."""
    (tmp_path / "notebooks").mkdir()
    notebooks = [shutil.copy(path, tmp_path / "notebooks") for path in runner.notebooks(ROOT / "notebooks")]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:dash", "-p", "tests.notebooks.nbval_lab", "--nbval"]
    command += ["--nbval-current-env", "--nbval-sanitize-with", str(HERE / "nbval.ini"), "--nbval-cell-timeout", "300"]
    done = subprocess.run([*command, *map(str, notebooks)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-8000:]

"""The launcher, `./lab`, before there is an environment."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_target_of_a_linked_environment_is_left_alone(tmp_path: Path) -> None:
    """Where `.venv` is a link, the launcher removes the link and makes a folder of its own."""
    other, python = tmp_path / "other", tmp_path / "python"
    other.mkdir()
    (other / "kept").touch()
    shutil.copy(ROOT / "lab", tmp_path / "lab")
    (tmp_path / "requirements.lock").touch()
    (tmp_path / ".venv").symlink_to(other)
    # A Python that makes no environment: the launcher ends where it would install.
    python.write_text('#!/bin/sh\ncase "$*" in *--clear*) exit 7 ;; esac\n')
    python.chmod(0o755)
    environment = {"PATH": "/usr/bin:/bin", "LAB_PYTHON": str(python)}
    done = subprocess.run([tmp_path / "lab", "--help"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 7, done.stderr
    assert (other / "kept").exists()
    assert not (tmp_path / ".venv").is_symlink()

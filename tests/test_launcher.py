"""The launcher, `./lab`, before there is an environment."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

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


@pytest.mark.parametrize(
    ("installed", "command", "installs"),
    [
        pytest.param(("lab",), "run", False, id="the lab runs on its own lock"),
        pytest.param(("lab",), "test", True, id="tests need more"),
        pytest.param(("lab",), "bench", True, id="benchmarks need more"),
        pytest.param(("lab", "tests"), "run", False, id="more does no harm"),
        pytest.param(("lab", "tests"), "test", False, id="tests have all"),
        pytest.param(("old",), "run", True, id="another lock"),
        pytest.param(("lab", "old"), "test", True, id="another lock of the tests"),
    ],
)
def test_only_who_tests_the_lab_installs_what_tests_need(
    tmp_path: Path, installed: tuple[str, ...], command: str, installs: bool
) -> None:
    """The launcher compares what is installed with the locks that a command needs."""
    locks = {"lab": tmp_path / "requirements.lock", "tests": tmp_path / "tests" / "requirements.lock"}
    for name, path in locks.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{name}\n")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / ".lock-installed").write_text("".join(f"{part}\n" for part in (tmp_path, *installed)))
    shutil.copy(ROOT / "lab", tmp_path / "lab")
    for path, code in ((tmp_path / ".venv" / "bin" / "python", "echo ran"), (tmp_path / "python", "exit 0")):
        path.write_text(f'#!/bin/sh\ncase "$*" in *--clear*) exit 7 ;; esac\n{code}\n')
        path.chmod(0o755)
    environment = {"PATH": "/usr/bin:/bin", "LAB_PYTHON": str(tmp_path / "python")}
    done = subprocess.run([tmp_path / "lab", command], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == ((7, "") if installs else (0, "ran\n")), done.stderr

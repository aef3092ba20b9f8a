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
    ("installed", "command", "calls"),
    [
        pytest.param(("lab",), "run", ["lab run"], id="the lab runs on its own lock"),
        pytest.param(("lab",), "test", ["sync both", "lab test"], id="tests need more"),
        pytest.param(("lab",), "bench", ["sync both", "lab bench"], id="benchmarks need more"),
        pytest.param(("lab", "tests"), "run", ["lab run"], id="more does no harm"),
        pytest.param(("lab", "tests"), "test", ["lab test"], id="tests have all"),
        pytest.param(("old",), "run", ["clear"], id="another lock"),
        pytest.param(("lab", "old"), "test", ["clear"], id="another lock of the tests"),
    ],
)
def test_only_who_tests_the_lab_installs_what_tests_need(
    tmp_path: Path, installed: tuple[str, ...], command: str, calls: list[str]
) -> None:
    """What is missing is added to the packages that a running lab may be using; those of another lock are cleared."""
    locks = {"lab": tmp_path / "requirements.lock", "tests": tmp_path / "tests" / "requirements.lock"}
    for name, path in locks.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{name}\n")
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (tmp_path / ".venv" / ".lock-installed").write_text("".join(f"{part}\n" for part in (tmp_path, *installed)))
    shutil.copy(ROOT / "lab", tmp_path / "lab")
    code = {programs / "python": FAKE_PYTHON, tmp_path / "python": FAKE_PYTHON, programs / "uv": FAKE_UV}
    for path, text in code.items():
        path.write_text(text)
        path.chmod(0o755)
    environment = {"PATH": "/usr/bin:/bin", "LAB_PYTHON": str(tmp_path / "python"), "SITE": str(tmp_path)}
    done = subprocess.run([tmp_path / "lab", command], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == calls, done.stderr
    assert done.returncode == (7 if "clear" in calls else 0)


FAKE_PYTHON = """#!/bin/sh
case "$*" in
  *--clear*) echo clear; exit 7 ;;
  *sysconfig*) echo "$SITE" ;;
  "-m lab "*) echo "lab $3" ;;
esac
"""
FAKE_UV = """#!/bin/sh
case "$*" in *pip\\ sync*tests/requirements.lock) echo "sync both" ;; *) echo "sync $*" ;; esac
"""

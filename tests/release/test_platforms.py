"""The two locks on every kind of machine that README names: each package has a wheel there, so that nothing is compiled."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UV = Path(sys.executable).parent / "uv"
PLATFORMS = ("x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "aarch64-apple-darwin")
"""Linux, with WSL 2, on both kinds of processor, and macOS on Apple silicon, by the names that uv gives them."""
PYTHONS = ("3.11", "3.12", "3.13")
SOURCES = ("pyspark",)
"""Come as a source archive for everybody: Python and jars, nothing to compile."""


def without_sources(lock: str) -> str:
    """Return the lock without the packages that have no wheel anywhere."""
    entries = re.split(r"(?m)^(?=[a-z0-9])", lock, flags=re.IGNORECASE)
    return "".join(entry for entry in entries if not entry.startswith(tuple(f"{name}==" for name in SOURCES)))


def resolve(lock: Path, target: Path, platform: str, python: str) -> subprocess.CompletedProcess[str]:
    """Ask uv for the wheels of a lock on another machine; it downloads and installs nothing."""
    options = ("--dry-run", "--no-deps", "--no-build", "--python-platform", platform, "--python-version", python)
    argv = (UV, "pip", "install", *options, "--target", target, "-r", lock)
    done = subprocess.run(argv, capture_output=True, text=True, timeout=250, env={**os.environ, "NO_COLOR": "1"})
    if re.search(r"(?i)error sending request|failed to fetch|dns error", done.stderr):
        pytest.skip("the index of packages can't be reached")
    return done


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_package_has_a_wheel(tmp_path: Path, platform: str, python: str) -> None:
    """The lab, and what tests it, install from wheels alone there, pyspark aside."""
    lock = tmp_path / "requirements.lock"
    locks = [(ROOT / folder / "requirements.lock").read_text() for folder in ("", "tests")]
    lock.write_text(without_sources("".join(locks)))
    done = resolve(lock, tmp_path / "target", platform, python)
    assert done.returncode == 0, done.stderr


def test_a_package_without_a_wheel_would_be_seen(tmp_path: Path) -> None:
    """The check fails where a wheel is missing: pyspark has none."""
    lock = tmp_path / "requirements.lock"
    lock.write_text("pyspark==4.2.0\n")
    done = resolve(lock, tmp_path / "target", PLATFORMS[0], PYTHONS[0])
    assert done.returncode != 0
    assert "no usable wheels" in done.stderr


def test_intel_macs_are_refused_before_anything_is_installed(tmp_path: Path) -> None:
    """The message names the way out; no environment is made."""
    (tmp_path / "bin").mkdir()
    uname = tmp_path / "bin" / "uname"
    uname.write_text('#!/bin/sh\necho "Darwin x86_64"\n')
    uname.chmod(0o755)
    script = tmp_path / "lab"
    script.write_bytes((ROOT / "lab").read_bytes())
    path = f"{uname.parent}:{os.environ['PATH']}"
    done = subprocess.run(["bash", script, "run"], env={**os.environ, "PATH": path}, capture_output=True, text=True)
    assert done.returncode == 3
    assert "Intel" in done.stderr
    assert "docker/README.md" in done.stderr
    assert not (tmp_path / ".venv").exists()

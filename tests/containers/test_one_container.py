"""The whole lab in one container: it starts, runs the lessons with a balanced ledger, and ends with nothing left."""

from __future__ import annotations

import contextlib
import json
import subprocess
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator

import pytest

from localcloud.process import wait_until

from .conftest import run

PORTS = ("8888", "8050")
pytestmark = pytest.mark.timeout(5400)  # the limits below end what takes too long
READY_S, RUN_S = 900, 3600


@pytest.fixture(scope="module")
def container(image: str) -> Iterator[str]:
    """A running lab; two ports of the machine that runs the engine, chosen by it, lead to it."""
    name = f"lab-{uuid.uuid4().hex[:8]}"
    published = [option for port in PORTS for option in ("-p", f"127.0.0.1::{port}")]
    run("docker", "run", "--detach", "--init", "--restart", "on-failure", "--name", name, *published, image)
    try:
        assert wait_until(lambda: is_up(name), READY_S), run("docker", "logs", name)
        yield name
    finally:
        run("docker", "rm", "--force", "--volumes", name, limit_s=120)


def is_up(container: str) -> bool:
    """Start what is down, as often as a busy machine needs it; check whether all services answer."""
    argv = ("docker", "exec", container, "./lab", "up")
    return subprocess.run(argv, capture_output=True, timeout=READY_S).returncode == 0


def address(container: str, port: str) -> str:
    """Return where the machine that runs the engine reaches a port of the container."""
    return run("docker", "port", container, port).strip()


def status_of(url: str) -> int:
    """Return the HTTP status of an address."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def answers(url: str) -> bool:
    """Check whether a page is there yet."""
    with contextlib.suppress(OSError):
        return status_of(url) == 200
    return False


def test_an_ordinary_user_runs_it(container: str) -> None:
    """Nothing in the container runs as root."""
    assert run("docker", "exec", container, "id", "-u").strip() == "1000"


def test_only_two_ports_are_published_and_only_on_loopback(container: str) -> None:
    """All services listen within the container."""
    bindings = json.loads(run("docker", "inspect", container))[0]["NetworkSettings"]["Ports"]
    assert bindings.keys() == {f"{port}/tcp" for port in PORTS}
    assert {entry["HostIp"] for entries in bindings.values() for entry in entries} == {"127.0.0.1"}


def test_jupyterlab_is_reached_and_asks_for_its_token(container: str) -> None:
    """A stranger gets the login page, and no content."""
    base = f"http://{address(container, '8888')}"
    assert wait_until(lambda: answers(f"{base}/api"), READY_S)
    assert status_of(f"{base}/api/contents") == 403


def test_binder_finds_jupyterlab(container: str) -> None:
    """Binder starts JupyterLab itself, by the first python3 and jupyter-lab of the image's PATH."""
    code = "import jupyterlab, shutil; print(shutil.which('jupyter-lab'))"
    assert run("docker", "exec", container, "python3", "-c", code).strip() == "/lab/.venv/bin/jupyter-lab"


def test_the_pipeline_runs_with_a_balanced_ledger(container: str) -> None:
    """All lessons run, and each record is in one place."""
    run("docker", "exec", container, "./lab", "run", "--minutes", "20", "--run-id", "inside", limit_s=RUN_S)
    report = json.loads(run("docker", "exec", container, "cat", "out/inside/report.json"))
    assert report["produced"] > 10_000
    assert report["lost"] == report["duplicated"] == report["misjudged"] == 0
    assert report["transformed"] == report["athena_rows"] == report["redshift_rows"]


def test_the_dashboard_is_reached(container: str) -> None:
    """The live page answers through the published port."""
    options = ("--address", "0.0.0.0", "--port", "8050", "--run-id", "inside")
    run("docker", "exec", "--detach", container, "./lab", "dashboard", *options)
    url = f"http://{address(container, '8050')}/"
    assert wait_until(lambda: answers(url), READY_S)

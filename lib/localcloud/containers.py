"""The lab as containers (docker/compose.yaml): its own settings, on the programs of other images.

All containers share one loopback and one folder of a lab. So each service gets the same command and files as on a
laptop; `prepare` writes them, with the program's path as it is in the service's image. The container engine supervises
the services; `card` waits until all answer, then tells clients where they are.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localcloud.binaries import fetch_all, jar_artifacts
from localcloud.card import card_of, environment
from localcloud.errors import LocalCloudError, ServiceFailed
from localcloud.home import Home, read_json, write_private
from localcloud.jupyter import jupyter_command
from localcloud.lab import home
from localcloud.service import Command, Service, Setup
from localcloud.services.aws import Aws
from localcloud.services.kafka_cluster import brokers
from localcloud.services.postgres import Postgres
from localcloud.services.redshift import Redshift
from localcloud.services.s3 import S3
from localcloud.services.seaweedfs import SeaweedFS
from localcloud.services.spark import spark_card
from localcloud.services.spark_cluster import cluster_services, set_workers
from localcloud.services.trino import Trino
from localcloud.services.trino_workers import worker_services
from localcloud.services.zookeeper import ZooKeeper

BROKERS, SPARK_WORKERS, TRINO_WORKERS = 3, 2, 2
PORTS = {
    "zookeeper.client": 2181,
    "kafka-1.client": 9092,
    "kafka-2.client": 9093,
    "kafka-3.client": 9094,
    "s3.http": 8333,
    "seaweedfs.s3": 8335,
    "aws.http": 5000,
    "redshift.sql": 5439,
    "trino.http": 8080,
    "trino-worker-1.http": 8081,
    "trino-worker-2.http": 8082,
    "spark-master.client": 7077,
    "spark-master.http": 7080,
    "spark-worker-1.http": 7081,
    "spark-worker-2.http": 7082,
    "jupyterlab.http": 8888,
}
"""Fixed, since no other lab is on this loopback; the health checks in compose.yaml ask there."""
TRINO_PLUGINS = ("geospatial", "hive", "iceberg", "password-authenticators")
READY_S = 300


@dataclass(frozen=True)
class Program:
    """Where an image has the program of a service, and what its Java needs in addition to the lab's own flags."""

    program: str
    class_path: str = ""
    flags: tuple[str, ...] = ()


_JAVA = '"${JAVA_HOME:+$JAVA_HOME/bin/}java"'
_ZOOKEEPER = Program(_JAVA, "/apache-zookeeper-3.9.5-bin/lib/*", ("-Dlogback.configurationFile=/conf/logback.xml",))
# Kafka 3.9 writes its log by Log4j 1 where it runs on the jars of its own distribution.
_KAFKA = Program(_JAVA, "/opt/kafka/libs/*", ("-Dlog4j.configuration=file:/opt/kafka/config/tools-log4j.properties",))
_TRINO = Program(_JAVA, "/usr/lib/trino/lib/*")
_WEED = Program("/usr/bin/weed")
_POSTGRES = Program("/usr/lib/postgresql/18/bin/postgres")
# A final feature of Java 25, which Java 24 in Trino's image refuses.
_UNKNOWN_FLAGS = ("-XX:+UseCompactObjectHeaders",)


def services(home: Home) -> dict[str, Service]:
    """Return the services that run as containers, by name."""
    single = (ZooKeeper(), SeaweedFS(), Aws(), S3(), Trino(), Postgres(), Redshift())
    return {
        **{service.name: service for service in single},
        **brokers(BROKERS),
        **worker_services(home),
        **cluster_services(home),
    }


def prepare(home: Home) -> None:
    """Fix ports and sizes, make the secrets, and write the configuration and the start script of each service.

    It may run again while services do: what it writes is the same each time.
    """
    # Ports that nobody outside asks for stay as they were chosen: at the next start servers may already use them.
    write_private(home.root / "ports.json", json.dumps({**read_json(home.root / "ports.json"), **PORTS}, indent=1))
    write_private(home.root / "trino.json", json.dumps({"workers": TRINO_WORKERS}))
    set_workers(home, SPARK_WORKERS)
    plugins = home.folder("trino-plugins")
    for name in TRINO_PLUGINS:
        link = plugins / name
        link.unlink(missing_ok=True)
        link.symlink_to(Path("/usr/lib/trino/plugin") / name)
    for name, service in services(home).items():
        program = _image_program(name)
        lines = [*setup_lines(service.setup(home), program, plugins), script(service.command(home), program, plugins)]
        write_private(start_script(home, name), "\n".join(lines))
    home.secret("jupyter")


def start_script(home: Home, name: str) -> Path:
    """Return the script that a container of that service runs; it holds secrets, and only its owner may read it."""
    return home.folder("start") / f"{name}.sh"


def setup_lines(setup: Setup | None, image: Program | None, plugins: Path) -> list[str]:
    """Return the lines that do what must be done once before a service starts; without it the container ends."""
    if setup is None:
        return []
    mark = shlex.quote(str(setup.mark))
    done = script(setup.command, image, plugins).strip()
    return [f"[ -e {mark} ] || (", done, f") && : > {mark} || exit 1"]


def script(command: Command, image: Program | None, plugins: Path) -> str:
    """Return the lines that become the process of a service, on its own program or on that of another image."""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in command.env.items()]
    if command.cwd:
        lines.append(f"cd {shlex.quote(str(command.cwd))}")
    program, arguments = shlex.quote(command.argv[0]), list(command.argv[1:])
    if image:
        program, arguments = image.program, [*image.flags, *_moved(arguments, image, plugins)]
    return "\n".join([*lines, f"exec {program} {shlex.join(arguments)}"]) + "\n"


def _moved(arguments: list[str], image: Program, plugins: Path) -> list[str]:
    kept = [argument for argument in arguments if argument not in _UNKNOWN_FLAGS]
    if "-cp" in kept:
        kept[kept.index("-cp") + 1] = image.class_path
    return [f"-Dplugin.dir={plugins}" if argument.startswith("-Dplugin.dir=") else argument for argument in kept]


def _image_program(name: str) -> Program | None:
    known = {"zookeeper": _ZOOKEEPER, "kafka": _KAFKA, "trino": _TRINO, "seaweedfs": _WEED, "postgres": _POSTGRES}
    return known.get(name.partition("-")[0])


def card(home: Home, limit_s: float = READY_S) -> None:
    """Wait until every service answers as its clients would ask, then write the card. Raises ServiceFailed."""
    known = services(home)
    end = time.monotonic() + limit_s
    for service in known.values():
        _await(home, service, end)
    write_private(home.root / "endpoints.json", card_of(home, known, spark_card(home)))


def _await(home: Home, service: Service, end: float) -> None:
    seen = ""
    while time.monotonic() < end:
        try:
            if service.ready(home):
                return
        except Exception as error:  # any error of a probe means "not yet"
            seen = f" ({type(error).__name__}: {error})"
        time.sleep(0.5)
    raise ServiceFailed(
        f"{service.name}: not ready; waited for {service.awaits}{seen[:300]}. Try: docker compose logs {service.name}"
    )


def notebook(home: Home, folder: Path) -> tuple[list[str], Mapping[str, str]]:
    """Return JupyterLab's arguments and variables; the container's port is open, its token is the lab's secret."""
    argv, env = jupyter_command(home, folder, home.port("jupyterlab.http"), "0.0.0.0")  # noqa: S104
    return [*argv, "--no-browser"], {**environment(home), **env, "JUPYTER_TOKEN": home.secret("jupyter")}


def main(arguments: list[str]) -> None:
    """Run one step: `fetch`, `prepare`, `card`, or `notebook FOLDER`."""
    match arguments:
        case ["fetch"]:
            fetch_all(jar_artifacts("spark"), home().cache)
        case ["prepare"]:
            if os.getuid() == 0:
                raise LocalCloudError("PostgreSQL does not run as root. Try: run it as the image's own user.")
            prepare(home())
        case ["card"]:
            card(home())
        case ["notebook", folder]:
            argv, env = notebook(home(), Path(folder))
            os.execve(argv[0], argv, {**os.environ, **env})  # noqa: S606
        case _:
            raise LocalCloudError(f"There is no step {' '.join(arguments)!r}. Try: prepare")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except LocalCloudError as error:
        sys.exit(f"lab: {error}")

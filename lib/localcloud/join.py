"""A machine that works for the lab of another: it runs Spark and Trino workers, and no service that holds data.

A machine may leave at any time, and what it ran must be replaceable: see docs/adr/0015.
"""

from __future__ import annotations

import json
import socket

from botocore.exceptions import ClientError

from localcloud.errors import LocalCloudError
from localcloud.home import EVERY, Home, read_json, read_kept, write_private
from localcloud.join_token import Build, JoinToken
from localcloud.network import Networked, address_towards, require_own
from localcloud.service import Service
from localcloud.services import spark_cluster, trino_workers
from localcloud.services.seaweedfs import client_with_keys
from localcloud.supervisor import Report, Supervisor

_ANSWER_S = 5.0
_REMEDY = "Try: ./lab token on the machine of the lab, then copy the new file"


def joined_lab(home: Home) -> str:
    """Return the host of the lab that this machine works for, or nothing if it has a lab of its own."""
    return read_kept(home.root / "join.json").get("host", "")


def require_own_lab(home: Home) -> None:
    """Raise LocalCloudError on a machine that works for another's lab, for a command that needs a whole lab."""
    if host := joined_lab(home):
        raise LocalCloudError(
            f"This machine only runs workers for the lab on {host}. Try: the same command there; "
            "to have a lab of your own here again: ./lab clean --all"
        )


def worker_services(home: Home) -> dict[str, Service]:
    """Return the workers of a machine that joined; the services that they need run elsewhere."""
    workers = {**spark_cluster.cluster_services(home), **trino_workers.worker_services(home)}
    return {name: _alone(service) for name, service in workers.items() if name != spark_cluster.SparkMaster.name}


def _alone(service: Service) -> Service:
    made: Service = type(f"Joined{type(service).__name__}", (type(service),), {"needs": (), "asks": ()})()
    return made


def supervisor(home: Home, report: Report) -> Supervisor:
    """Return the supervisor of these workers."""
    return Networked(home, worker_services(home), report)


def check(token: JoinToken, build: Build) -> None:
    """Raise LocalCloudError unless this machine fits the lab, reaches it, and its keys are accepted there."""
    _require_same(token.build, build)
    for use, port in token.ports.items():
        _require_reachable(token.hosts[use.partition(".")[0]], port, use)
    _require_accepted(token)


def _require_same(lab: Build, here: Build) -> None:
    if (lab.code, lab.python) != (here.code, here.python):
        raise LocalCloudError(
            f"The lab has another version: code {lab.code} with Python {lab.python}; this machine has {here.code} "
            f"with Python {here.python}. Try: the same commit and the same Python on both machines"
        )
    if lab != here:
        raise LocalCloudError(
            f"Spark needs the same paths on all machines. The lab has {lab.executable} and {lab.cache}; this machine "
            f"has {here.executable} and {here.cache}. Try: the lab's container image on both (docker/README.md), or "
            "the same folder and the same LAB_CACHE"
        )


def _require_reachable(host: str, port: int, use: str) -> None:
    try:
        socket.create_connection((host, port), timeout=_ANSWER_S).close()
    except OSError as error:
        raise LocalCloudError(
            f"The lab's {use} doesn't answer at {host}:{port} ({error}). Try: ./lab status there; let its firewall "
            "accept this machine; if its ports have changed, copy a new file that ./lab token makes there"
        ) from None


def _require_accepted(token: JoinToken) -> None:
    url = f"http://{token.hosts['s3']}:{token.ports['s3.http']}"
    try:
        client_with_keys(url, token.secrets["access_key_id"], token.secrets["secret_access_key"]).list_buckets()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise LocalCloudError(f"The lab at {url} refuses this token's keys ({code}). {_REMEDY}") from None


def join(home: Home, token: JoinToken, workers: tuple[int, int], address: str | None, report: Report) -> Supervisor:
    """Make this machine's folder one that works for the lab; return the supervisor of its workers.

    `workers` are how many of Spark and of Trino. Raises LocalCloudError.
    """
    if (home.root / "data").exists() and not joined_lab(home):
        raise LocalCloudError(
            f"{home.root} holds the data of a lab of its own. "
            "Try: join with another machine or container, or delete that data here: ./lab clean --all"
        )
    address = address or address_towards(token.hosts["spark-master"], token.ports["spark-master.client"])
    require_own(address)
    supervisor(home, report).down()
    for name, secret in token.secrets.items():
        write_private(home.folder("secrets") / name, secret)
    ports = {**read_json(home.root / "ports.json"), **token.ports}
    write_private(home.root / "ports.json", json.dumps(ports, indent=1))
    write_private(home.root / "hosts.json", json.dumps({EVERY: address, **token.hosts}, indent=1))
    write_private(home.root / "join.json", json.dumps({"host": token.hosts["spark-master"]}))
    spark_cluster.set_workers(home, workers[0])
    write_private(home.root / "trino.json", json.dumps({"workers": workers[1]}))
    return supervisor(home, report)

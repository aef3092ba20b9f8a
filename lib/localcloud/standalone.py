"""The stand-in on its own: S3, Glue, Athena, and Redshift where it is asked for, without Kafka, Spark and the lab."""

from __future__ import annotations

from collections.abc import Sequence

from localcloud.binaries import fetch_all, install_trino, trino_artifacts
from localcloud.errors import ServiceFailed
from localcloud.home import Home
from localcloud.service import Service
from localcloud.services.aws import Aws
from localcloud.services.postgres import Postgres
from localcloud.services.redshift import Redshift
from localcloud.services.s3 import S3
from localcloud.services.seaweedfs import SeaweedFS
from localcloud.services.trino import Trino
from localcloud.supervisor import Report, Supervisor

DEFAULT = ("seaweedfs", "aws", "s3", "trino")


def services() -> dict[str, Service]:
    """Return the services that need nothing but the stand-in, by name."""
    services = (SeaweedFS(), Aws(), S3(), Trino(), Postgres(), Redshift())
    return {service.name: service for service in services}


def supervisor(home: Home, report: Report = lambda name, what: None) -> Supervisor:
    """Return the supervisor of these services in a folder of their own."""
    return Supervisor(home, services(), report)


def start(home: Home, names: Sequence[str] = (), report: Report = lambda name, what: None) -> Supervisor:
    """Fetch the engine if it is missing, start the named services (default: S3, Glue and Athena); return their keeper.

    Raises:
        ServiceFailed: there is no such service, or one did not start. Remedy: the message names its log.
    """
    wanted = list(names or DEFAULT)
    keeper = supervisor(home, report)
    if unknown := set(wanted) - set(keeper.services):
        raise ServiceFailed(f"There is no service {min(unknown)!r}. Try some of: {', '.join(keeper.services)}")
    if "trino" in wanted:
        fetch_all(trino_artifacts(), home.cache)
        install_trino(home.cache)
    keeper.up(wanted)
    return keeper

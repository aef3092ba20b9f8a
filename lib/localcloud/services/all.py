"""All services of the lab."""

from __future__ import annotations

from localcloud.service import Service
from localcloud.services.aws import Aws
from localcloud.services.kafka import Kafka
from localcloud.services.postgres import Postgres
from localcloud.services.redshift import Redshift
from localcloud.services.s3 import S3
from localcloud.services.seaweedfs import SeaweedFS
from localcloud.services.trino import Trino
from localcloud.services.zookeeper import ZooKeeper


def all_services() -> dict[str, Service]:
    """Return the services by name, in the order in which a person follows the data."""
    services = (ZooKeeper(), Kafka(), SeaweedFS(), Aws(), S3(), Trino(), Postgres(), Redshift())
    return {service.name: service for service in services}

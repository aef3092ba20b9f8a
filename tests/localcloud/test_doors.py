"""The table of what listens in a lab, and who gets in."""

from __future__ import annotations

from pathlib import Path

import pytest

from localcloud.doors import doors, table
from localcloud.home import Home
from localcloud.service import Service
from localcloud.services.all import all_services
from localcloud.services.kafka_cluster import brokers
from localcloud.services.kafka_open import kafka_services, set_open
from localcloud.services.spark import spark_conf
from localcloud.services.spark_cluster import cluster_services, set_workers

PAGE = Path(__file__).parents[2] / "docs" / "security.md"


def test_the_page_holds_the_table_of_the_code() -> None:
    """`docs/security.md` has what `python -m localcloud.doors` prints."""
    assert f"<!-- doors -->\n{table()}<!-- end of doors -->\n" in PAGE.read_text()


def test_each_port_of_each_service_is_in_the_table(tmp_path: Path) -> None:
    """Also those of a Spark cluster, of more Kafka brokers and of the address without a login."""
    home, entries = Home(tmp_path), {door.entry for door in doors()}
    set_open(home, True)
    set_workers(home, 2)
    services: list[Service] = [*all_services().values(), *brokers(3).values(), *kafka_services(home).values()]
    services += cluster_services(home).values()
    assert {entry for service in services for entry in service.ports.values()} <= entries


def test_each_port_is_listed_once() -> None:
    """No name has two rows, and each row says who gets in."""
    names = [door.name for door in doors()]
    assert len(set(names)) == len(names)
    assert all(door.entry for door in doors())


@pytest.mark.parametrize(
    "line", ["spark.ui.killEnabled false", "spark.master.ui.decommission.allow.mode DENY", "spark.authenticate true"]
)
def test_nobody_stops_a_job_on_sparks_pages(tmp_path: Path, line: str) -> None:
    """Spark's configuration takes the buttons away, closes the Master's call, and asks executors for the secret."""
    conf = spark_conf(Home(tmp_path)) / "spark-defaults.conf"
    assert line in conf.read_text().splitlines()

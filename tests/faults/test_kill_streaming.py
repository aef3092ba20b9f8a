"""Streaming ingestion while its parts are killed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psutil
import psycopg
import pytest

from localcloud import lab
from localcloud.home import Home
from smartcity.chaos import Services, warehouse

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]


def test_kill_9_of_gateway_engine_and_broker_loses_and_doubles_nothing(
    in_lab: Mapping[str, str], lab_home: Home
) -> None:
    """Each part is killed once at a random moment of a refresh under load; the view has each valid record once."""
    keeper = lab.supervisor(lab_home)

    def kill(name: str) -> None:
        process = psutil.Process(next(row.pid for row in keeper.status() if row.name == name))
        process.kill()
        process.wait(10)

    def connect() -> psycopg.Connection[Any]:
        names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "DATABASE"}
        return psycopg.connect(
            **{key: in_lab[f"REDSHIFT_{name}"] for key, name in names.items()}, autocommit=True, connect_timeout=10
        )

    services = Services(tuple(keeper.services), kill, keeper.up)
    report = warehouse.run(services, connect, rounds=len(warehouse.VICTIMS), seed=1, say=print)
    assert (report["lost"], report["duplicated"]) == (0, 0), report
    assert report["rows"] + report["left_out"] == report["produced"] > 0

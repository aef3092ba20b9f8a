"""A trial of streaming ingestion by kill -9: Redshift takes a topic under load while its parts are killed.

Afterwards the view must hold each record that was sent, once, except those that its WHERE leaves out.
"""

from __future__ import annotations

import contextlib
import os
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol

from confluent_kafka.admin import AdminClient

from smartcity import kafka, kafka_login
from smartcity.chaos.parts import Services
from smartcity.delivery import Delivery, Pace, Row
from smartcity.errors import LedgerUnbalanced, QueryDied

RATE: Final = 2_000
"""Records a second that are sent meanwhile."""
VICTIMS: Final = ("redshift", "postgres", "kafka", "zookeeper")
LEFT_OUT: Final = 10
"""Every so many records, one is invalid JSON."""
LIMIT_S: Final = 300
_SCHEMA, _VIEW = "chaos_topics", "public.chaos_stream"
_WHERE = "WHERE CAN_JSON_PARSE(kafka_value)"
_COUNT = "SELECT count(*), count(DISTINCT id), max(id), sum(id::bigint) FROM {}"

Say = Callable[[str], None]


class Database(Protocol):
    """A connection to Redshift, which commits each statement."""

    def execute(self, query: Any) -> Any:
        """Run a statement."""

    def close(self) -> None:
        """End it."""


Connect = Callable[[], Database]


class Load(threading.Thread):
    """Sends records until it is told to stop; one in LEFT_OUT is invalid JSON."""

    def __init__(self, topic: str, rate: int = RATE) -> None:
        super().__init__(daemon=True)
        self.topic, self.enough, self.sent, self._rate = topic, threading.Event(), 0, rate
        self.error: Exception | None = None

    def run(self) -> None:
        """Send; called by the thread."""
        try:
            delivery = Delivery(os.environ["KAFKA_BOOTSTRAP_SERVERS"])
            delivery.send_all(self._rows(), Pace(self._rate))
            delivery.finish()
        except Exception as error:  # told by whoever waits for the load
            self.error = error

    def stop(self) -> int:
        """End it when all is acknowledged that was sent; return how many that is. Raises QueryDied."""
        self.enough.set()
        self.join(LIMIT_S)
        if self.error or self.is_alive():
            raise QueryDied(f"The load could not be sent: {self.error or 'it waits for Kafka'}. Try: ./lab status")
        return self.sent

    def _rows(self) -> Iterator[Row]:
        while not self.enough.is_set():
            number = self.sent
            value = f'{{"id": {number}}}' if number % LEFT_OUT else f"record {number}"
            self.sent += 1
            yield self.topic, str(number % 997).encode(), value.encode(), int(time.time() * 1000), f"{number:09}"


class Refreshes(threading.Thread):
    """Refreshes the view again and again, as somebody would who waits for each answer."""

    def __init__(self, connect: Connect) -> None:
        super().__init__(daemon=True)
        self.enough, self.done, self.failed, self._connect = threading.Event(), 0, 0, connect

    def run(self) -> None:
        """Refresh; called by the thread."""
        while not self.enough.is_set():
            try:
                self._refresh()
            except Exception:  # whatever a killed part brings; the count at the end tells
                self.failed += 1
                time.sleep(0.1)

    def _refresh(self) -> None:
        with contextlib.closing(self._connect()) as database:
            while not self.enough.is_set():
                database.execute(f"REFRESH MATERIALIZED VIEW {_VIEW}")
                self.done += 1

    def wait_for_another(self) -> None:
        """Wait until a refresh has ended that began after this call. Raises QueryDied."""
        before, end = self.done, time.monotonic() + LIMIT_S
        while self.done < before + 2:
            if time.monotonic() > end:
                raise QueryDied(f"No refresh ended within {LIMIT_S} s. Try: ./lab status")
            time.sleep(0.05)


def run(services: Services, connect: Connect, rounds: int, seed: int, say: Say) -> dict[str, Any]:
    """Run the trial and return its report: kills, lost, duplicated, seconds to recover. Raises LabError."""
    topic, chance = f"chaos.{uuid.uuid4().hex[:8]}", random.Random(seed)  # noqa: S311
    _prepare(connect, topic)
    load, refreshes = Load(topic), Refreshes(connect)
    try:
        load.start()
        refreshes.start()
        refreshes.wait_for_another()
        recovered = [_round(services, refreshes, chance, number, say) for number in range(rounds)]
        sent = load.stop()
        refreshes.wait_for_another()
    finally:
        load.enough.set()
        refreshes.enough.set()
    refreshes.join(LIMIT_S)
    counted = _counted(connect, sent)
    report = {"kills": rounds, "produced": sent, **counted, "refreshes": refreshes.done, "failed": refreshes.failed}
    _clear(connect, topic)
    return {**report, "slowest_recovery_s": max(recovered, default=0.0)}


def text(report: dict[str, Any]) -> str:
    """Return the report for a person."""
    return (
        f"{report['kills']} kills, {report['produced']:,} records, {report['left_out']:,} left out by WHERE, "
        f"{report['rows']:,} in the view: lost {report['lost']}, duplicated {report['duplicated']}\n"
        f"{report['refreshes']} refreshes; after a kill, the next one ended within {report['slowest_recovery_s']} s"
    )


def _round(services: Services, refreshes: Refreshes, chance: random.Random, number: int, say: Say) -> float:
    """Kill a part at a random moment, bring it back, and wait for the next refresh; return the seconds that took."""
    victim = VICTIMS[number % len(VICTIMS)] if number < len(VICTIMS) else chance.choice(VICTIMS)
    time.sleep(chance.uniform(0.2, 2))  # the moment of the kill is random: it waits for nothing
    began = time.monotonic()
    services.kill(victim)
    services.start([victim, "redshift"])
    refreshes.wait_for_another()
    seconds = round(time.monotonic() - began, 1)
    say(f"round {number + 1}: {victim} killed, the next refresh ended after {seconds} s")
    return seconds


def _prepare(connect: Connect, topic: str) -> None:
    servers = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    kafka.ensure_topics(servers, names=(topic,))
    with contextlib.closing(connect()) as database:
        database.execute(f"DROP SCHEMA IF EXISTS {_SCHEMA}")
        database.execute(f"DROP MATERIALIZED VIEW IF EXISTS {_VIEW}")
        login = f"IAM_ROLE default AUTHENTICATION iam URI '{servers}'"
        database.execute(f"CREATE EXTERNAL SCHEMA {_SCHEMA} FROM KAFKA {login}")
        columns = (
            "kafka_partition, kafka_offset, JSON_EXTRACT_PATH_TEXT(from_varbyte(kafka_value, 'utf-8'), 'id')::int id"
        )
        view = f'CREATE MATERIALIZED VIEW {_VIEW} AS SELECT {columns} FROM {_SCHEMA}."{topic}" {_WHERE}'  # noqa: S608
        database.execute(view)


def _counted(connect: Connect, sent: int) -> dict[str, int]:
    """Return how many rows the view has, and how many are lost or doubled. Raises LedgerUnbalanced at other rows."""
    with contextlib.closing(connect()) as database:
        rows, distinct, last, total = (int(value or 0) for value in database.execute(_COUNT.format(_VIEW)).fetchone())
    expected = [number for number in range(sent) if number % LEFT_OUT]
    lost, duplicated = len(expected) - distinct, rows - distinct
    if not lost and not duplicated and (total != sum(expected) or last != expected[-1]):
        raise LedgerUnbalanced(f"The view has {rows} rows, as many as it should, but others. Try: ./lab status")
    return {"rows": rows, "left_out": sent - len(expected), "lost": lost, "duplicated": duplicated}


def _clear(connect: Connect, topic: str) -> None:
    with contextlib.closing(connect()) as database:
        database.execute(f"DROP MATERIALIZED VIEW {_VIEW}")
        database.execute(f"DROP SCHEMA {_SCHEMA}")
    admin = AdminClient(kafka_login.client())  # kept until it has answered
    admin.delete_topics([topic])[topic].result(60)

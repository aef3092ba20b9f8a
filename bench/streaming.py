"""Measure streaming ingestion on the running lab: the delay of an event, and the rows a second of a refresh.

Run: `python bench/streaming.py [--seconds 30] [--rows 300000] [--json]` while the lab is up. The peer in the same run
is the way through S3: a consumer of the same topic writes a file a second, and COPY loads it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import numpy as np
import psycopg
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from localcloud import card, lab
from smartcity import kafka, kafka_login

RATE, BUCKET, SCHEMA = 2_000, "bench-streaming", "bench_topics"
Connection = psycopg.Connection[Any]


def connect() -> Connection:
    """Return a connection that commits each statement."""
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "DATABASE"}
    login: dict[str, Any] = {key: os.environ[f"REDSHIFT_{name}"] for key, name in names.items()}
    return psycopg.connect(**login, autocommit=True)


@contextlib.contextmanager
def topic() -> Iterator[str]:
    """Give a topic of four partitions, and a schema of its brokers."""
    name, servers = f"bench.{uuid.uuid4().hex[:8]}", os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    kafka.ensure_topics(servers, names=(name,))
    with connect() as database:
        database.execute(f"DROP SCHEMA IF EXISTS {SCHEMA}".encode())
        login = f"IAM_ROLE default AUTHENTICATION iam URI '{servers}'"
        database.execute(f"CREATE EXTERNAL SCHEMA {SCHEMA} FROM KAFKA {login}".encode())
        try:
            yield name
        finally:
            for kind, made in (("MATERIALIZED VIEW", "bench_view"), ("TABLE", "bench_s3"), ("SCHEMA", SCHEMA)):
                database.execute(f"DROP {kind} IF EXISTS {made}".encode())
            admin = AdminClient(kafka_login.client())  # kept until it has answered
            admin.delete_topics([name])[name].result(60)


def record(number: int) -> str:
    """Return an event with the moment in which it is made."""
    value = {"id": number, "sent_ms": time.time() * 1000, "vehicle": f"bus-{number % 97}", "speed_kmh": number % 60}
    return json.dumps(value, separators=(",", ":"))


class Sender(threading.Thread):
    """Sends at RATE for so many seconds."""

    def __init__(self, name: str, seconds: int) -> None:
        super().__init__(daemon=True)
        self.name_of_topic, self.count = name, RATE * seconds

    def run(self) -> None:
        producer, begin = Producer({**kafka_login.client(), "linger.ms": 5, "acks": "all"}), time.monotonic()
        for number in range(self.count):
            if (early := begin + number / RATE - time.monotonic()) > 0:
                producer.poll(early)
            producer.produce(self.name_of_topic, record(number))
        producer.flush(60)


class ThroughS3(threading.Thread):
    """Writes what comes to a file in S3 once a second, and loads it; notes when each file's rows were there."""

    def __init__(self, name: str, count: int) -> None:
        super().__init__(daemon=True)
        self._topic, self._count, self.delays = name, count, list[float]()

    def run(self) -> None:
        consumer = Consumer({**kafka_login.client(), "group.id": uuid.uuid4().hex, "auto.offset.reset": "earliest"})
        consumer.assign([TopicPartition(self._topic, partition, 0) for partition in range(4)])
        s3, database, batch, due = boto3.client("s3"), connect(), list[bytes](), time.monotonic() + 1
        while len(self.delays) < self._count:
            batch += [bytes(m.value() or b"") for m in consumer.consume(500, timeout=0.05) if m.error() is None]
            if batch and time.monotonic() > due:
                key = f"{self._topic}/{len(self.delays)}.json"
                s3.put_object(Bucket=BUCKET, Key=key, Body=b"\n".join(batch))
                copy = f"COPY bench_s3 FROM 's3://{BUCKET}/{key}' IAM_ROLE default FORMAT JSON 'auto'"
                database.execute(copy.encode())
                there = time.time() * 1000
                self.delays += [there - json.loads(value)["sent_ms"] for value in batch]
                batch, due = [], max(due + 1, time.monotonic())
        consumer.close()
        database.close()


def latency(seconds: int) -> dict[str, Any]:
    """Return the milliseconds from an event to its row, by refreshes one after another and by files in S3."""
    with topic() as name, connect() as database:
        columns = "JSON_PARSE(kafka_value) AS event, refresh_time"
        where = f'FROM {SCHEMA}."{name}" WHERE CAN_JSON_PARSE(kafka_value)'
        database.execute(f"CREATE MATERIALIZED VIEW bench_view AS SELECT {columns} {where}".encode())
        database.execute(b"CREATE TABLE bench_s3 (id INT, sent_ms FLOAT8, vehicle VARCHAR(20), speed_kmh INT)")
        sender = Sender(name, seconds)
        other, spans = ThroughS3(name, sender.count), list[tuple[float, float]]()
        sender.start()
        other.start()
        while sender.is_alive() or other.is_alive():
            begin = time.time() * 1000
            database.execute(b"REFRESH MATERIALIZED VIEW bench_view")
            spans.append((begin, time.time() * 1000))
        began = "DATEDIFF(microsecond, '1970-01-01'::timestamp, refresh_time)"
        listed = f"SELECT event.sent_ms::float8, {began} / 1000.0::float8 FROM bench_view"
        rows = np.array(database.execute(listed.encode()).fetchall(), dtype=float)
    assert len(rows) == len(other.delays) == sender.count, "rows are missing"
    ends = np.array(spans)
    seen = ends[np.searchsorted(ends[:, 0], rows[:, 1], side="right") - 1, 1]
    return {
        "rate": RATE,
        "events": sender.count,
        "refreshes": len(spans),
        "streaming_view_ms": percentiles(seen - rows[:, 0]),
        "s3_and_copy_ms": percentiles(np.array(other.delays)),
    }


def percentiles(delays: np.ndarray) -> dict[str, float]:
    """Return the median and two high percentiles."""
    return {f"p{share}": round(float(np.percentile(delays, share)), 0) for share in (50, 95, 99)}


def throughput(count: int) -> dict[str, Any]:
    """Return the rows a second of one REFRESH, and of a COPY of the same records from a file into a SUPER column."""
    with topic() as name, connect() as database:
        producer, records = Producer({**kafka_login.client(), "linger.ms": 20}), [record(n) for n in range(count)]
        for number, value in enumerate(records):
            producer.produce(name, value)
            if number % 10_000 == 0:
                producer.flush(60)
        producer.flush(60)
        boto3.client("s3").put_object(Bucket=BUCKET, Key=f"{name}.json", Body="\n".join(records).encode())
        database.execute(b"CREATE TABLE bench_s3 (event SUPER)")
        file = f"'s3://{BUCKET}/{name}.json' IAM_ROLE default FORMAT JSON 'noshred'"
        copy_s = timed(database, f"COPY bench_s3 FROM {file}")
        rates: dict[str, Any] = {"rows": count, "copy_super_rows_per_s": int(count / copy_s)}
        for kind, query in QUERIES.items():
            view = f'CREATE MATERIALIZED VIEW bench_view AS {query} FROM {SCHEMA}."{name}"'
            database.execute((view + (" WHERE CAN_JSON_PARSE(kafka_value)" if "JSON" in query else "")).encode())
            rates[f"refresh_{kind}_rows_per_s"] = int(count / timed(database, "REFRESH MATERIALIZED VIEW bench_view"))
            held = database.execute(b"SELECT count(*) FROM bench_view").fetchone()
            assert held == (count,), held
            database.execute(b"DROP MATERIALIZED VIEW bench_view")
    return rates


QUERIES = {"super": "SELECT JSON_PARSE(kafka_value) AS event", "bytes": "SELECT kafka_offset, kafka_value"}


def timed(database: Connection, statement: str) -> float:
    """Return the seconds that a statement takes."""
    begin = time.monotonic()
    database.execute(statement.encode())
    return time.monotonic() - begin


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ.update(card.environment(lab.home()))
    with contextlib.suppress(boto3.client("s3").exceptions.BucketAlreadyOwnedByYou):
        boto3.client("s3").create_bucket(Bucket=BUCKET)
    report = {"latency": latency(options.seconds), "throughput": throughput(options.rows)}
    print(json.dumps(report, indent=None if options.json else 1))


if __name__ == "__main__":
    main()

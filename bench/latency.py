"""How long an event takes: to the lake, to Athena, to an alert. Part of `./lab bench stream`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from confluent_kafka import Consumer, Producer, TopicPartition

from smartcity import kafka, kafka_login
from smartcity.lake import Lake
from smartcity.lake.reader import file_system

LATENCY_RATE, ALERT_RATE, SECONDS, ALERT_SECONDS = 2000, 500, 30, 90
TRIGGER_S = 1.0


def expect(child: subprocess.Popen[str], start: str) -> str:
    """Return the next line of a program's output that starts so."""
    assert child.stdout
    for line in child.stdout:
        if line.startswith(start):
            return line
    raise SystemExit(f"The case ended with {child.wait()} before it said {start!r}.")


def latency() -> dict[str, Any]:
    """Return milliseconds from the Kafka timestamp to the listing in S3, and on to an answer of Athena."""
    lake = Lake(f"s3://smartcity-lake/bench-{uuid.uuid4().hex}")
    broker = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    lake.make_bucket()
    kafka.ensure_topics(broker)
    lake.write_note("starting_offsets", kafka.end_offsets(broker))
    program = _start_stream(lake, "--trigger-s", str(TRIGGER_S))
    try:
        _send("gps_data", _gps, LATENCY_RATE, 15)  # the first batches of a JVM are slow
        _wait_until(lambda: lake.committed_rows() >= LATENCY_RATE * 15, 120)
        watch = _Watch(lake)
        watch.start()
        _send("gps_data", _gps, LATENCY_RATE, SECONDS)
        _wait_until(lambda: lake.committed_rows() >= LATENCY_RATE * (15 + SECONDS), 120)
        time.sleep(2 * TRIGGER_S)  # the last answers
        watch.enough.set()
        watch.join()
    finally:
        program.terminate()
        program.wait()
    report = {"trigger_s": TRIGGER_S, "listed_ms": watch.listed(), "athena_ms": watch.answered()}
    lake.purge()
    return report


class _Watch(threading.Thread):
    """Lists the zone ten times a second and asks Athena once a second: the watching must take little of the machine.

    Each answer must hold all that was listed when its query began; so an event can be queried from its listing on.
    """

    def __init__(self, lake: Lake) -> None:
        super().__init__(daemon=True)
        self.lake, self.enough, self.began = lake, threading.Event(), time.time()
        self.first_seen: dict[str, float] = {}
        self.query_s: list[float] = []
        self.athena = boto3.client("athena")
        self._store = lake.store(patient=True)
        self._asker = threading.Thread(target=self._ask, daemon=True)

    def run(self) -> None:
        zone = "transformed/gps_data/"
        old = max(self._store.paths(zone))
        self._asker.start()
        while not self.enough.wait(0.1):
            for path in self._store.paths(zone, after=old):
                self.first_seen.setdefault(path, time.time())
        self._asker.join()

    def listed(self) -> dict[str, float]:
        """Return the percentiles over all events that came while it watched."""
        return _percentiles(self._delays())

    def answered(self) -> dict[str, float]:
        """Return the percentiles from each event to the answer of a query that begins when it is listed."""
        delays = self._delays()
        asked = np.resize(np.array(self.query_s), len(delays))
        return _percentiles(delays + asked) | {
            "queries": len(self.query_s),
            "query_ms": _percentiles(np.array(self.query_s))["p50"],
        }

    def _delays(self) -> np.ndarray:
        return np.concatenate([self.first_seen[path] - times for path, times in self._times().items()])

    def _times(self) -> dict[str, np.ndarray]:
        files, system = self.lake.files("transformed", "gps_data"), file_system()
        where = f"{self.lake.bucket}/{self.lake.prefix}"
        return {
            path: pq.read_table(f"{where}/{path}", columns=["kafka_timestamp"], filesystem=system, partitioning=None)[
                "kafka_timestamp"
            ]
            .cast(pa.int64())
            .to_numpy()
            / 1e6
            for path in files
            if path in self.first_seen
        }

    def _ask(self) -> None:
        table = f"bench_{uuid.uuid4().hex[:8]}"
        where = f"{self.lake.uri}/transformed/gps_data/"
        self._query("CREATE DATABASE IF NOT EXISTS bench_stream")
        self._query(
            f"CREATE EXTERNAL TABLE bench_stream.{table} (kafka_timestamp timestamp) "
            f"PARTITIONED BY (event_date string, hour string) STORED AS PARQUET LOCATION '{where}'"
        )
        now = datetime.now(UTC)
        for hour in (now, now + timedelta(hours=1)):
            self._query(
                f"ALTER TABLE bench_stream.{table} ADD IF NOT EXISTS PARTITION "
                f"(event_date='{hour:%Y-%m-%d}', hour='{hour:%H}')"
            )
        while not self.enough.wait(1.0):
            listed, begin = set(self.first_seen), time.monotonic()
            rows = self._query(f'SELECT "$path", max(kafka_timestamp) FROM bench_stream.{table} GROUP BY 1')
            self.query_s.append(time.monotonic() - begin)
            answered = {row["Data"][0]["VarCharValue"].rpartition("/")[2] for row in rows["ResultSet"]["Rows"][1:]}
            if missing := {path.rpartition("/")[2] for path in listed} - answered:
                raise SystemExit(f"Athena did not see {missing}, which S3 had listed.")
        self._query(f"DROP TABLE bench_stream.{table}")

    def _query(self, sql: str) -> Any:
        output = {"OutputLocation": f"{self.lake.uri}/_athena/"}
        query = self.athena.start_query_execution(QueryString=sql, ResultConfiguration=output)["QueryExecutionId"]
        while True:
            status = self.athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
            if status["State"] == "SUCCEEDED":
                return self.athena.get_query_results(QueryExecutionId=query)
            if status["State"] in ("FAILED", "CANCELLED"):
                raise SystemExit(f"Athena: {status.get('StateChangeReason')}")
            time.sleep(0.02)


def alerts() -> dict[str, Any]:
    """Return milliseconds from an incident's Kafka timestamp until its alert is stored, and seen by a consumer."""
    lake = Lake(f"s3://smartcity-lake/bench-{uuid.uuid4().hex}")
    broker = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    lake.make_bucket()
    kafka.ensure_topics(broker)
    kafka.ensure_topics(broker, 1, ["alerts"])
    code = (
        "import sys, time; from smartcity.stream import StreamConfig, spark_session; "
        "from smartcity.stream.alerts import start_alerts; "
        f"query = start_alerts(spark_session('alerts'), StreamConfig({lake.uri!r})); print('ready', flush=True); "
        "query.awaitTermination()"
    )
    env = {**os.environ, "SPARK_MASTER_URL": "local[12]"}
    consumer = Consumer({**kafka_login.client(broker), "group.id": uuid.uuid4().hex, "fetch.wait.max.ms": 5})
    end = consumer.get_watermark_offsets(TopicPartition("alerts", 0))[1]
    consumer.assign([TopicPartition("alerts", 0, end)])
    with subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True) as program:
        try:
            expect(program, "ready")
            _collect(consumer, lambda: _send("emergency_data", _incident, ALERT_RATE, 20), ALERT_RATE * 10)
            seen = _collect(
                consumer,
                lambda: _send("emergency_data", _incident, ALERT_RATE, ALERT_SECONDS),
                ALERT_RATE * ALERT_SECONDS,
            )
        finally:
            program.terminate()
    consumer.close()
    lake.purge()
    delays = np.array(seen)
    return {"alerts": len(seen), "stored_ms": _percentiles(delays[:, 0]), "seen_ms": _percentiles(delays[:, 1])}


def _collect(consumer: Any, send: Callable[[], None], wanted: int) -> list[tuple[float, float]]:
    """Return for each alert the seconds until it was stored and until it was seen, while `send` sends."""
    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    found: list[tuple[float, float]] = []
    end = time.monotonic() + 240
    while time.monotonic() < end and (sender.is_alive() or len(found) < wanted):
        message = consumer.poll(0.5)
        if message is None or message.error():
            if not sender.is_alive() and message is None:
                break
            continue
        sent = float(json.loads(message.value())["event_id"].partition("@")[2])
        found.append((message.timestamp()[1] / 1000 - sent, time.time() - sent))
    return found


def _start_stream(lake: Lake, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "smartcity.stream.main", "--lake", lake.uri, "--vehicles", "200", *options]
    log = Path(os.environ.get("LAB_HOME", ".")) / "out" / "bench-stream.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as file:
        return subprocess.Popen(command, stdout=file, stderr=file)


def _wait_until(there: Callable[[], bool], limit_s: float) -> None:
    end = time.monotonic() + limit_s
    while not there():
        if time.monotonic() > end:
            raise SystemExit(f"Waited {limit_s:.0f} s for the stream. Try: out/bench-stream.log")
        time.sleep(0.2)


def _send(topic: str, make: Callable[[int, float], dict[str, Any]], rate: int, seconds: int) -> None:
    """Send events made now, evenly, ten bursts a second or more."""
    producer = Producer({**kafka_login.client(), "linger.ms": 2})
    began = time.time()
    for number in range(rate * seconds):
        due = began + number / rate
        if (wait := due - time.time()) > 0.002:
            producer.poll(0)
            time.sleep(wait)
        now = time.time()
        producer.produce(topic, json.dumps(make(number, now)), f"dev-{number % 500}", timestamp=int(now * 1000))
    assert producer.flush(30) == 0


def _stamp(now: float) -> dict[str, Any]:
    moment = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"event_id": f"{uuid.uuid4().hex}@{now}", "event_time": moment, "latitude": 45.0, "longitude": 9.0}


def _gps(number: int, now: float) -> dict[str, Any]:
    motion = {"vehicle_id": f"veh-{number % 500}", "vehicle_type": "bus", "speed_kmh": 33.3, "direction_deg": 90.0}
    return {**_stamp(now), "device_id": f"dev-{number % 500}", **motion, "accuracy_m": 5.0}


def _incident(number: int, now: float) -> dict[str, Any]:
    place = {"road_id": f"road-{number % 300:05d}", "vehicle_id": None, "lanes_closed": 1, "description": "bench"}
    kind = {"incident_id": f"inc-{number}", "incident_type": "fire", "status": "reported", "severity": 5}
    return {**_stamp(now), "device_id": "centre", **kind, **place}


def _percentiles(seconds: np.ndarray) -> dict[str, float]:
    return {f"p{part}": round(float(np.percentile(seconds, part)) * 1000) for part in (50, 95, 99)}

"""What a refresh reads of a topic, record by record, and its books; without Kafka and without an engine."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import TIMESTAMP_CREATE_TIME, TIMESTAMP_LOG_APPEND_TIME, TIMESTAMP_NOT_AVAILABLE, KafkaError

from localcloud.redshift.errors import SqlError
from localcloud.redshift.settings import GatewaySettings
from localcloud.redshift.sql.lexer import lex
from localcloud.redshift.streaming import ingest, reading, rows
from localcloud.redshift.streaming.brokers import Brokers, Topic, brokers_of
from localcloud.redshift.streaming.reading import Reading

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
SETTINGS = GatewaySettings(
    1,
    Path(),
    Path(),
    "",
    "",
    "",
    "",
    "",
    kafka_servers="127.0.0.1:9092",
    kafka_open="127.0.0.1:9093",
    kafka_password="p",
)


class Record:
    """A message of Kafka, or an error in its place."""

    def __init__(
        self,
        offset: int,
        value: bytes | None = b"v",
        partition: int = 0,
        failure: KafkaError | None = None,
        **given: Any,
    ) -> None:
        self._offset, self._value, self._partition, self._failure = offset, value, partition, failure
        self._given = given

    def __len__(self) -> int:
        return len(self._value or b"")

    def error(self) -> KafkaError | None:
        return self._failure

    def offset(self) -> int:
        return self._offset

    def partition(self) -> int:
        return self._partition

    def value(self) -> bytes | None:
        return self._value

    def key(self) -> bytes | None:
        key: bytes | None = self._given.get("key")
        return key

    def headers(self) -> Any:
        return self._given.get("headers")

    def timestamp(self) -> tuple[int, int]:
        return self._given.get("timestamp", (TIMESTAMP_CREATE_TIME, 1_700_000_000_000))


def end_of(offset: int) -> Record:
    """Return the message that a partition ends there now."""
    return Record(offset, failure=KafkaError(KafkaError._PARTITION_EOF))


class Consumer:
    """Gives messages, some at a time, then none."""

    batches: Iterator[list[Record]]
    assigned: list[tuple[int, int]]
    closed = False

    def __init__(self, settings: dict[str, Any]) -> None:
        assert settings["enable.auto.commit"] is False
        Consumer.closed = False

    def assign(self, partitions: list[Any]) -> None:
        Consumer.assigned = [(partition.partition, partition.offset) for partition in partitions]

    def consume(self, _number: int, timeout: float) -> list[Record]:
        assert timeout < 1
        return next(Consumer.batches, [])

    def pause(self, _partitions: list[Any]) -> None:
        pass

    def close(self) -> None:
        Consumer.closed = True


@pytest.fixture(autouse=True)
def _consumer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "Consumer", Consumer)
    monkeypatch.setattr(reading, "STALL_S", 0.05)


def read(spans: dict[int, tuple[int, int]], *batches: list[Record]) -> tuple[Reading, bytes]:
    """Read what the batches give; return the reading and the bytes for COPY."""
    Consumer.batches = iter(batches)
    made = Reading(Brokers("b"), "t", spans, MOMENT)
    return made, b"".join(made.chunks())


def test_each_partition_is_read_up_to_its_end_as_it_was() -> None:
    """Records after the end, which came meanwhile, are left for the next refresh."""
    made, _ = read(
        {0: (3, 5), 1: (0, 1), 2: (7, 7)},
        [Record(3), Record(0, partition=1)],
        [Record(4), Record(5), Record(1, partition=1)],
    )
    assert sorted(Consumer.assigned) == [(0, 3), (1, 0)]
    assert [(book.read, book.sent, book.next) for book in made.books.values()] == [(2, 2, 5), (1, 1, 1), (0, 0, 7)]


def test_offsets_without_a_record_are_passed_over() -> None:
    """A compacted topic and the marks of transactions leave gaps, also at the end; the next refresh begins after them."""
    made, _ = read({0: (0, 10)}, [Record(2), Record(6)], [end_of(10)])
    assert (made.books[0].read, made.books[0].next) == (2, 10)
    made, _ = read({0: (0, 10)}, [Record(2), Record(12)])
    assert (made.books[0].read, made.books[0].next) == (1, 10)


def test_an_open_transaction_holds_the_end_back() -> None:
    """Where the broker gives no more than that, the next refresh continues there."""
    made, _ = read({0: (0, 10)}, [Record(2)], [end_of(4)])
    assert made.books[0].next == 4
    assert ingest._status(made).endswith("The stream may contain more data.")


def test_a_record_that_comes_twice_is_an_error() -> None:
    """A broker that gives an offset again does not double a row."""
    with pytest.raises(SqlError, match="offset 1 after 1"):
        read({0: (0, 5)}, [Record(0), Record(1), Record(1)])


def test_records_that_stop_coming_are_an_error() -> None:
    """A broker that is away ends the refresh after a limit, with what was read so far."""
    with pytest.raises(SqlError, match="none came within 0.05 s, after 1; nothing was changed"):
        read({0: (0, 5)}, [Record(0)])


def test_an_offset_that_is_gone_is_an_error() -> None:
    """An offset that the broker does not have is an error, and not a jump to another one."""
    gone = Record(-1, failure=KafkaError(KafkaError._AUTO_OFFSET_RESET))
    with pytest.raises(SqlError, match="Kafka gave no records"):
        read({0: (0, 5)}, [gone])


def test_a_hiccup_of_the_connection_is_none() -> None:
    """An error that the client itself gets over is not the refresh's."""
    away = Record(-1, partition=-1, failure=KafkaError(KafkaError._ALL_BROKERS_DOWN))
    made, _ = read({0: (0, 1)}, [away], [Record(0)])
    assert made.books[0].read == 1


def test_a_record_that_is_too_large_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is in the books and in the log; a value of just the limit is stored."""
    monkeypatch.setattr(rows, "LIMIT", 4)
    made, _ = read({0: (0, 3)}, [Record(0, b"12345"), Record(1, b"1234"), Record(2, b"1", key=b"12345")])
    assert (made.books[0].read, made.books[0].sent, made.books[0].skipped) == (3, 1, 2)
    assert [(error["position"], error["partition_id"]) for error in made.errors] == [(0, 0), (2, 0)]
    assert ingest._status(made).endswith("Some stream records were skipped.")


@pytest.mark.parametrize(
    ("kind", "letter"),
    [(TIMESTAMP_CREATE_TIME, b"C"), (TIMESTAMP_LOG_APPEND_TIME, b"L"), (TIMESTAMP_NOT_AVAILABLE, b"U")],
)
def test_a_row_has_the_columns_in_binary(kind: int, letter: bytes) -> None:
    """Numbers, times and bytes are as PostgreSQL's binary COPY has them; null is the length -1."""
    message = Record(7, None, 3, key=b"k", headers=[("a", b"1"), ("b", None)], timestamp=(kind, 946_684_800_001))
    row = rows.encoded(message, rows.refresh_time(MOMENT))  # type: ignore[arg-type]
    assert row[:31] == struct.pack(">hiqiqic", 8, 8, 3, 8, 7, 1, letter)
    rest = row[31:]
    if letter == b"U":
        assert rest[:4] == struct.pack(">i", -1)
        rest = rest[4:]
    else:
        assert rest[:12] == struct.pack(">iq", 8, 1000)
        rest = rest[12:]
    headers = b'[{"key":"a","value":"1"},{"key":"b","value":null}]'
    key = struct.pack(">i", 1) + b"k" + struct.pack(">i", -1)
    assert rest == key + struct.pack(">i", len(headers)) + headers + rows.refresh_time(MOMENT)


STREAM = ingest._Stream("1", "pg_spectrum.stream_1", "s", "t", "id", {}, "owner", "SELECT 1", {0: 5, 1: 2})


def test_a_refresh_begins_where_the_last_one_stopped() -> None:
    """A new partition begins at its first offset; where records expired, the first that is left."""
    topic = Topic("id", {0: (0, 9), 1: (4, 6), 2: (1, 3)})
    assert ingest._spans(STREAM, topic) == {0: (5, 9), 1: (4, 6), 2: (1, 3)}


@pytest.mark.parametrize(
    ("topic", "message"),
    [
        (Topic("other", {0: (0, 9), 1: (0, 9)}), "deleted and created again"),
        (Topic("id", {0: (0, 9)}), "deleted and created again"),
        (
            Topic("id", {0: (0, 4), 1: (0, 9)}),
            "has lost records: partition 0 ends at offset 4, and the view has read up to 5",
        ),
    ],
)
def test_another_topic_is_not_read(topic: Topic, message: str) -> None:
    """A topic that is not what was read before is an error; the view would get other records, or miss some."""
    with pytest.raises(SqlError, match=message):
        ingest._spans(STREAM, topic)


def test_the_clauses_of_the_view_are_found() -> None:
    """FROM and WHERE within parentheses are others."""
    tokens = lex("SELECT extract(year FROM a), (b IS DISTINCT FROM c) FROM t WHERE (d = 1)")
    assert tokens[ingest._outer(tokens, "FROM") + 1].text == "t"
    assert tokens[ingest._outer(tokens, "WHERE") + 2].text == "d"
    assert ingest._outer(tokens, "HAVING") == len(tokens)


class Link:
    """An engine that takes and stores so many rows, and leaves so many out."""

    def __init__(self, left_out: int) -> None:
        self.left_out = left_out

    async def query(self, sql: str, *_values: str) -> list[list[bytes | None]]:
        return [[str(self.left_out).encode() if "count(*)" in sql else b"v"]]


@pytest.mark.parametrize(("loaded", "stored", "left_out"), [(2, 2, 0), (3, 2, 0), (3, 3, 1), (3, 1, 1), (4, 3, 1)])
def test_a_record_that_is_in_no_count_fails_the_refresh(
    monkeypatch: pytest.MonkeyPatch, loaded: int, stored: int, left_out: int
) -> None:
    """What was read, taken, stored and left out must agree; the error names all four numbers."""

    async def copy_in(*_: object) -> int:
        return loaded

    async def changed(*_: object) -> int:
        return stored

    made, _ = read({0: (0, 3)}, [Record(0), Record(1), Record(2)])
    monkeypatch.setattr(ingest, "copy_in", copy_in)
    monkeypatch.setattr(ingest, "_changed", changed)
    stream = replace(STREAM, query="SELECT a FROM t WHERE b")
    numbers = f"3 record\\(s\\) were sent, {loaded} were taken, {stored} stored and {left_out} left out"
    with pytest.raises(SqlError, match=numbers):
        asyncio.run(ingest._store(Link(left_out), stream, made))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "servers"),
    [
        ({"AUTHENTICATION": "iam", "URI": "localhost:9092"}, "127.0.0.1:9092"),
        (
            {"AUTHENTICATION": "iam", "CLUSTER_ARN": "arn:aws:kafka:us-east-1:123456789012:cluster/c/1-2"},
            "127.0.0.1:9092",
        ),
        ({"AUTHENTICATION": "none", "URI": "127.0.0.1:9093"}, "127.0.0.1:9093"),
    ],
)
def test_a_schema_names_the_labs_brokers(options: dict[str, str], servers: str) -> None:
    """iam takes the lab's login, none the address without one; the password is in no repr."""
    brokers = brokers_of(options, SETTINGS)
    assert brokers.servers == servers
    assert ("sasl.password", "p") in brokers.login or options["AUTHENTICATION"] == "none"
    assert "sasl" not in repr(brokers)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"AUTHENTICATION": "none", "URI": "127.0.0.1:9092"}, "asks for a login"),
        ({"AUTHENTICATION": "none", "URI": "10.0.0.1:9092"}, "not an address of the lab's Kafka"),
        ({"AUTHENTICATION": "iam", "URI": "127.0.0.1:9092,10.0.0.1:9092"}, "not an address of the lab's Kafka"),
        ({"AUTHENTICATION": "mtls", "URI": "127.0.0.1:9092", "SECRET_ARN": "x"}, "mtls in the lab is not supported"),
        (
            {"AUTHENTICATION": "iam", "CLUSTER_ARN": "arn:aws:kafka:us-east-1:999999999999:cluster/c/1"},
            "no cluster of the lab",
        ),
    ],
)
def test_other_brokers_are_refused(options: dict[str, str], message: str) -> None:
    """The gateway connects to no other address, and says what to write instead."""
    with pytest.raises(SqlError, match=message):
        brokers_of(options, SETTINGS)

"""Streaming ingestion from the lab's Kafka: what a refresh brings into a view, what it leaves out, and its log.

https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started-MSK.html
https://docs.aws.amazon.com/redshift/latest/dg/r_SYS_STREAM_SCAN_STATES.html, r_SYS_STREAM_SCAN_ERRORS.html
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from confluent_kafka import KafkaException, Producer, TopicPartition
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # its annotations leave some names out
    AdminClient,
    NewPartitions,
    NewTopic,
)

from smartcity import kafka_login

from .conftest import wait_for

pytestmark = pytest.mark.stack
Connection = psycopg.Connection[Any]
Connect = Callable[..., Connection]
LARGE = 16_777_216
COLUMNS = (
    "kafka_partition, kafka_offset, kafka_timestamp_type, kafka_timestamp, kafka_key, JSON_PARSE(kafka_value) AS data, "
    "kafka_headers, refresh_time"
)


@dataclass
class Stream:
    """A topic, an external schema `stream` of its brokers, and a connection."""

    connection: Connection
    topic: str
    admin: AdminClient
    producer: Producer
    servers: str

    def send(self, *values: bytes | str | None, partition: int = 0, **given: Any) -> None:
        """Send records, and wait until Kafka has them."""
        for value in values:
            self.producer.produce(self.topic, value=value, partition=partition, **given)
        assert self.producer.flush(30) == 0

    def view(self, query: str = "SELECT * FROM {}", options: str = "") -> None:
        """Make the view `v` over the topic."""
        text = query.format(f'gateway_stream."{self.topic}"')
        self.connection.execute(f"CREATE MATERIALIZED VIEW v {options} AS {text}".encode())

    def refresh(self) -> None:
        """Refresh the view."""
        self.connection.execute("REFRESH MATERIALIZED VIEW v")

    def rows(self, sql: str) -> list[Any]:
        """Return the rows of a query."""
        return self.connection.execute(sql.encode()).fetchall()

    def make(self, partitions: int = 2, **config: str) -> None:
        """Make the topic."""
        settings = {name.replace("_", "."): value for name, value in config.items()}
        self.admin.create_topics([NewTopic(self.topic, partitions, 1, config=settings)])[self.topic].result(30)

    def drop(self) -> None:
        """Delete the topic, and wait until it is gone."""
        self.admin.delete_topics([self.topic])[self.topic].result(30)
        wait_for(lambda: [1] if self.topic not in self.admin.list_topics(timeout=5).topics else [])


@pytest.fixture
def stream(schema: Connection, in_lab: Mapping[str, str]) -> Iterator[Stream]:
    """A topic of two partitions, and a schema of the lab's brokers."""
    login = kafka_login.client()
    admin, servers = AdminClient(login), in_lab["KAFKA_BOOTSTRAP_SERVERS"]
    producer = Producer({**login, "message.max.bytes": 40_000_000, "linger.ms": 0})
    made = Stream(schema, f"stream.{uuid.uuid4().hex[:8]}", admin, producer, servers)
    made.make(max_message_bytes="40000000")
    schema.execute("DROP SCHEMA IF EXISTS gateway_stream CASCADE")
    schema.execute(
        f"CREATE EXTERNAL SCHEMA gateway_stream FROM KAFKA IAM_ROLE default AUTHENTICATION iam URI '{servers}'".encode()
    )
    yield made
    if made.topic in admin.list_topics(timeout=10).topics:
        made.drop()


def test_a_refresh_brings_the_records_of_all_partitions(stream: Stream) -> None:
    """A view is empty until its refresh; then it has each record once, in all of its columns, and more by the next."""
    stream.send('{"id": 1}', key=b"k", timestamp=1_700_000_000_123, headers=[("h", b"x"), ("b", b"\xff")])
    stream.send('{"id": 2}', partition=1)
    stream.view(f"SELECT {COLUMNS} FROM {{}} WHERE CAN_JSON_PARSE(kafka_value)")
    assert stream.rows("SELECT count(*) FROM v") == [(0,)]
    stream.refresh()
    first = stream.rows("SELECT kafka_offset, kafka_timestamp_type, kafka_timestamp::text, "
                        "from_varbyte(kafka_key, 'utf-8'), data.id, json_serialize(kafka_headers), "
                        "refresh_time > '2026-01-01' FROM v WHERE kafka_partition = 0")  # fmt: skip
    headers = '[{"key":"h","value":"x"},{"key":"b","value":"ff"}]'
    assert first == [(0, "C", "2023-11-14 22:13:20.123", "k", "1", headers, True)]
    stream.send('{"id": 3}', partition=1)
    stream.refresh()
    stream.refresh()
    assert stream.rows("SELECT kafka_partition, kafka_offset, data.id::int FROM v ORDER BY 1, 2") == [
        (0, 0, 1), (1, 0, 2), (1, 1, 3)
    ]  # fmt: skip


def test_types_are_those_of_the_guide(stream: Stream) -> None:
    """The columns of a topic have the documented types."""
    stream.view()
    shown = stream.rows(
        "SELECT column_name, data_type FROM svv_columns WHERE table_schema = 'gateway_test' AND table_name = 'v' "
        "ORDER BY ordinal_position"
    )
    assert [name for name, _ in shown] == [
        "kafka_partition", "kafka_offset", "kafka_timestamp_type", "kafka_timestamp", "kafka_key", "kafka_value",
        "kafka_headers", "refresh_time",
    ]  # fmt: skip
    assert [kind for _, kind in shown] == [
        "bigint", "bigint", "character", "timestamp without time zone", "varbyte", "varbyte", "super",
        "timestamp without time zone",
    ]  # fmt: skip


def test_where_leaves_records_out_and_they_are_counted(stream: Stream) -> None:
    """Invalid JSON, other bytes and null are left out; the log counts what was read, and the next refresh continues."""
    stream.send('{"id": 1}', "no json", b"\xff\xfe", None, b"", "[1]")
    stream.view("SELECT JSON_PARSE(kafka_value) AS data FROM {} WHERE CAN_JSON_PARSE(kafka_value)")
    stream.refresh()
    assert stream.rows("SELECT json_serialize(data) FROM v ORDER BY 1") == [("[1]",), ('{"id":1}',)]
    states = f"SELECT trim(mv_name), trim(partition_id), trim(latest_position), scanned_rows, skipped_rows, " \
             f"scanned_bytes FROM sys_stream_scan_states WHERE stream_name = '{stream.topic}'"  # fmt: skip
    assert stream.rows(states) == [("v", "0", "5", 6, 0, 21)]
    assert status(stream) == "Refresh successfully updated MV incrementally"
    stream.refresh()
    assert status(stream).endswith("Stream returned no new data.")


def status(stream: Stream) -> str:
    """Return the status of the last refresh."""
    listed = (
        "SELECT status FROM sys_mv_refresh_history WHERE schema_name = 'gateway_test' ORDER BY start_time DESC LIMIT 1"
    )
    return str(stream.rows(listed)[0][0])


def test_a_record_that_is_too_large_is_skipped_and_logged(stream: Stream) -> None:
    """A value of more bytes than VARBYTE holds is skipped, with an entry that says where it is; the refresh succeeds."""
    stream.send(b"a", b"x" * (LARGE + 1), b"y" * LARGE, partition=1)
    stream.view("SELECT kafka_offset, len(kafka_value) AS size FROM {}")
    stream.refresh()
    assert stream.rows("SELECT * FROM v ORDER BY 1") == [(0, 1), (2, LARGE)]
    errors = f"SELECT trim(mv_name), stream_timestamp_type, trim(partition_id), trim(position), trim(error_reason) " \
             f"FROM sys_stream_scan_errors WHERE stream_name = '{stream.topic}'"  # fmt: skip
    reason = f"The record has {LARGE + 1} bytes, more than the {LARGE} that VARBYTE holds."
    assert stream.rows(errors) == [("v", "C", "1", "1", reason)]
    assert status(stream).endswith("Some stream records were skipped.")


def test_an_error_in_the_query_changes_nothing(stream: Stream) -> None:
    """An error of the view's own expressions fails the refresh (it is not skipped); nothing is stored or passed over."""
    stream.send("1", "2")
    stream.view("SELECT kafka_offset, from_varbyte(kafka_value, 'utf-8')::int AS number FROM {}")
    stream.refresh()
    stream.send("3", "three")
    for _ in range(2):
        with pytest.raises(psycopg.Error, match="three"):
            stream.refresh()
    assert stream.rows("SELECT number FROM v ORDER BY 1") == [(1,), (2,)]
    assert "three" in status(stream)


def test_a_refresh_that_is_rolled_back_is_read_again(stream: Stream) -> None:
    """The offsets go back with the rows."""
    stream.send("1", "2")
    stream.view("SELECT kafka_offset FROM {}")
    with stream.connection.transaction(force_rollback=True):
        stream.refresh()
        assert stream.rows("SELECT count(*) FROM v") == [(2,)]
    assert stream.rows("SELECT count(*) FROM v") == [(0,)]
    stream.refresh()
    assert stream.rows("SELECT kafka_offset FROM v ORDER BY 1") == [(0,), (1,)]


def test_a_partition_that_is_added_is_read_from_its_start(stream: Stream) -> None:
    """Records of new partitions come with the next refresh."""
    stream.send("1")
    stream.view("SELECT kafka_partition, kafka_offset FROM {}")
    stream.refresh()
    stream.admin.create_partitions([NewPartitions(stream.topic, 3)])[stream.topic].result(30)
    wait_for(lambda: [1] if len(stream.admin.list_topics(stream.topic).topics[stream.topic].partitions) == 3 else [])
    stream.producer.list_topics(stream.topic, timeout=10)
    stream.send("2", partition=2)
    stream.refresh()
    assert stream.rows("SELECT * FROM v ORDER BY 1") == [(0, 0), (2, 0)]


def test_records_that_expired_are_reported(stream: Stream) -> None:
    """A refresh continues at the first record that is left, and an entry says which are missing."""
    stream.send("1")
    stream.view("SELECT kafka_offset FROM {}")
    stream.refresh()
    stream.send("2", "3", "4")
    stream.admin.delete_records([TopicPartition(stream.topic, 0, 3)])[TopicPartition(stream.topic, 0)].result(30)
    stream.refresh()
    assert stream.rows("SELECT kafka_offset FROM v ORDER BY 1") == [(0,), (3,)]
    errors = "SELECT trim(position), trim(error_reason) FROM sys_stream_scan_errors WHERE stream_name = '{}'"
    assert stream.rows(errors.format(stream.topic)) == [("1", "The records before offset 3 expired unread.")]


def test_a_topic_that_is_gone_or_another_is_an_error(stream: Stream) -> None:
    """A topic that was deleted, or made again with the same name, is an error, and the view keeps its rows."""
    stream.send("1", "2")
    stream.view("SELECT kafka_offset FROM {}")
    stream.refresh()
    stream.drop()
    with pytest.raises(psycopg.Error, match="does not exist"):
        stream.refresh()
    wait_for(lambda: remade(stream))
    stream.send("3", "4", "5")
    with pytest.raises(psycopg.Error, match="deleted and created again"):
        stream.refresh()
    assert stream.rows("SELECT count(*) FROM v") == [(2,)]


def remade(stream: Stream) -> list[int]:
    """Make the topic again; return nothing while Kafka is still deleting the old one."""
    try:
        stream.make()
    except KafkaException as error:
        if "marked for deletion" not in str(error):
            raise
        return []
    return [1]


def test_an_aborted_transaction_of_a_producer_is_not_read(stream: Stream) -> None:
    """Records of a transaction that was aborted do not come; those after it do."""
    login = {**kafka_login.client(), "transactional.id": uuid.uuid4().hex}
    producer = Producer(login)
    producer.init_transactions(30)
    stream.view("SELECT from_varbyte(kafka_value, 'utf-8') AS value FROM {}")
    for value, ends in (("kept", producer.commit_transaction), ("dropped", producer.abort_transaction)):
        producer.begin_transaction()
        producer.produce(stream.topic, value, partition=0)
        producer.flush(30)
        ends(30)
    stream.send("after")
    stream.refresh()
    stream.refresh()
    assert stream.rows("SELECT value FROM v ORDER BY 1") == [("after",), ("kept",)]


def test_a_view_over_the_view_follows_with_cascade(stream: Stream) -> None:
    """A view may join and group what a streaming view holds; CASCADE refreshes both."""
    stream.view("SELECT kafka_partition AS part FROM {}")
    stream.connection.execute("CREATE MATERIALIZED VIEW counted AS SELECT part, count(*) AS n FROM v GROUP BY part")
    stream.send("1", "2")
    stream.connection.execute("REFRESH MATERIALIZED VIEW counted CASCADE")
    assert stream.rows("SELECT * FROM counted") == [(0, 2)]


def test_auto_refresh_follows_the_topic(stream: Stream) -> None:
    """With AUTO REFRESH YES records come without a REFRESH, until it is switched off; the log says Auto."""
    stream.view("SELECT kafka_offset FROM {}", "AUTO REFRESH YES")
    stream.send("1")
    wait_for(lambda: stream.rows("SELECT * FROM v"))
    stream.send("2", "3")
    wait_for(lambda: stream.rows("SELECT 1 FROM v HAVING count(*) = 3"))
    logged = "SELECT DISTINCT trim(refresh_type) FROM sys_mv_refresh_history WHERE mv_id = 'v'::regclass::oid::bigint"
    wait_for(lambda: stream.rows(logged))
    assert stream.rows(logged) == [("Auto",)]
    stream.connection.execute("ALTER MATERIALIZED VIEW v AUTO REFRESH NO")
    assert stream.rows("SELECT autorefresh FROM svv_mv_info WHERE name = 'v' AND schema_name = 'gateway_test'") == [
        ("f",)
    ]


def test_dropping_the_view_leaves_nothing(stream: Stream) -> None:
    """DROP also removes the stage of the view."""
    stages = "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = 'pg_spectrum' AND tablename LIKE 'stream%'"
    before = stream.rows(stages)
    stream.view()
    stream.connection.execute("DROP MATERIALIZED VIEW v")
    assert stream.rows(stages) == before


def test_two_refreshes_at_once_take_turns(stream: Stream, connect: Connect) -> None:
    """The second waits for the first, and brings nothing twice."""
    stream.send("1", "2")
    stream.view("SELECT kafka_offset FROM {}")
    other = connect()
    with stream.connection.transaction():
        stream.refresh()
        other.execute("SET lock_timeout = '200ms'")
        with pytest.raises(psycopg.Error, match="lock timeout"):
            other.execute("REFRESH MATERIALIZED VIEW gateway_test.v")
    other.execute("REFRESH MATERIALIZED VIEW gateway_test.v")
    assert stream.rows("SELECT count(*) FROM v") == [(2,)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("AUTHENTICATION none URI '{servers}'", "asks for a login"),
        ("AUTHENTICATION none URI '127.0.0.1:9'", "not an address of the lab's Kafka"),
        ("IAM_ROLE default AUTHENTICATION iam URI 'broker.example.com:9098'", "not an address of the lab's Kafka"),
        ("IAM_ROLE default AUTHENTICATION mtls URI '{servers}' SECRET_ARN 'x'", "mtls in the lab is not supported"),
        ("IAM_ROLE default AUTHENTICATION iam CLUSTER_ARN 'arn:aws:kafka:eu-west-1:1:cluster/c/1'", "no cluster"),
        ("IAM_ROLE 'arn:aws:iam::123456789012:role/Nobody' AUTHENTICATION iam URI '{servers}'", "Not authorized"),
    ],
)
def test_brokers_that_are_not_the_labs_are_refused(stream: Stream, options: str, message: str) -> None:
    """A schema is made only of the lab's brokers, with the login that they ask for."""
    made = f"CREATE EXTERNAL SCHEMA other FROM KAFKA {options.format(servers=stream.servers)}"
    with pytest.raises(psycopg.Error, match=message):
        stream.connection.execute(made.encode())


def test_a_schema_by_its_arn_can_be_altered(stream: Stream) -> None:
    """CLUSTER_ARN names the lab's Kafka too; ALTER EXTERNAL SCHEMA changes one option, and svv_external_schemas shows it."""
    arn = "arn:aws:kafka:us-east-1:123456789012:cluster/city/1-2"
    stream.connection.execute("DROP SCHEMA IF EXISTS by_arn")
    stream.connection.execute(
        f"CREATE EXTERNAL SCHEMA by_arn FROM MSK IAM_ROLE default AUTHENTICATION iam CLUSTER_ARN '{arn}'".encode()
    )
    try:
        stream.connection.execute(f"ALTER EXTERNAL SCHEMA by_arn URI '{stream.servers}'".encode())
        kind, options = stream.rows("SELECT eskind, esoptions FROM svv_external_schemas WHERE schemaname = 'by_arn'")[0]
        assert (kind, json.loads(options)["URI"]) == (10, stream.servers)
        stream.connection.execute(f'CREATE MATERIALIZED VIEW v AS SELECT * FROM by_arn."{stream.topic}"'.encode())
    finally:
        stream.connection.execute("DROP SCHEMA by_arn")


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ('SELECT * FROM gateway_stream."{topic}"', "by a materialized view only"),
        ('CREATE TABLE t AS SELECT * FROM gateway_stream."{topic}"', "by a materialized view only"),
        ("CREATE MATERIALIZED VIEW v AS SELECT * FROM gateway_stream.no_such_topic", "does not exist"),
        ('CREATE MATERIALIZED VIEW v AS SELECT count(*) FROM gateway_stream."{topic}"', "aggregate COUNT"),
        ('DELETE FROM gateway_stream."{topic}"', "not supported"),
    ],
)
def test_a_topic_is_read_by_materialized_views_only(stream: Stream, statement: str, message: str) -> None:
    """Other statements over a topic are refused by name."""
    with pytest.raises(psycopg.Error, match=message):
        stream.connection.execute(statement.format(topic=stream.topic).encode())


def test_the_admin_refreshes_with_the_rights_of_the_owner(stream: Stream) -> None:
    """A view of another user gets its rows, and the admin's session stays the admin's."""
    stream.send("1")
    stream.connection.execute("CREATE USER streamer PASSWORD 'Streams-1-topic'")
    try:
        for schema in ("gateway_test", "gateway_stream"):
            stream.connection.execute(f"GRANT USAGE, CREATE ON SCHEMA {schema} TO streamer".encode())
        stream.connection.execute("SET SESSION AUTHORIZATION streamer")
        stream.view("SELECT kafka_offset FROM {}")
        stream.connection.execute("RESET SESSION AUTHORIZATION")
        with stream.connection.transaction():
            stream.refresh()
            assert stream.rows("SELECT current_user") == [("awsuser",)]
        stream.connection.execute("SET SESSION AUTHORIZATION streamer")
        assert stream.rows("SELECT kafka_offset FROM v") == [(0,)]
    finally:
        stream.connection.execute("RESET SESSION AUTHORIZATION")
        stream.connection.execute("DROP MATERIALIZED VIEW IF EXISTS v")
        for schema in ("gateway_test", "gateway_stream"):
            stream.connection.execute(f"REVOKE ALL ON SCHEMA {schema} FROM streamer".encode())
        stream.connection.execute("DROP USER streamer")


def test_a_view_whose_schema_is_gone_says_so(stream: Stream) -> None:
    """Without its external schema a view keeps its rows, and its refresh is an error."""
    stream.send("1")
    stream.view("SELECT kafka_offset FROM {}")
    stream.refresh()
    stream.connection.execute("DROP SCHEMA gateway_stream")
    with pytest.raises(psycopg.Error, match="external schema .* does not exist"):
        stream.refresh()
    assert stream.rows("SELECT count(*) FROM v") == [(1,)]

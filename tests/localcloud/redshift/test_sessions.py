"""Sessions over the running gateway: transactions, pipelines, cancel, and clients that go away."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
import pytest

pytestmark = pytest.mark.stack
Connect = Callable[..., psycopg.Connection[Any]]
ROLE = "IAM_ROLE DEFAULT"


def unloaded(connection: psycopg.Connection[Any], bucket: str, name: str, query: str, options: str = "PARQUET") -> str:
    """Unload a query and return where."""
    url = f"s3://{bucket}/gateway-test/{name}/"
    quoted = query.replace("'", "''")
    connection.execute(f"UNLOAD ('{quoted}') TO '{url}' {ROLE} FORMAT {options} ALLOWOVERWRITE".encode())
    return url


def test_a_copy_is_undone_with_its_transaction(schema: psycopg.Connection[Any], bucket: str) -> None:
    """COPY within BEGIN and ROLLBACK leaves no row."""
    schema.execute("CREATE TABLE t (a INT)")
    url = unloaded(schema, bucket, "rollback", "SELECT 1::INT AS a")
    with pytest.raises(ZeroDivisionError), schema.transaction():  # noqa: PT012  the block is the transaction
        schema.execute(f"COPY t FROM '{url}' {ROLE} PARQUET".encode())
        assert schema.execute("SELECT count(*) FROM t").fetchone() == (1,)
        raise ZeroDivisionError
    assert schema.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_copy_stands_among_other_statements_of_a_pipeline(schema: psycopg.Connection[Any], bucket: str) -> None:
    """Prepared and pipelined, a COPY runs in its place; what follows sees its rows."""
    schema.execute("CREATE TABLE t (a INT)")
    url = unloaded(schema, bucket, "pipeline", "SELECT 7::INT AS a")
    with schema.pipeline():
        schema.execute("INSERT INTO t VALUES (1)")
        schema.execute(f"COPY t FROM '{url}' {ROLE} PARQUET".encode())
        total = schema.execute("SELECT sum(a) FROM t")
    assert total.fetchone() == (8,)


def test_an_error_in_a_pipeline_skips_to_its_end_and_no_further(schema: psycopg.Connection[Any], bucket: str) -> None:
    """A COPY that fails between other statements ends the pipeline with its error; the session continues."""
    with pytest.raises(psycopg.Error, match="nonexistent"), schema.pipeline():  # noqa: PT012  the block is the pipeline
        schema.execute("SELECT 1")
        schema.execute(f"COPY nowhere FROM 's3://{bucket}/x' {ROLE} PARQUET".encode())
        schema.execute("SELECT 2")
    assert schema.execute("SELECT 3").fetchone() == (3,)


def test_a_refusal_fails_the_transaction(schema: psycopg.Connection[Any]) -> None:
    """A statement that the gateway refuses aborts the transaction as one that the engine refuses."""
    schema.autocommit = False
    with pytest.raises(psycopg.errors.FeatureNotSupported, match="CREATE INDEX"):
        schema.execute("CREATE INDEX i ON t(a)")
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        schema.execute("SELECT 1")
    schema.rollback()


def test_values_come_in_binary_and_by_cursor(schema: psycopg.Connection[Any]) -> None:
    """Binary results and a server-side cursor give the rows."""
    assert schema.execute("SELECT 5::BIGINT, 2.5::FLOAT", binary=True).fetchone() == (5, 2.5)
    schema.autocommit = False
    with schema.cursor("c") as cursor:
        cursor.execute("SELECT a FROM generate_series(1, 1000) a")
        assert cursor.fetchmany(3) == [(1,), (2,), (3,)]
    schema.rollback()


def test_a_running_statement_is_cancelled(connect: Connect) -> None:
    """A cancel request stops a statement; the session continues."""
    connection = connect()
    timer = threading.Timer(0.3, connection.cancel_safe)
    timer.start()
    with pytest.raises(psycopg.errors.QueryCanceled):
        connection.execute("SELECT count(*) FROM generate_series(1, 100000000000)")
    timer.join()
    assert connection.execute("SELECT 1").fetchone() == (1,)


def test_truncate_commits(schema: psycopg.Connection[Any]) -> None:
    """What came before TRUNCATE in a transaction is committed, and ROLLBACK undoes nothing."""
    schema.execute("CREATE TABLE t (a INT)")
    schema.execute("INSERT INTO t VALUES (1)")
    schema.autocommit = False
    schema.execute("TRUNCATE t")
    schema.rollback()
    assert schema.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_unload_streams_what_copy_reads_back(schema: psycopg.Connection[Any], bucket: str) -> None:
    """100,000 rows go out and come in by each format, the sums equal."""
    query = "SELECT a::INT AS a, 'x' || a::VARCHAR AS b, a::FLOAT / 7 AS c FROM generate_series(1, 100000) a"
    for form in ("PARQUET", "CSV", "JSON"):
        url = unloaded(schema, bucket, f"roundtrip-{form}", query, form)
        schema.execute("CREATE TABLE IF NOT EXISTS t (a INT, b VARCHAR(10), c FLOAT)")
        schema.execute("TRUNCATE t")
        schema.execute(
            f"COPY t FROM '{url}' {ROLE} FORMAT {form} {chr(39) + 'auto' + chr(39) if form == 'JSON' else ''}".encode()
        )
        assert schema.execute("SELECT count(*), sum(a), max(b) FROM t").fetchone() == (100_000, 5_000_050_000, "x99999")


def test_a_load_error_is_kept_though_the_load_is_undone(schema: psycopg.Connection[Any], bucket: str) -> None:
    """A failed COPY says so, and stl_load_errors names file, line, column and reason."""
    schema.execute("CREATE TABLE t (a INT)")
    url = unloaded(schema, bucket, "bad", "SELECT 'zz'", "CSV")
    with pytest.raises(psycopg.Error, match="stl_load_errors"):
        schema.execute(f"COPY t FROM '{url}' {ROLE} CSV".encode())
    found = schema.execute(
        "SELECT TRIM(filename), line_number, TRIM(colname), err_code FROM stl_load_errors ORDER BY query DESC LIMIT 1"
    ).fetchone()
    assert found == (f"{url}0000_part_00", 1, "a", 1207)


def test_a_client_that_dies_within_a_copy_leaves_nothing(
    connect: Connect, schema: psycopg.Connection[Any], bucket: str
) -> None:
    """The connection is cut while a COPY runs: no row stays, and no session of it."""
    schema.execute("CREATE TABLE t (a INT)")
    url = unloaded(schema, bucket, "dies", "SELECT a::INT AS a FROM generate_series(1, 400000) a")
    dying = connect()
    pid = dying.info.backend_pid
    dying.pgconn.send_query(f"COPY gateway_test.t FROM '{url}' {ROLE} PARQUET".encode())
    dying.pgconn.flush()
    socket.socket(fileno=dying.pgconn.socket).shutdown(socket.SHUT_RDWR)
    watching = connect()
    for _ in range(100):
        left = watching.execute("SELECT count(*) FROM stv_sessions WHERE process = %s", (pid,)).fetchone()
        if left == (0,):
            break
        threading.Event().wait(0.1)
    assert left == (0,)
    assert schema.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_short_connections_leave_nothing_behind(connect: Connect) -> None:
    """After 200 logins in turn there are as many sessions as before."""
    watching = connect()
    before = watching.execute("SELECT count(*) FROM stv_sessions").fetchone()
    for _ in range(200):
        connect(sslmode="disable").close()
    for _ in range(50):
        after = watching.execute("SELECT count(*) FROM stv_sessions").fetchone()
        if after == before:
            break
        threading.Event().wait(0.1)
    assert after == before


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\0\0",
        struct.pack("!i", 4),
        struct.pack("!ii", 1 << 30, 196608),
        struct.pack("!ii", 8, 196608),
        struct.pack("!ii", 9, 131072) + b"\0",
        struct.pack("!ii", 16, 80877102) + b"\0" * 8,
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        struct.pack("!ii", 26, 196608) + b"user\0awsuser\0\0\0\0\0\0p\x7f\xff\xff\xff",
        b"\xff" * 4096,
    ],
)
def test_garbage_ends_the_connection_and_nothing_else(in_lab: Mapping[str, str], connect: Connect, sent: bytes) -> None:
    """Half frames, impossible lengths and other protocols are answered by an end, in bounded time."""
    with socket.create_connection((in_lab["REDSHIFT_HOST"], int(in_lab["REDSHIFT_PORT"])), timeout=10) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        while client.recv(4096):
            pass
    assert connect().execute("SELECT 1").fetchone() == (1,)


WAYS_TO_OTHER_QUOTES = {
    "SET": ["SET standard_conforming_strings TO on"],
    "set_config": ["SELECT set_config('standard_conforming_strings', 'on', false)"],
    "set_config in the engine's name": ["SELECT plain_set_config('standard_conforming_strings', 'on', false)"],
    "UPDATE pg_settings": ["UPDATE pg_settings SET setting = 'on' WHERE name = 'standard_conforming_strings'"],
    "a procedure": [
        """CREATE OR REPLACE PROCEDURE gateway_test.quotes() AS $$ BEGIN EXECUTE 'SET standard_conforming_strings TO on'; END $$ LANGUAGE plpgsql""",
        "CALL gateway_test.quotes()",
    ],
}


@pytest.mark.parametrize("statements", WAYS_TO_OTHER_QUOTES.values(), ids=WAYS_TO_OTHER_QUOTES.keys())
def test_no_way_changes_how_quotes_are_read(schema: Any, connect: Connect, statements: list[str]) -> None:
    """A backslash in quotes stays an escape: the setting is refused, or the connection ends before the next statement."""
    connection = connect()
    try:
        for statement in statements:
            connection.execute(statement.encode())
        length = connection.execute("SELECT length('a\\nb')").fetchone()
    except psycopg.Error:
        length = (3,)  # refused
    assert length == (3,)


def test_a_users_own_setting_does_not_change_how_quotes_are_read(schema: Any, connect: Connect) -> None:
    """ALTER USER ... SET is refused, or has no effect on the next connection."""
    with contextlib.suppress(psycopg.Error):
        connect().execute("ALTER USER awsuser SET standard_conforming_strings TO on")
    assert connect().execute("SELECT length('a\\nb')").fetchone() == (3,)


def test_a_client_learns_that_this_is_redshift(connect: Connect) -> None:
    """The parameters at login are Redshift's, so that clients leave out what it doesn't have; psql gets the engine's.

    psycopg2 sends DISCARD ALL from 8.3 on, and asyncpg takes a server without `padb_revision` for PostgreSQL.
    """
    with connect() as connection:
        reported = {name: connection.info.parameter_status(name) for name in ("server_version", "max_varchar_size")}
        assert reported == {"server_version": "8.0.2", "max_varchar_size": "65535"}
        assert connection.info.parameter_status("padb_revision")
    with connect(application_name="psql") as connection:
        assert connection.info.server_version >= 150000

"""The history of queries: what the system views show of past statements."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest

from localcloud.redshift.journal import Journal
from localcloud.redshift.protocol.frames import Frame
from localcloud.redshift.session.history import History, Record, SessionLog, kind_of, without_secrets
from localcloud.redshift.sql.lexer import lex

from .conftest import LIMIT_S, wait_for

Connect = Callable[..., psycopg.Connection[Any]]
READY = Frame(b"Z", b"I")


def record(number: int, text: str = "select 1") -> Record:
    return Record(number, text, "awsuser", "city", 7, number, "default")


def test_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    """A history that is opened again, even with a line cut off by a kill, gives numbers that were not given before."""
    file = tmp_path / "history.json"
    first = History(Journal(file))
    first.write(record(first.query()))
    first.write(record(first.query()))
    with file.open("a") as broken:
        broken.write('{"query": 9')

    second = History(Journal(file))
    number = second.query()
    second.write(record(number))
    assert number == 3
    assert json.loads(file.read_text().splitlines()[-1])["query"] == 3


def test_a_full_file_is_kept_beside_a_new_one(tmp_path: Path) -> None:
    """The file does not grow without end: one full file and the current one hold the newest statements."""
    history = History(Journal(tmp_path / "history.json", size=1000))
    for _ in range(100):
        history.write(record(history.query()))

    files = sorted(tmp_path.iterdir())
    kept = [json.loads(line)["query"] for file in files for line in file.read_text().splitlines()]
    assert [file.name for file in files] == ["history.1.json", "history.json"]
    assert kept == list(range(kept[0], 101))
    assert all(file.stat().st_size < 1500 for file in files)


def test_a_full_disk_loses_the_line_only(tmp_path: Path) -> None:
    """If the file cannot be written, the statement still runs."""
    History(Journal(tmp_path / "absent" / "history.json")).write(record(1))


@pytest.mark.parametrize(
    ("sql", "shown"),
    [
        ("create user u password 'Abc1'", "create user u password ''"),
        ("COPY t FROM 's3://b/k' CREDENTIALS AS 'aws_access_key_id=a'", "COPY t FROM 's3://b/k' CREDENTIALS AS ''"),
        ("copy t from 's3://b' access_key_id 'a' secret_access_key = 'b'", "copy t from 's3://b' access_key_id '' secret_access_key = ''"),
        ("select 'password', token from t", "select 'password', token from t"),
    ],
)  # fmt: skip
def test_secrets_are_left_out(sql: str, shown: str) -> None:
    """Passwords and keys of a statement are not kept; other texts are."""
    assert without_secrets(sql) == shown


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("/* by a tool */ (select 1)", "SELECT"),
        ("with a as (select 1) insert into t select * from a", "INSERT"),
        ("with a as (select 1) select * from a", "SELECT"),
        ("create temp table t diststyle all as select 1", "CTAS"),
        ("select 1 into t", "CTAS"),
        ("create table t (a int)", "DDL"),
        ("drop user u", "UTILITY"),
        ("begin", "UTILITY"),
        ("unload ('select 1') to 's3://b/k'", "UNLOAD"),
    ],
)
def test_kind_of_a_statement(sql: str, told: str) -> None:
    """The kind is that of `query_type`: by the verb, behind comments, parentheses and WITH."""
    assert kind_of(lex(sql)) == told


@pytest.fixture
def mark() -> str:
    """Return a name that no statement has had."""
    return f"m{secrets.token_hex(6)}"


def history(connection: psycopg.Connection[Any], columns: str, mark: str) -> list[tuple[Any, ...]]:
    """Return the statements of the history whose text has the mark, except those that read the history."""
    return connection.execute(
        f"SELECT {columns} FROM sys_query_history WHERE query_text LIKE '%{mark}%' AND query_text NOT LIKE '%LIKE%' "
        "ORDER BY query_id".encode()
    ).fetchall()


@pytest.mark.stack
def test_statements_are_told_with_their_end(connect: Connect, mark: str) -> None:
    """A statement is in the history with its kind, label, rows and error; one transaction has one number."""
    connection = connect()
    connection.execute("SET query_group TO 'night'")
    connection.execute(f"BEGIN; SELECT 1 AS {mark}; SELECT 2 AS {mark}; COMMIT".encode())
    with pytest.raises(psycopg.errors.DivisionByZero):
        connection.execute(f"SELECT 1 / 0 AS {mark}".encode())

    found = history(connection, "query_type, query_label, status, returned_rows, error_message", mark)
    assert found == [
        ("SELECT", "night", "success", 1, None),
        ("SELECT", "night", "success", 1, None),
        ("SELECT", "night", "failed", None, "Divide by zero"),
    ]
    first, second, third = history(connection, "transaction_id", mark)
    assert first == second != third


@pytest.mark.stack
def test_statements_after_an_error_are_not_told(connect: Connect, mark: str) -> None:
    """Of several statements in one message, those behind the one that failed were not run."""
    connection = connect()
    with pytest.raises(psycopg.errors.DivisionByZero):
        connection.execute(f"SELECT 1 AS {mark}; SELECT 1 / 0 AS {mark}; SELECT 3 AS {mark}".encode())
    connection.execute(f"SELECT 4 AS {mark}".encode())

    found = history(connection, "query_text, status", mark)
    assert found == [
        (f"SELECT 1 AS {mark}", "success"),
        (f"SELECT 1 / 0 AS {mark}", "failed"),
        (f"SELECT 4 AS {mark}", "success"),
    ]


@pytest.mark.stack
def test_running_statement_is_told(connect: Connect, mark: str) -> None:
    """What another session still runs is in stv_inflight under its number, and canceled afterwards in the history."""
    watcher, worker = connect(), connect()

    def work() -> None:
        with pytest.raises(psycopg.errors.QueryCanceled):
            worker.execute(f"SELECT count(*) AS {mark} FROM generate_series(1, 1000000000)".encode())

    thread = threading.Thread(target=work)
    thread.start()
    running = f"SELECT query FROM stv_inflight WHERE text LIKE '%{mark}%'".encode()
    seen = wait_for(lambda: watcher.execute(running).fetchall())
    worker.cancel()
    thread.join(LIMIT_S)

    assert history(watcher, "query_id, status", mark) == [(seen[0][0], "canceled")]
    assert watcher.execute(running).fetchall() == []


@pytest.mark.stack
def test_question_shows_itself(connect: Connect, mark: str) -> None:
    """A question to stv_recents finds itself running, and a later one finds it done."""
    connection = connect()
    ask = f"SELECT status FROM stv_recents WHERE query LIKE '%{mark}%' ORDER BY starttime".encode()

    assert connection.execute(ask).fetchall() == [("Running",)]
    assert connection.execute(ask).fetchall() == [("Done",), ("Running",)]


@pytest.fixture
def clerk(connect: Connect) -> Iterator[str]:
    """Make a user without rights."""
    connect().execute("CREATE USER history_clerk PASSWORD 'Clerk-of-1'")
    yield "history_clerk"
    connect().execute("DROP USER history_clerk")


@pytest.mark.stack
def test_users_see_their_own_only(connect: Connect, clerk: str, mark: str) -> None:
    """The admin sees the statements of all, another user its own, also through the function behind the views."""
    connect().execute(f"SELECT 1 AS {mark}".encode())
    other = connect(user=clerk, password="Clerk-of-1")
    other.execute(f"SELECT 2 AS {mark}".encode())

    assert history(other, "query_text", mark) == [(f"SELECT 2 AS {mark}",)]
    assert len(history(connect(), "query_id", mark)) == 2
    users = other.execute("SELECT DISTINCT user_name FROM redshift_lab.statements()").fetchall()
    assert users == [(clerk,)]
    other.close()


@pytest.mark.stack
def test_load_errors_have_the_number_of_their_copy(schema: psycopg.Connection[Any], bucket: str) -> None:
    """`stl_load_errors` joins to the last COPY of the session, which failed; another session has had none."""
    boto3.client("s3").put_object(Bucket=bucket, Key="history/bad.csv", Body=b"1\nx\n")
    schema.execute("CREATE TABLE numbers (a int)")
    with pytest.raises(psycopg.errors.InternalError_):
        schema.execute(f"COPY numbers FROM 's3://{bucket}/history/bad.csv' IAM_ROLE DEFAULT CSV".encode())

    found = schema.execute("SELECT line_number FROM stl_load_errors WHERE query = pg_last_copy_id()").fetchall()
    assert found == [(2,)]
    assert schema.execute("SELECT pg_last_unload_id()").fetchall() == [(-1,)]


@pytest.mark.stack
def test_a_long_text_is_kept_in_pieces(connect: Connect) -> None:
    """The pieces of 200 characters of `stl_querytext` make the statement."""
    connection = connect()
    text = f"SELECT '{'x' * 450}' AS in_pieces"
    connection.execute(text.encode())

    pieces = connection.execute(
        "SELECT sequence, text FROM stl_querytext WHERE query = (SELECT max(query) FROM stl_query "
        "WHERE querytxt LIKE '%in_pieces' AND querytxt LIKE 'SELECT ''x%') ORDER BY sequence"
    ).fetchall()
    assert [number for number, _ in pieces] == [0, 1, 2]
    assert "".join(piece for _, piece in pieces) == text


def test_rows_fetched_in_parts_are_one_statement(tmp_path: Path) -> None:
    """A statement whose rows a client fetches by several Executes is told once; the next is told for itself."""

    async def talk() -> None:
        log = SessionLog(History(Journal(tmp_path / "history.json")), "awsuser", "city", 7)
        text = "select 1"
        for answer in (Frame(b"s", b""), Frame(b"s", b""), Frame(b"C", b"SELECT 3\0")):
            log.begin(text, "SELECT", "default", in_transaction=True)
            log.answered(answer)
        log.begin("select 2", "SELECT", "default", in_transaction=True)
        log.close()

    asyncio.run(talk())
    told = [json.loads(line) for line in (tmp_path / "history.json").read_text().splitlines()]
    assert [(one["text"], one["status"]) for one in told] == [("select 1", "success"), ("select 2", "canceled")]


def test_an_error_belongs_to_what_its_sync_closes(tmp_path: Path) -> None:
    """In a pipeline, an error before a Sync leaves the statements that were sent after it alone."""

    async def talk() -> None:
        log = SessionLog(History(Journal(tmp_path / "history.json")), "awsuser", "city", 7)
        for text in ("select 1", "select 2"):
            log.begin(text, "SELECT", "default", in_transaction=False)
            log.begin(f"{text} again", "SELECT", "default", in_transaction=False)
            log.synced()
        for answer in (
            Frame(b"E", b"Mwrong\0\0"),
            READY,
            Frame(b"C", b"SELECT 1\0"),
            Frame(b"C", b"SELECT 1\0"),
            READY,
        ):
            log.answered(answer)

    asyncio.run(talk())
    told = [json.loads(line) for line in (tmp_path / "history.json").read_text().splitlines()]
    assert [(one["text"], one["status"]) for one in told] == [
        ("select 1", "failed"),
        ("select 2", "success"),
        ("select 2 again", "success"),
    ]


def test_an_empty_statement_takes_no_answer_of_another(tmp_path: Path) -> None:
    """In a pipeline the answer to an empty statement does not end the one that was sent after it."""

    async def talk() -> None:
        log = SessionLog(History(Journal(tmp_path / "history.json")), "awsuser", "city", 7)
        for text in ("", "select 1 / 0"):
            log.begin(text, "SELECT", "default", in_transaction=False)
        for answer in (Frame(b"I", b""), Frame(b"E", b"Mwrong\0\0"), READY):
            log.answered(answer)

    asyncio.run(talk())
    told = [json.loads(line) for line in (tmp_path / "history.json").read_text().splitlines()]
    assert [(one["text"], one["status"]) for one in told] == [("select 1 / 0", "failed")]


@pytest.mark.stack
@pytest.mark.parametrize(
    "query",
    [
        "select count(*) from stl_query where query = pg_last_query_id()",
        "select count(*) from svl_qlog where query = pg_catalog.pg_last_query_id() and pid = pg_backend_pid()",
        "select count(*) from sys_query_history where query_id = pg_last_query_id()",
        "select count(*) from stl_query q join stl_querytext t on t.query = q.query where q.query = pg_last_query_id()",
        "select 1 + count(*) from stl_load_errors where query = pg_last_copy_id()",
        "select 1 + count(*) from stl_query where query = pg_last_unload_id()",
    ],
)
def test_the_last_query_is_found_at_once(connect: Connect, query: str) -> None:
    """Among thousands of entries the numbers of the last statements are looked up once for a query, not for a row."""
    connection = connect()
    with connection.pipeline():
        for number in range(1500):
            connection.execute(f"select {number}".encode())
    started = time.monotonic()
    assert connection.execute(query.encode()).fetchall()[0][0] == 1
    assert time.monotonic() - started < 5

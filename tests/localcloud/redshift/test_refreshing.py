"""AUTO REFRESH YES: a materialized view follows its tables.

https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-refresh.html
https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-create-sql-command.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from .conftest import wait_for

pytestmark = pytest.mark.stack
Connection = psycopg.Connection[Any]
Connect = Callable[..., Connection]
CHANGES = {
    "INSERT INTO event VALUES (3, 'c')": 3,
    "DELETE FROM event WHERE id = 1": 1,
    "TRUNCATE event": 0,
    "INSERT INTO event SELECT id + 10, kind FROM event": 4,
}


@pytest.fixture
def events(schema: Connection) -> Connection:
    """A table of two rows, and a view of their number that is refreshed automatically."""
    schema.execute("CREATE TABLE event (id int, kind varchar(10))")
    schema.execute("INSERT INTO event VALUES (1, 'a'), (2, 'b')")
    schema.execute("CREATE MATERIALIZED VIEW m AUTO REFRESH YES AS SELECT count(*) AS n FROM event")
    return schema


def wait_for_number(connection: Connection, number: int, view: str = "m") -> None:
    """Wait until the view holds the number."""
    wait_for(lambda: connection.execute(f"SELECT n FROM {view} WHERE n = {number}".encode()).fetchall())


@pytest.mark.parametrize(("change", "number"), CHANGES.items())
def test_a_view_follows_its_table(events: Connection, change: str, number: int) -> None:
    """Each kind of change comes to the view without a REFRESH, and the view is no longer stale."""
    events.execute(change.encode())
    wait_for_number(events, number)
    wait_for(lambda: events.execute("SELECT name FROM svv_mv_info WHERE name = 'm' AND is_stale = 'f'").fetchall())


def test_a_transaction_is_seen_when_it_ends(events: Connection, connect: Connect) -> None:
    """What is not committed does not come to the view; what is rolled back never does."""
    other = connect()
    other.execute("SET client_min_messages TO error")
    with events.transaction(force_rollback=True):
        events.execute("DELETE FROM event")
    with other.transaction():
        other.execute("INSERT INTO gateway_test.event VALUES (3, 'c')")
        assert other.execute("SELECT n FROM gateway_test.m").fetchall() == [(2,)]
    wait_for_number(events, 3)


def test_a_view_in_use_is_refreshed_later(events: Connection, connect: Connect) -> None:
    """A transaction that reads the view keeps what it read and holds up no other reader; the refresh comes after it."""
    reader = connect()
    with reader.transaction():
        assert reader.execute("SELECT n FROM gateway_test.m").fetchall() == [(2,)]
        events.execute("INSERT INTO event VALUES (3, 'c')")
        assert reader.execute("SELECT n FROM gateway_test.m").fetchall() == [(2,)]
        assert events.execute("SELECT n FROM m").fetchall() == [(2,)]
    wait_for_number(events, 3)


def test_it_can_be_switched(events: Connection) -> None:
    """ALTER MATERIALIZED VIEW switches it off and on; when it is switched on, the view catches up."""
    shown = "SELECT autorefresh FROM stv_mv_info WHERE trim(schema) = 'gateway_test' AND trim(name) = 'm'"
    assert events.execute(shown.encode()).fetchall() == [("t",)]
    events.execute("ALTER MATERIALIZED VIEW m AUTO REFRESH NO")
    assert events.execute(shown.encode()).fetchall() == [("f",)]
    events.execute("INSERT INTO event VALUES (3, 'c')")
    assert events.execute("SELECT n FROM m").fetchall() == [(2,)]
    events.execute("ALTER MATERIALIZED VIEW m AUTO REFRESH YES")
    wait_for_number(events, 3)


def test_each_view_follows_all_of_its_tables(events: Connection) -> None:
    """Two views of one table both follow it, and a view of two tables follows either."""
    events.execute("CREATE TABLE kind (kind varchar(10))")
    events.execute(
        "CREATE MATERIALIZED VIEW joined AUTO REFRESH YES AS SELECT count(*) AS n FROM event JOIN kind USING (kind)"
    )
    events.execute("INSERT INTO kind VALUES ('a'), ('c')")
    wait_for_number(events, 1, "joined")
    events.execute("INSERT INTO event VALUES (3, 'c')")
    wait_for_number(events, 2, "joined")
    wait_for_number(events, 3)


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("SELECT getdate() AS n FROM event", "a mutable function"),
        ("SELECT count(*) AS n FROM event WHERE kind = current_user", "a mutable function"),
        ("SELECT n FROM m", "another materialized view"),
    ],
)
def test_what_cannot_be_refreshed_automatically_is_refused(events: Connection, query: str, what: str) -> None:
    """AUTO REFRESH YES is refused for these at CREATE and at ALTER, and the view is not made."""
    with pytest.raises(psycopg.Error, match=what):
        events.execute(f"CREATE MATERIALIZED VIEW w AUTO REFRESH YES AS {query}".encode())
    events.execute(f"CREATE MATERIALIZED VIEW w AS {query}".encode())
    with pytest.raises(psycopg.Error, match=what):
        events.execute("ALTER MATERIALIZED VIEW w AUTO REFRESH YES")


def test_a_view_is_refreshed_for_its_owner(events: Connection, connect: Connect) -> None:
    """Someone else's change refreshes a view that they may not read."""
    events.execute("CREATE USER writer PASSWORD 'Writes-1-row'")
    try:
        events.execute("GRANT USAGE ON SCHEMA gateway_test TO writer")
        events.execute("GRANT INSERT ON event TO writer")
        connect(user="writer", password="Writes-1-row").execute("INSERT INTO gateway_test.event VALUES (3, 'c')")
        wait_for_number(events, 3)
    finally:
        events.execute("REVOKE ALL ON event FROM writer")
        events.execute("REVOKE ALL ON SCHEMA gateway_test FROM writer")
        events.execute("DROP USER writer")

"""Late-binding views: found by what a name means when it is read, with the rights of who reads it.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from localcloud.redshift.sql.edits import written
from localcloud.redshift.sql.lexer import lex
from localcloud.redshift.sql.relations import references
from localcloud.redshift.sql.views import expand

Connection = psycopg.Connection[Any]
Connect = Callable[..., Connection]


@pytest.fixture
def events(schema: Connection) -> Connection:
    """A table of two rows, and a late-binding view of it."""
    schema.execute("CREATE TABLE event (id int, title varchar(10))")
    schema.execute("INSERT INTO event VALUES (1, 'Faust'), (2, 'Aida')")
    schema.execute("CREATE VIEW late AS SELECT * FROM gateway_test.event WITH NO SCHEMA BINDING")
    return schema


def rows(connection: Connection, sql: str) -> list[Any]:
    return connection.execute(sql.encode()).fetchall()


@pytest.mark.stack
def test_a_renamed_view_gives_its_rows(events: Connection) -> None:
    """The new name gives the rows; a table under the old name gives its own."""
    events.execute("ALTER TABLE late RENAME TO later")
    events.execute("CREATE TABLE late (n int)")
    events.execute("INSERT INTO late VALUES (7)")
    assert rows(events, "SELECT * FROM later ORDER BY id") == [(1, "Faust"), (2, "Aida")]
    assert rows(events, "SELECT * FROM late") == [(7,)]


@pytest.mark.stack
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("WITH late AS (SELECT 7 AS n) SELECT * FROM late", [(7,)]),
        ("WITH c AS (SELECT 1 AS a), late AS (SELECT 8 AS n) SELECT n FROM (SELECT * FROM late) z, c", [(8,)]),
        ("WITH late AS (SELECT id FROM late WHERE id > 1) SELECT * FROM late", [(2,)]),
        ("SELECT count(*) FROM (WITH late AS (SELECT 1) SELECT * FROM late) a, late b", [(2,)]),
        ("SELECT EXTRACT(year FROM DATE '2020-02-03') AS late FROM late WHERE id = 1", [(2020,)]),
        ("SELECT count(*) FROM (late a JOIN gateway_test.late b ON a.id = b.id), city.gateway_test.late", [(4,)]),
        ("SELECT count(*) FROM " + ", ".join(f"late l{number}" for number in range(1, 19)), [(2**18,)]),
    ],
)
def test_a_name_means_what_it_means_there(events: Connection, query: str, expected: list[Any]) -> None:
    """A WITH hides the view where it reaches, and nowhere else; the view may be read any number of times."""
    assert rows(events, query) == expected


@pytest.mark.stack
def test_views_of_views_and_of_tables_to_come(events: Connection) -> None:
    """A late-binding view reads others, and what is made after it; its columns are those of now."""
    events.execute("CREATE VIEW second AS SELECT id FROM gateway_test.late WITH NO SCHEMA BINDING")
    events.execute("CREATE VIEW soon AS SELECT * FROM gateway_test.table_to_come WITH NO SCHEMA BINDING")
    with pytest.raises(psycopg.errors.UndefinedTable):
        events.execute("SELECT * FROM soon")
    events.execute("CREATE TABLE table_to_come AS SELECT 5 AS n")
    events.execute("ALTER TABLE event RENAME COLUMN title TO name")
    assert rows(events, "SELECT * FROM soon") == [(5,)]
    assert rows(events, "SELECT id FROM second ORDER BY 1") == [(1,), (2,)]
    assert events.execute("SELECT name FROM late WHERE id = 1").fetchall() == [("Faust",)]


@pytest.mark.stack
@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("CREATE VIEW v AS SELECT * FROM event WITH NO SCHEMA BINDING", "should be qualified"),
        ("CREATE VIEW v AS SELECT * FROM nosuch.event WITH NO SCHEMA BINDING", 'schema "nosuch" does not exist'),
        ("INSERT INTO late VALUES (1, 'x')", "more expressions than target columns"),
        ("DELETE FROM late", 'cannot delete from view "late"'),
        ("CREATE VIEW late AS SELECT 1 AS a", "already exists"),
    ],
)
def test_what_the_page_forbids(events: Connection, sql: str, message: str) -> None:
    """Names need a schema that exists, and a view takes no rows (r_CREATE_VIEW)."""
    with pytest.raises(psycopg.Error, match=message):
        events.execute(sql.encode())


@pytest.mark.stack
def test_a_view_that_reads_itself_is_an_error(events: Connection) -> None:
    """The text of a view that was replaced by one that reads itself is not put in without end."""
    events.execute("CREATE OR REPLACE VIEW late AS SELECT * FROM gateway_test.late WITH NO SCHEMA BINDING")
    with pytest.raises(psycopg.Error, match="refers to itself"):
        events.execute("SELECT * FROM late")


@pytest.mark.stack
def test_catalogs_list_it_once_with_its_text(events: Connection) -> None:
    """Its columns are in svv_columns and pg_get_late_binding_view_cols alone, its statement in pg_views."""
    assert rows(events, "SELECT count(*) FROM pg_attribute WHERE attrelid = 'late'::regclass AND attnum > 0") == [(0,)]
    columns = "cols(s name, v name, c name, t varchar, n int) WHERE s = 'gateway_test'"
    late = [("late", "id", "integer", 1), ("late", "title", "character varying(10)", 2)]
    assert rows(events, f"SELECT v, c, t, n FROM pg_get_late_binding_view_cols() {columns}") == late
    ours = "table_schema = 'gateway_test' AND table_name = 'late'"
    assert rows(events, f"SELECT column_name FROM svv_columns WHERE {ours} ORDER BY 1") == [("id",), ("title",)]
    text = rows(events, "SELECT definition FROM pg_views WHERE schemaname = 'gateway_test' AND viewname = 'late'")[0][0]
    assert text.endswith("SELECT * FROM gateway_test.event WITH NO SCHEMA BINDING;")


@pytest.mark.stack
def test_a_bound_view_takes_its_place(events: Connection) -> None:
    """CREATE OR REPLACE without the clause makes it a view of its own columns."""
    events.execute("CREATE OR REPLACE VIEW late AS SELECT id FROM event")
    events.execute("ALTER TABLE event RENAME COLUMN title TO name")
    assert rows(events, "SELECT * FROM late ORDER BY 1") == [(1,), (2,)]


@pytest.fixture
def stranger(events: Connection, connect: Connect) -> Iterator[Connection]:
    """Another user, who may use the schema and make things in it, and read nothing of it."""
    events.execute("DROP USER IF EXISTS stranger")
    events.execute("CREATE USER stranger PASSWORD 'Abcdef123'")
    events.execute("GRANT USAGE, CREATE ON SCHEMA gateway_test TO stranger")
    other = connect(user="stranger", password="Abcdef123")
    other.execute("SET search_path TO gateway_test")
    yield other
    other.close()
    events.execute("DROP SCHEMA gateway_test CASCADE")
    events.execute("DROP USER stranger")
    events.execute("CREATE SCHEMA gateway_test")


@pytest.mark.stack
def test_reading_needs_a_right_on_the_view(events: Connection, stranger: Connection) -> None:
    """Without SELECT on the view neither its rows nor its text are given; a replaced view keeps its grants."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for relation late"):
        stranger.execute("SELECT * FROM late")
    assert rows(
        stranger, "SELECT definition FROM pg_views WHERE schemaname = 'gateway_test' AND viewname = 'late'"
    ) == [(None,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        stranger.execute("SELECT * FROM redshift_lab.late_views")
    events.execute("GRANT SELECT ON late, event TO stranger")
    events.execute("CREATE OR REPLACE VIEW late AS SELECT id FROM gateway_test.event WITH NO SCHEMA BINDING")
    assert rows(stranger, "SELECT count(*) FROM late") == [(2,)]


_HOSTILE = "'select 1) as x; drop table event; --'"
_ATTACKS = [
    f"SELECT redshift_lab.keep_late_view({{}}, {_HOSTILE}, '', '{{{{}}}}', '{{{{}}}}', '{{{{}}}}')",
    'SELECT redshift_lab.store_notes({}, \'{{"keep": false, "diststyle": "ALL"}}\')',
    "SELECT redshift_lab.store_argument_modifiers({}, '{{1}}')",
    "SELECT redshift_lab.must_own({})",
]


@pytest.mark.stack
@pytest.mark.parametrize("oid", ["NULL", "999999999", "'late'::regclass", "'event'::regclass", "'pg_class'::regclass"])
@pytest.mark.parametrize("attack", _ATTACKS)
def test_nothing_of_others_is_changed(events: Connection, stranger: Connection, attack: str, oid: str) -> None:
    """Functions with their owner's rights refuse null, unknown and foreign objects, or do nothing."""
    with contextlib.suppress(psycopg.Error):
        stranger.execute(attack.format(oid).encode())
    assert rows(events, "SELECT count(*) FROM late") == [(2,)]
    assert rows(events, "SELECT diststyle FROM redshift_lab.tables WHERE table_id = 'event'::regclass") == [
        ("AUTO(ALL)",)
    ]


@pytest.mark.stack
def test_a_hostile_text_does_nothing_in_the_hands_of_the_admin(events: Connection, stranger: Connection) -> None:
    """A text that would end the subquery, kept by its owner, is refused when the admin reads the view."""
    text = "select 1 as a) as x; drop table gateway_test.event; select (1"
    stranger.execute("CREATE VIEW trap AS SELECT 1 AS a WITH NO SCHEMA BINDING")
    keep = "SELECT redshift_lab.keep_late_view('trap'::regclass, %s, '', '{}', '{}', '{}')"
    psycopg.ClientCursor(stranger).execute(keep, [text])
    stranger.execute("GRANT SELECT ON trap TO PUBLIC")
    with pytest.raises(psycopg.Error, match="is not one query"):
        events.execute("SELECT * FROM trap")
    assert rows(events, "SELECT count(*) FROM event") == [(2,)]


def test_references_are_names_that_are_read() -> None:
    """Names after FROM, JOIN, USING and their commas are read; targets, functions and a WITH's names are not."""
    sql = (
        "insert into t with c as (select * from a.one) select f(x, y), trim(both from z) from c, two l join "
        '"Three" on l.i in (select i from four), generate_series(1, 2) g'
    )
    assert [reference.path for reference in references(lex(sql))] == ["a.one", "two", '"Three"', "four"]
    assert [one.path for one in references(lex("delete from t using five where t.i = five.i"))] == ["five"]
    assert [one.path for one in references(lex("merge into t using six s on t.i = s.i when matched"))] == ["six"]


def test_a_text_is_put_in_as_a_subquery() -> None:
    """An alias that follows stays; without one the view's own name is the alias."""
    assert written(expand(lex("select * from v join v w on 1"), {"v": "select 1"})) == (
        "select * from (select 1) AS v join (select 1) w on 1"
    )

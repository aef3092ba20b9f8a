"""Materialized views: their options, their place in the catalogs, and what tells that they are stale.

https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-create-sql-command.html
https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_MATERIALIZED_VIEW.html
https://docs.aws.amazon.com/redshift/latest/dg/r_STV_MV_INFO.html
"""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql import materialized
from localcloud.redshift.sql.lexer import lex

from .translation import translated

Connection = psycopg.Connection[Any]
STALE = "SELECT is_stale FROM svv_mv_info WHERE schema_name = 'gateway_test' AND name = 'm'"
KEYS = "SELECT diststyle, sortkey1 FROM svv_table_info WHERE schema = 'gateway_test' AND \"table\" = 'm'"


def rows(connection: Connection, sql: str) -> list[Any]:
    return connection.execute(sql.encode()).fetchall()


@pytest.fixture
def events(schema: Connection) -> Connection:
    """A table of two rows."""
    schema.execute("CREATE TABLE event (id int, kind varchar(10))")
    schema.execute("INSERT INTO event VALUES (1, 'a'), (2, 'b')")
    return schema


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("(a)", "syntax error"),
        ("tablespace x", "not supported"),
        ("auto refresh maybe", "syntax error"),
        ("auto refresh", "syntax error"),
        ("auto refresh yes sortkey (id)", "syntax error"),
        ("diststyle key", "needs a DISTKEY"),
        ("diststyle even distkey (id)", "cannot be combined with"),
        ("with data", "not supported"),
    ],
)
def test_an_option_that_is_not_redshifts_is_refused(options: str, message: str) -> None:
    """No word before the AS is passed over."""
    with pytest.raises(SqlError, match=message):
        translated(f"create materialized view m {options} as select id from event")


@pytest.mark.parametrize(
    "change", ["rename to n", "auto refresh", "alter column a", "add column b int", "", "owner to u"]
)
def test_a_change_that_is_not_redshifts_is_refused(change: str) -> None:
    """ALTER MATERIALIZED VIEW changes refresh, distribution and sort keys, and nothing else."""
    with pytest.raises(SqlError):
        translated(f"alter materialized view m {change}")


@pytest.mark.parametrize(
    "statement",
    ["table m", "view m", "materialized m", "materialized view", "materialized view m with no data",
     "materialized view concurrently m", "materialized view m restrict cascade"],
)  # fmt: skip
def test_a_refresh_that_is_not_redshifts_is_refused(statement: str) -> None:
    """REFRESH takes a materialized view and RESTRICT or CASCADE."""
    with pytest.raises(SqlError, match="syntax error"):
        materialized.read_refresh(lex(f"refresh {statement}"))


@pytest.mark.stack
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", ("EVEN", "AUTO(SORTKEY)")),
        ("backup no diststyle all", ("ALL", "AUTO(SORTKEY)")),
        ("backup yes distkey (id) sortkey (kind, id) auto refresh no", ("KEY(id)", "kind")),
        ("diststyle key distkey (kind) compound sortkey (id)", ("KEY(kind)", "id")),
    ],
)
def test_keys_are_kept(events: Connection, options: str, expected: tuple[str, str]) -> None:
    """svv_table_info shows the distribution and the first sort key; the default is EVEN."""
    events.execute(f"CREATE MATERIALIZED VIEW m {options} AS SELECT * FROM event".encode())
    assert rows(events, KEYS) == [expected]


@pytest.mark.stack
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("alter distkey kind", ("KEY(kind)", "id")),
        ("alter diststyle all", ("ALL", "id")),
        ("alter diststyle key distkey id", ("KEY(id)", "id")),
        ("alter compound sortkey (kind, id)", ("EVEN", "kind")),
    ],
)
def test_keys_can_be_changed(events: Connection, change: str, expected: tuple[str, str]) -> None:
    """ALTER MATERIALIZED VIEW gives a view other keys."""
    events.execute("CREATE MATERIALIZED VIEW m SORTKEY (id) AS SELECT * FROM event")
    events.execute(f"ALTER MATERIALIZED VIEW m {change}".encode())
    assert rows(events, KEYS) == [expected]


@pytest.mark.stack
def test_only_materialized_views_are_altered(events: Connection) -> None:
    """ALTER MATERIALIZED VIEW of a table is an error."""
    for change in ("AUTO REFRESH YES", "ALTER DISTSTYLE ALL"):
        with pytest.raises(psycopg.Error, match="is not a materialized view"):
            events.execute(f"ALTER MATERIALIZED VIEW event {change}".encode())


@pytest.mark.stack
def test_the_catalog_has_the_statement_as_written(events: Connection) -> None:
    """pg_views holds the whole CREATE statement, options and parentheses included."""
    text = "create materialized view m diststyle even auto refresh no as (\n select id, kind from event\n)"
    events.execute(text.encode())
    assert rows(events, "SELECT definition FROM pg_views WHERE viewname = 'm'") == [(f"{text};",)]


@pytest.mark.stack
@pytest.mark.parametrize("name", ["m", "gateway_test.m", '"city"."gateway_test"."m"'])
def test_a_comment_on_a_view_may_be_on_a_materialized_one(events: Connection, name: str) -> None:
    """COMMENT ON VIEW takes a materialized view, as dbt writes it; COMMENT ON VIEW of a table stays an error."""
    events.execute("CREATE MATERIALIZED VIEW m AS SELECT * FROM event")
    events.execute(f"COMMENT ON VIEW {name} IS 'of events'".encode())
    assert rows(events, "SELECT obj_description('m'::regclass, 'pg_class')") == [("of events",)]
    with pytest.raises(psycopg.Error, match="is not a view"):
        events.execute("COMMENT ON VIEW event IS 'no view'")


@pytest.mark.stack
def test_the_table_of_a_view_shows_its_keys(events: Connection) -> None:
    """Clients find the keys of a materialized view in the columns of the table mv_tbl__NAME__0."""
    events.execute("CREATE MATERIALIZED VIEW m DISTKEY (id) SORTKEY (kind, id) AS SELECT * FROM event")
    sql = """SELECT a.attname, a.attisdistkey, a.attsortkeyord FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid WHERE n.nspname = 'gateway_test' AND c.relname LIKE 'mv_tbl__m__%'
        AND a.attnum > 0 ORDER BY a.attnum"""
    assert rows(events, sql) == [("id", True, 2), ("kind", False, 1)]


@pytest.mark.stack
@pytest.mark.parametrize(
    "change",
    ["INSERT INTO event VALUES (3, 'c')", "UPDATE event SET kind = 'z'", "DELETE FROM event", "TRUNCATE event"],
)
def test_a_change_makes_a_view_stale(events: Connection, change: str) -> None:
    """A view is stale from a change to its table until it is refreshed, and has its old rows meanwhile."""
    events.execute("CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM event WHERE kind <> 'z'")
    assert rows(events, STALE) == [("f",)]
    events.execute(change.encode())
    assert (rows(events, STALE), rows(events, "SELECT n FROM m")) == ([("t",)], [(2,)])
    events.execute("REFRESH MATERIALIZED VIEW m")
    assert rows(events, STALE) == [("f",)]
    assert rows(events, "SELECT n FROM m") == rows(events, "SELECT count(*) FROM event WHERE kind <> 'z'")


@pytest.mark.stack
def test_what_is_undone_makes_no_view_stale(events: Connection) -> None:
    """A change that is rolled back leaves the view as it was; so does one to another table."""
    events.execute("CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM event")
    events.execute("CREATE TABLE other AS SELECT 1 AS id")
    with events.transaction(force_rollback=True):
        events.execute("DELETE FROM event")
    events.execute("INSERT INTO other VALUES (2)")
    assert rows(events, STALE) == [("f",)]


@pytest.mark.stack
def test_a_view_of_the_time_is_always_stale(events: Connection) -> None:
    """A view that reads a mutable function is stale, also after its refresh."""
    events.execute("CREATE MATERIALIZED VIEW m AS SELECT id, getdate() AS seen FROM event")
    events.execute("REFRESH MATERIALIZED VIEW m")
    assert rows(events, STALE) == [("t",)]


@pytest.mark.stack
def test_a_refresh_makes_views_over_it_stale(events: Connection) -> None:
    """A view over a view is stale when the lower one was refreshed."""
    events.execute("CREATE MATERIALIZED VIEW low AS SELECT * FROM event")
    events.execute("CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM low")
    events.execute("INSERT INTO event VALUES (3, 'c')")
    assert rows(events, STALE) == [("f",)]
    events.execute("REFRESH MATERIALIZED VIEW low")
    assert rows(events, STALE) == [("t",)]


@pytest.mark.stack
def test_a_refresh_reaches_the_views_below_with_cascade(events: Connection) -> None:
    """RESTRICT, the default, refreshes the view alone; CASCADE first refreshes what it reads, and none over it."""
    events.execute("CREATE MATERIALIZED VIEW low AS SELECT * FROM event")
    events.execute("CREATE MATERIALIZED VIEW middle AS SELECT id FROM low")
    events.execute("CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM low JOIN middle USING (id)")
    events.execute("CREATE MATERIALIZED VIEW top AS SELECT n FROM m")
    events.execute("INSERT INTO event VALUES (3, 'c')")
    events.execute("REFRESH MATERIALIZED VIEW m RESTRICT")
    assert rows(events, "SELECT n FROM m") == [(2,)]
    events.execute("REFRESH MATERIALIZED VIEW m CASCADE")
    assert (rows(events, "SELECT n FROM m"), rows(events, STALE)) == ([(3,)], [("f",)])
    assert rows(events, "SELECT n FROM top") == [(2,)]
    with pytest.raises(psycopg.Error, match="is not a materialized view"):
        events.execute("REFRESH MATERIALIZED VIEW event CASCADE")


@pytest.mark.stack
def test_a_refresh_without_a_change_computes_nothing(events: Connection) -> None:
    """It says that the view is up to date; over a view that is not, it says that, too (materialized-view-refresh)."""
    told = list[str | None]()
    events.add_notice_handler(lambda notice: told.append(notice.message_primary))
    events.execute("CREATE MATERIALIZED VIEW low AS SELECT * FROM event")
    events.execute("CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM low")
    events.execute("REFRESH MATERIALIZED VIEW m")
    events.execute("INSERT INTO event VALUES (3, 'c')")
    events.execute("REFRESH MATERIALIZED VIEW m")
    up_to_date = "Materialized view m is already up to date."
    below = " However, it depends on another materialized view that is not up to date."
    assert told == [up_to_date, up_to_date + below]


@pytest.mark.stack
def test_refreshes_are_logged(events: Connection) -> None:
    """The log has each refresh of a client: what it did, or why it failed, although its transaction is gone."""
    events.execute("CREATE MATERIALIZED VIEW m AS SELECT 6 / id AS n FROM event")
    for change in ("INSERT INTO event VALUES (3, 'c')", "SELECT 1", "INSERT INTO event VALUES (0, 'c')"):
        events.execute(change.encode())
        if change.endswith("(0, 'c')"):
            with pytest.raises(psycopg.Error, match="Divide by zero"):
                events.execute("REFRESH MATERIALIZED VIEW m")
        else:
            events.execute("REFRESH MATERIALIZED VIEW m")
    logged = "SELECT trim(refresh_type), status FROM {} WHERE schema_name = 'gateway_test' ORDER BY {} DESC LIMIT 3"
    expected = [
        ("Manual", "Refresh failed due to an internal error: division by zero"),
        ("Manual", "MV was already updated"),
        ("Manual", "Refresh successfully recomputed MV from scratch"),
    ]
    assert rows(events, logged.format("sys_mv_refresh_history", "start_time")) == expected
    assert rows(events, logged.format("svl_mv_refresh_status", "starttime")) == expected


@pytest.mark.stack
def test_another_users_view_is_not_refreshed(events: Connection) -> None:
    """Only the owner, or a member of it, refreshes a view, also one that is up to date."""
    events.execute("CREATE MATERIALIZED VIEW m AS SELECT * FROM event")
    events.execute("CREATE USER passer PASSWORD 'Passes-1-by'")
    events.execute("GRANT USAGE ON SCHEMA gateway_test TO passer")
    try:
        events.execute("SET SESSION AUTHORIZATION passer")
        with pytest.raises(psycopg.Error, match="must be owner"):
            events.execute("REFRESH MATERIALIZED VIEW gateway_test.m")
    finally:
        events.execute("RESET SESSION AUTHORIZATION")
        events.execute("REVOKE USAGE ON SCHEMA gateway_test FROM passer")
        events.execute("DROP USER passer")


@pytest.mark.stack
def test_a_users_function_is_refused(events: Connection) -> None:
    """A view cannot call a function that a user has made (materialized-view-create-sql-command, Limitations)."""
    events.execute("CREATE FUNCTION twice(int) RETURNS int IMMUTABLE AS $$ SELECT $1 * 2 $$ LANGUAGE sql")
    with pytest.raises(psycopg.Error, match="do not support user-defined functions: .*twice"):
        events.execute("CREATE MATERIALIZED VIEW m AS SELECT twice(id) AS n FROM event")
    assert rows(events, "SELECT count(*) FROM svv_mv_info WHERE schema_name = 'gateway_test'") == [(0,)]

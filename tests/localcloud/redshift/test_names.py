"""Names in three parts, and lengths of text literals that become columns."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.edits import text
from localcloud.redshift.sql.lengths import of_literals
from localcloud.redshift.sql.lexer import lex
from localcloud.redshift.sql.qualified import without_database

Connection = psycopg.Connection[Any]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ('create schema "city"."s"', 'create schema "s"'),
        ("create schema if not exists city.s", "create schema if not exists s"),
        ("drop schema if exists CITY.s cascade", "drop schema if exists s cascade"),
        ("grant usage on schema city.s to u", "grant usage on schema s to u"),
        ("select * from city.s.t a, city.s.u", "select * from s.t a, s.u"),
        ("copy city.s.t from 's3://b/k'", "copy s.t from 's3://b/k'"),
        ("merge into city.s.t using city.s.u on 1=1", "merge into s.t using s.u on 1=1"),
        ("call city.s.p(1)", "call s.p(1)"),
        # A table of the database's name, with a path into a SUPER: nothing is taken off.
        ("select x from city, city.items.parts p", "select x from city, city.items.parts p"),
        ("select * from other.s.t", "select * from other.s.t"),
        ("show tables from schema city.s", "show tables from schema city.s"),
    ],
)
def test_the_database_at_hand_is_taken_off(sql: str, expected: str) -> None:
    """The name of the database is removed before a schema with an object, and before a schema alone."""
    assert text(without_database(lex(sql), "city")) == expected


def test_a_schema_of_another_database_is_refused() -> None:
    """A schema is created in the current database."""
    with pytest.raises(SqlError, match="cross-database"):
        without_database(lex("create schema other.s"), "city")
    with pytest.raises(SqlError, match='schema "o-b" is'):
        without_database(lex('create schema "o-b".s'), "city")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select 'abc' as v, 1", "select 'abc'::varchar(3) as v, 1"),
        ("select 'Zürich'", "select 'Zürich'::varchar(7) AS \"?column?\""),
        ("select '' as v", "select ''::varchar(1) as v"),
        ("select 'a' v union all select 'bcd'", "select 'a'::varchar(3) v union all select 'bcd'::varchar(3)"),
        ("select 'a' v union all select b from t", "select 'a' v union all select b from t"),
        ("select 'a' || b as v from t where c = 'x'", "select 'a' || b as v from t where c = 'x'"),
        ("select cast('abc' as text) as v", "select cast('abc' as varchar(3)) as v"),
        ("select 'abc'::varchar, 1", "select 'abc'::varchar(3), 1"),
        ("select 'abc'::text", "select 'abc'::varchar(3) AS \"text\""),
        ("select cast('abc' as text)", "select cast('abc' as varchar(3)) AS \"text\""),
        (
            "select 'a'::character varying v union all select 'bcd'",
            "select 'a'::varchar(3) v union all select 'bcd'::varchar(3)",
        ),
        ("select 'abc'::varchar(9) as v", "select 'abc'::varchar(9) as v"),
        ("select cast('1' as int) as v, cast(b as text) as w", "select cast('1' as int) as v, cast(b as text) as w"),
        ("(select 'abc' as c)", "(select 'abc'::varchar(3) as c)"),
        (
            "( (select 'a' as c union all select 'bc') )",
            "( (select 'a'::varchar(2) as c union all select 'bc'::varchar(2)) )",
        ),
        (
            "(with x as (select 1) select 'a' as c, ('b') as d from x)",
            "(with x as (select 1) select 'a'::varchar(1) as c, ('b') as d from x)",
        ),
    ],
)
def test_a_literal_alone_has_its_length(query: str, expected: str) -> None:
    """A column of text literals has the bytes of the longest; other columns stay as they are."""
    assert text(of_literals(lex(query))) == expected


@pytest.mark.stack
def test_three_parts_everywhere(schema: Connection) -> None:
    """DDL, INSERT, CTAS, views, procedures, grants and DROP take database.schema.name."""
    for statement in (
        'CREATE SCHEMA IF NOT EXISTS "city"."gateway_test"',
        "CREATE TABLE city.gateway_test.t (a int)",
        "INSERT INTO city.gateway_test.t VALUES (1), (2)",
        "CREATE TABLE city.gateway_test.u AS SELECT * FROM city.gateway_test.t",
        "UPDATE city.gateway_test.u SET a = 3 WHERE a = 1",
        "DELETE FROM city.gateway_test.u WHERE a = 2",
        "ALTER TABLE city.gateway_test.u ADD COLUMN b int",
        "CREATE VIEW city.gateway_test.v AS SELECT * FROM city.gateway_test.t",
        "CREATE VIEW city.gateway_test.w AS SELECT * FROM city.gateway_test.t WITH NO SCHEMA BINDING",
        "CREATE PROCEDURE city.gateway_test.p() AS $$ BEGIN INSERT INTO t VALUES (9); END $$ LANGUAGE plpgsql",
        "CALL city.gateway_test.p()",
        "GRANT SELECT ON city.gateway_test.t TO PUBLIC",
        "TRUNCATE city.gateway_test.u",
        "DROP TABLE city.gateway_test.u",
    ):
        schema.execute(statement.encode())
    assert schema.execute("SELECT count(*) FROM city.gateway_test.w").fetchall() == [(3,)]
    assert schema.execute("SELECT count(*) FROM city.gateway_test.v").fetchall() == [(3,)]


@pytest.mark.stack
def test_text_in_views_is_varchar_in_each_catalog(schema: Connection) -> None:
    """No catalog shows the engine's type `text`: of a literal there is its length, of an expression the longest."""
    schema.execute("CREATE TABLE t AS SELECT 'abc' AS a, 'x' || 'yz' AS b")
    schema.execute("CREATE VIEW v AS SELECT 'abc' AS a, b || 'x' AS b FROM t")
    of_v = "table_schema = 'gateway_test' AND table_name = 'v' ORDER BY ordinal_position"
    expected = [("character varying", 3), ("character varying", 65535)]
    for catalog in ("svv_columns", "information_schema.columns"):
        query = f"SELECT data_type, character_maximum_length FROM {catalog} WHERE {of_v}"
        assert schema.execute(query.encode()).fetchall() == expected
    types = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'v'::regclass ORDER BY attnum"
    assert schema.execute(types.encode()).fetchall() == [("character varying(3)",), ("character varying(65535)",)]


@pytest.mark.stack
def test_materialized_views_are_listed(schema: Connection) -> None:
    """A materialized view is a view in information_schema and pg_views, and has its row in stv_mv_info."""
    schema.execute("CREATE TABLE t AS SELECT 1 AS a")
    schema.execute("CREATE MATERIALIZED VIEW m AS SELECT a, count(*) AS n FROM t GROUP BY a")
    listed = schema.execute("SELECT table_type FROM information_schema.tables WHERE table_name = 'm'").fetchall()
    columns = schema.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'm' ORDER BY 1")
    text = schema.execute("SELECT definition FROM pg_views WHERE viewname = 'm'").fetchall()
    assert (listed, columns.fetchall()) == ([("VIEW",)], [("a",), ("n",)])
    assert text[0][0].startswith("CREATE MATERIALIZED VIEW m AS")
    info = "SELECT trim(name), trim(schema), state FROM stv_mv_info WHERE trim(schema) = 'gateway_test'"
    assert schema.execute(info.encode()).fetchall() == [("m", "gateway_test", 1)]


@pytest.mark.stack
def test_rows_of_tables_without_analyze(schema: Connection) -> None:
    """svv_table_info counts what the transaction sees; a table without rows is not in it (r_SVV_TABLE_INFO)."""
    query = "SELECT tbl_rows, max_varchar FROM svv_table_info WHERE schema = 'gateway_test'"
    schema.execute("CREATE TABLE t (a int, b varchar(7))")
    assert schema.execute(query.encode()).fetchall() == []
    schema.execute("INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, 'z')")
    assert schema.execute(query.encode()).fetchall() == [(3, 7)]
    schema.execute("DELETE FROM t WHERE a = 1")
    assert schema.execute(query.encode()).fetchall() == [(2, 7)]


@pytest.mark.stack
@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t VALUES (NULL, 2)",
        "INSERT INTO t (b) VALUES (1)",
        "UPDATE t SET a = NULL",
        "INSERT INTO t SELECT NULL::int, 1",
    ],
)
def test_null_into_not_null_in_the_words_of_redshift(schema: Connection, sql: str) -> None:
    """The text is the one that dbt's tests of constraints wait for."""
    schema.execute("CREATE TABLE t (a int NOT NULL, b int)")
    schema.execute("INSERT INTO t VALUES (1, 1)")
    with pytest.raises(psycopg.errors.NotNullViolation, match="^Cannot insert a NULL value into column a"):
        schema.execute(sql.encode())


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_comment_ends_where_the_engine_ends_it(end: str) -> None:
    """A carriage return ends a comment, too: what follows is read by both."""
    assert [word.text for word in lex(f"select 1 -- comment{end}, 2")] == ["select", "1", ",", "2"]


def test_quoted_names_are_folded_in_what_the_gateway_runs(schema: Connection, bucket: str) -> None:
    """UNLOAD and COPY fold quoted names as every statement does, unless the session says otherwise (r_names)."""
    schema.execute('create table "AbC" ("Kk" int, v int); insert into abc values (1, 2)')
    url, partition = f"s3://{bucket}/names/fold_", 'csv partition by ("kK") include allowoverwrite'
    schema.execute(f"unload ('select \"KK\", v from \"ABC\"') to '{url}' iam_role default {partition}".encode())
    schema.execute(f'copy "ABC" ("kk", "V") from \'{url}/kk=1/\' iam_role default csv'.encode())
    assert schema.execute("select count(*), sum(v) from abc").fetchall() == [(2, 4)]
    schema.execute("set enable_case_sensitive_identifier to on")
    schema.execute('create table "AbC" ("Kk" int, v int)')
    schema.execute(f'copy "AbC" ("Kk", v) from \'{url}/kk=1/\' iam_role default csv'.encode())
    assert schema.execute('select "Kk" from "AbC"').fetchall() == [(1,)]

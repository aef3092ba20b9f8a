"""External schemas: what is read of the statements, and which types come over."""

from __future__ import annotations

import pytest

from localcloud.redshift.errors import SqlError
from localcloud.redshift.spectrum.tables import Copy, check_rows, column_of
from localcloud.redshift.sql import Session
from localcloud.redshift.sql.external_schemas import read_schema
from localcloud.redshift.sql.lexer import lex

from .translation import Known, translated

SESSION = Session("u", external_schemas={"ext"})


def copied(sql: str) -> tuple[str, frozenset[str] | None]:
    """Translate a query; return the text with the copies in it, and the columns that were asked for."""
    known = Known()
    made = translated(sql, SESSION, known).sql
    return made, known.wanted[0].columns


def test_a_create_external_schema_is_read() -> None:
    """Name, database, role and the wish for a new database are found; other words are refused."""
    found = read_schema(lex("create external schema S from data catalog database 'DB' region 'r' iam_role default"))
    assert (found.name, found.database, found.role, found.make_database) == ("s", "db", "default", False)
    assert (
        read_schema(lex("create external schema s from data catalog database Smart_City iam_role default")).database
        == "smart_city"
    )
    with pytest.raises(SqlError, match="FROM KINESIS is not supported"):
        read_schema(lex("create external schema s from kinesis iam_role default"))


def test_external_tables_are_replaced_where_they_are_read() -> None:
    """A table of an external schema becomes the session's copy under its own name; others stay."""
    sql, _ = copied("select a from ext.t join s.u on u.a = t.a where exists (select 1 from ext.v x)")
    assert "from pg_temp.t_copy AS t join s.u" in sql
    assert "from pg_temp.v_copy x" in sql


@pytest.mark.parametrize(("listed", "expected"), [("a, b", True), ("count(*)", True), ("*", False), ("t.*", False)])
def test_only_named_columns_are_asked_for(listed: str, expected: bool) -> None:
    """Without a star the columns are among the words of the statement; with one all are needed."""
    assert (copied(f"select {listed} from ext.t")[1] is not None) is expected


def test_writing_to_an_external_table_is_refused() -> None:
    """INSERT names what it cannot do."""
    with pytest.raises(SqlError, match="INSERT of an external table is not supported"):
        translated("insert into ext.t values (1)", SESSION)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("tinyint", "smallint"), ("decimal(10,2)", "decimal(10,2)"), ("varchar(7)", "varchar(7)"), ("map(a,b)", "super")],
)
def test_types_come_over(kind: str, expected: str) -> None:
    """Trino's types have their counterpart; a length counts bytes (r_CREATE_EXTERNAL_TABLE, data_type)."""
    assert column_of("a", kind).type == expected


def test_an_unknown_type_is_refused_by_name() -> None:
    """A type without a counterpart is an error that names the column."""
    with pytest.raises(SqlError, match='type uuid of column "a"'):
        column_of("a", "uuid")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select ext.t.a from ext.t where ext.t.b > 1", "select t.a from pg_temp.t_copy AS t where t.b > 1"),
        ("select x.a from ext.t x, ext.u where ext.u.b = x.b", "where u.b = x.b"),
        ("select ext.t.a from ext.t join ext.u on ext.t.a = ext.u.a", "AS t join pg_temp.u_copy AS u on t.a = u.a"),
    ],
)
def test_a_column_may_be_named_with_schema_and_table(sql: str, expected: str) -> None:
    """As in the guide's own query `spectrum.sales_part.eventid` (c-spectrum-external-tables)."""
    assert expected in copied(sql)[0]


@pytest.mark.parametrize(
    "sql", ["create view v as select a from ext.t", "create or replace view v as select 1 from s.u join ext.t on true"]
)
def test_a_bound_view_over_an_external_table_is_refused(sql: str) -> None:
    """Such a view needs WITH NO SCHEMA BINDING (r_CREATE_EXTERNAL_TABLE)."""
    with pytest.raises(SqlError, match="External tables are not supported in views"):
        translated(sql, SESSION)


def test_a_materialized_view_asks_for_copies_that_last() -> None:
    """The copies of a materialized view outlive the session."""
    known = Known()
    translated("create materialized view m as select a from ext.t", SESSION, known)
    assert [wanted.lasting for wanted in known.wanted] == [True]


@pytest.mark.parametrize("sql", ['select *, "$path" from ext.t', 'select "$spectrum_oid" from ext.t'])
def test_a_pseudo_column_that_the_lab_cannot_give_is_refused(sql: str) -> None:
    """A star does not hold pseudo columns, so both together are refused rather than read otherwise."""
    with pytest.raises(SqlError, match="not supported"):
        translated(sql, SESSION)


def test_rows_that_got_lost_on_the_way_are_an_error() -> None:
    """What was read and what was taken must agree; the error names both."""
    with pytest.raises(SqlError, match="3 rows were read, but 2 were taken"):
        check_rows(Copy("c", "db", "t", ()), 3, 2)

"""Statements in the engine's SQL: what must not change, what must, and what is refused by name."""

from __future__ import annotations

import pytest

from localcloud.redshift.errors import SqlError
from localcloud.redshift.protocol import typenumbers
from localcloud.redshift.protocol.frames import Column
from localcloud.redshift.protocol.typenumbers import TypeNumbers
from localcloud.redshift.sql import Session, split_statements
from localcloud.redshift.sql.lexer import lex
from localcloud.redshift.sql.names import string_value

from .translation import Known, planned, translated

TEXT, SUPER = 25, 90_001


def columns(*names: str, kind: int = TEXT) -> list[Column]:
    return [Column(name, 0, 0, kind, 0, -1, 0) for name in names]


def made_of(sql: str, *answers: list[Column]) -> str:
    """Translate, answering each question about columns in turn; those left over are about tables without numbers."""
    left, session = iter(answers), Session("u", types=TypeNumbers({SUPER: typenumbers.SUPER}))
    return translated(sql, session, Known(lambda query: next(left, []))).sql


def told(sql: str, *answers: list[Column]) -> str:
    """Translate, with one blank between words."""
    return " ".join(made_of(sql, *answers).split())


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a, b FROM t WHERE a = 'x''y' AND b <> 3 -- why\nORDER BY 1",
        "select /* a /* nested */ comment */ count(*) from s.t group by a having count(*) > 1",
        "insert into t (a, b) values (1, default)",
        "select case when a then 'minus' else 'top' end from t",
        "update t set a = 1 from s where t.id = s.id",
    ],
)
def test_what_the_engine_knows_is_passed_on_letter_by_letter(sql: str) -> None:
    """A statement without anything of Redshift's own is not touched."""
    assert made_of(sql) == sql


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select datediff(qtr, a, b) x from t", "select DATEDIFF('qtr', a, b) x from t"),
        ("select nvl(a, nvl2(b, c, d)) from t", "COALESCE(a, (CASE WHEN (b) IS NOT NULL THEN c ELSE d END))"),
        ("select decode(a, 1, 'x', 'y') from t", "(CASE WHEN (a) IS NOT DISTINCT FROM (1) THEN 'x' ELSE 'y' END)"),
        ("select a from t minus select b from u", "select a from t EXCEPT select b from u"),
        ("select extract(ms from a) from t", "redshift_lab.extract('ms', a)"),
        ("select convert(integer, a) from t", "CAST(a AS integer)"),
        ("select a::decimal, cast(b as varchar(max)) from t", "a::numeric(18,0), cast(b as varchar(65535))"),
        ("select lag(a) ignore nulls over (order by b) from t", "redshift_lab.last_not_null(a) over (order by b ROWS"),
        ("select listagg(distinct a, ',') within group (order by a) from t", "array_agg(DISTINCT a ORDER BY a)"),
        ("select top 3 a from t order by a", "select a from t order by a LIMIT 3"),
        ("select approximate count(distinct a) from t", "select count(distinct a) from t"),
        ("delete t where a = 1", "delete FROM t where a = 1"),
        ('select "Foo" from "Bar"', 'select "foo" from "bar"'),
        ("create table #x (a int)", 'create TEMPORARY table "#x" (a int)'),
        ("create table t (a varchar, b text)", "(a varchar(256), b varchar(256))"),
    ],
)
def test_what_is_redshifts_own_becomes_the_engines(sql: str, expected: str) -> None:
    """Each form of Redshift has its form of the engine."""
    assert expected.lower() in told(sql).lower()


def test_a_name_of_the_list_stands_for_its_expression_unless_it_is_a_column() -> None:
    """`select a+1 as b, b*2` uses the expression; where the table has a column b, the column."""
    sql = "select a+1 as b, b*2 as c from t where b > 3"
    assert told(sql, columns("a")) == "select a+1 as b, (a+1)*2 as c from t where (a+1) > 3"
    assert told(sql, columns("a", "b")) == sql


def test_qualify_filters_outside() -> None:
    """The condition is computed in an inner SELECT; its own column is not shown."""
    made = told("select g from t qualify row_number() over (order by g) = 1", columns("g"))
    assert made.startswith('SELECT q0 AS "g" FROM (SELECT g, (row_number() over (order by g) = 1)')
    assert made.endswith("AS qualifying (q0, qualified) WHERE qualified")


def test_exclude_names_what_is_left() -> None:
    """`* exclude b` becomes the other columns."""
    assert told("select * exclude b from t", columns("a", "b", "c")) == 'select "a", "c" from t'


def test_pivot_groups_by_what_it_does_not_use() -> None:
    """PIVOT becomes an aggregate for each value, grouped by the other columns."""
    made = told("select * from t pivot (sum(v) for k in ('x', 'y' as z))", columns("g", "k", "v"))
    assert 'SUM(CASE WHEN "k" IS NOT DISTINCT FROM \'y\' THEN v END) AS "z"' in made
    assert 'GROUP BY "g"' in made


def test_paths_are_followed_into_super_columns_only() -> None:
    """`t.c.a` is a member where c is SUPER; the engine says which columns are."""
    made = told("select t.c.a[0] from t", columns("c", kind=SUPER))
    assert "redshift_lab.element(redshift_lab.member(t.c, 'a'), 0)" in made
    assert told("select s.c from x.t s", columns("c")) == "select s.c from x.t s"


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("create index i on t(a)", "CREATE INDEX"),
        ("select distinct on (a) a from t", "DISTINCT ON"),
        ("create extension dblink", "CREATE EXTENSION"),
        ("alter system set fsync = off", "ALTER SYSTEM"),
        ("do $$ begin end $$", "do"),
        ("copy t from program 'id'", "PROGRAM"),
        ("copy t from stdin", "STDIN"),
        ("copy t from '/etc/passwd' iam_role default", "COPY from"),
        ("alter table t add column b int, add column c int", ","),
        ("insert into t values (1) on conflict do nothing", "on"),
        ("create table t (a int check (a > 0))", "CHECK"),
        ("create table t (a hllsketch)", "HLLSKETCH"),
        ("savepoint s", "SAVEPOINT"),
        ("use dev", "USE"),
        ("show use", "SHOW USE"),
        ("reset use", "RESET USE"),
        ("show datashares", "SHOW DATASHARES"),
        ("show model all", "SHOW MODEL"),
        ("attach rls policy p on t to u", "ATTACH RLS"),
        ("detach masking policy p on t (a) from u", "DETACH MASKING"),
        ("desc datashare d", "DESC DATASHARE"),
        ("create function f() returns int as 'x' language plpythonu", "plpythonu"),
        ("select checksum(a) from t", "CHECKSUM"),
        ("unload ('select a from t limit 1') to 's3://b/' iam_role default", "Limit"),
    ],
)
def test_what_is_not_there_is_refused_by_name(sql: str, named: str) -> None:
    """A refusal has a SQLSTATE of syntax or missing feature, and names the thing."""
    with pytest.raises(SqlError) as refused:
        planned(sql)
    assert named in refused.value.message
    assert refused.value.code in ("0A000", "42601")


@pytest.mark.parametrize(
    "sql",
    [
        f"create table s.{'n' * 64} (a int)",
        f"create table t ({'é' * 32} int)",
        f'select 1 as "{"n" * 64}"',
        f"alter table t rename to {'n' * 64}",
    ],
)
def test_a_name_that_the_engine_would_cut_is_refused(sql: str) -> None:
    """A name of more than 63 bytes is refused: two that begin alike would be one to the engine."""
    with pytest.raises(SqlError, match="too long: the lab allows 63 bytes"):
        planned(sql)


@pytest.mark.parametrize(
    "sql",
    [f"create table {'n' * 63} (a int)", f"select a.s.{'n' * 64} from t a", f"select '{'n' * 200}'"],
)
def test_a_name_that_fits_is_taken(sql: str) -> None:
    """63 bytes are not too many, and texts and paths into a SUPER have no limit."""
    assert planned(sql, known=Known(lambda query: columns("s"))).plan.sql


def test_statements_are_split_outside_of_strings_and_comments() -> None:
    """A semicolon in a string, a dollar quote or a comment does not end a statement."""
    sql = "select ';', $$ ; $$, 'it\\';' /* ; */; -- ;\nselect 2;;"
    assert [statement.strip() for statement in split_statements(sql)] == [
        "select ';', $$ ; $$, 'it\\';' /* ; */",
        "-- ;\nselect 2",
    ]


@pytest.mark.parametrize("written", ["'a\\'b'", "'a''b'", "E'a\\'b'", "$x$a'b$x$"])
def test_a_literal_means_what_redshift_reads(written: str) -> None:
    """A backslash escapes in a plain string, too."""
    assert string_value(lex(written)[0]) == "a'b"


@pytest.mark.parametrize(
    ("argument", "kind"),
    [
        ("x int", "int"),
        ("int", "int"),
        ("x in numeric(10,5)", "numeric ( 10 , 5 )"),
        ("in out_date date", "date"),
        ("x inout varchar(max)", "varchar(65535)"),
        ("date date", "date"),
        ("double precision", "double precision"),
        ("x character varying(20)", "varchar(20)"),
        ("x national character(5)", "national character ( 5 )"),
        ("timestamp without time zone", "timestamp without time zone"),
        ("interval day to second", "intervald2s(7176)"),
        ('"x y" interval year to month', "intervaly2m(6)"),
    ],
)
def test_the_type_of_an_argument_is_found_after_name_and_mode(argument: str, kind: str) -> None:
    """A procedure's arguments are noted by their types, whatever of name and mode is left out."""
    made = translated(f"create procedure s.p({argument}) as $$ begin null; end $$ language plpgsql")
    noted = f"ARRAY['{kind}']::text[]"
    assert made.then == f"SELECT redshift_lab.note_arguments('s.p', {noted}, {noted})"


@pytest.mark.parametrize(
    ("sql", "database"),
    [
        ('show schemas from database "a b"', "a b"),
        ("show tables from schema Other.s", "other"),
        ("show tables from schema s", ""),
        ("show columns from table $3.$1.$2 like $4", 3),
        ("show parameters of function d.s.f(int, $1)", "d"),
        ("show databases", ""),
    ],
)
def test_a_list_tells_the_database_that_it_is_of(sql: str, database: str | int) -> None:
    """The database of a SHOW is the first name of its whole path, or the parameter in its place."""
    assert translated(sql).database == database

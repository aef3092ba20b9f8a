"""Which family answers which statement, and what the API calls it."""

from __future__ import annotations

import pytest

from localcloud.athena.reader import Reader
from localcloud.athena.statements import families


@pytest.mark.parametrize(
    ("sql", "kinds"),
    [
        ("select 1", ("DML", "SELECT")),
        ("-- note\n/* a */ WITH a AS (SELECT 1) TABLE a", ("DML", "SELECT")),
        ("((SELECT 1))", ("DML", "SELECT")),
        ("CREATE TABLE t AS SELECT 1", ("DDL", "CREATE_TABLE_AS_SELECT")),
        ('CREATE TABLE IF NOT EXISTS "d"."t" WITH (a = 1) AS SELECT 1', ("DDL", "CREATE_TABLE_AS_SELECT")),
        ("CREATE TABLE t (a int) LOCATION 's3://b/' TBLPROPERTIES ('table_type'='ICEBERG')", ("DDL", "CREATE_TABLE")),
        ("CREATE EXTERNAL TABLE t (a int)", ("DDL", "CREATE_TABLE")),
        ("create or replace view v as select 1", ("DDL", "CREATE_VIEW")),
        ("SHOW CREATE TABLE t", ("UTILITY", "SHOW_CREATE_TABLE")),
        ("DESC t", ("UTILITY", "DESCRIBE_TABLE")),
        ("EXECUTE p USING 1", ("DML", "EXECUTE")),
        ("MSCK REPAIR TABLE t", ("DDL", "MSCK_REPAIR_TABLE")),
    ],
)
def test_kinds(sql: str, kinds: tuple[str, str]) -> None:
    """StatementType and SubstatementType follow from the first words, comments left out."""
    assert families.kinds(Reader(sql)) == kinds


def test_a_ctas_of_no_query_is_refused_at_once() -> None:
    """AWS does not take it in at all; what wraps a query, however written, is left to the engine."""
    said = families.unparsable(Reader("CREATE TABLE t\nWITH (format = 'ORC')\nAS ALTER TABLE x"))
    assert said == "line 3:4: extraneous input 'ALTER'. Expecting: '(', 'SELECT', 'TABLE', 'VALUES', 'WITH'"
    for query in ("SELECT 1 AS a", "(SELECT 1)", "with a AS (SELECT 1) SELECT 1", "VALUES 1", "TABLE t", ""):
        assert families.unparsable(Reader(f"CREATE TABLE t AS {query}")) == ""
    assert families.unparsable(Reader("CREATE TABLE t (a int)")) == ""
    assert families.unparsable(Reader("SELECT 1 AS ALTER")) == ""


@pytest.mark.parametrize("word", families.REFUSED)
def test_statements_that_athena_lacks_are_refused(word: str) -> None:
    """A statement of the engine that reaches past a query is answered by the lab's own refusal."""
    family = families.family_of(Reader(f"{word} something"))
    assert family.keywords == (word,)
    assert family.run.__name__ == "_refuse"

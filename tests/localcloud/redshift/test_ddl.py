"""What the Developer Guide allows and forbids of DDL, MERGE and their neighbours: one line a rule, with its page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from localcloud.redshift.sql import split_statements

pytestmark = pytest.mark.stack
RULES = [json.loads(line) for line in Path(__file__).with_name("ddl.jsonl").read_text().splitlines()]
SETUP = """
    create table u (a int, n int);
    create view v as select a, n from u;
    create materialized view m as select a, n from u;
    create table t (a int not null, b varchar(20), c int, d varchar(20) default 'x', e varchar(20) encode bytedict,
      f varchar(20) unique, k int distkey, s int sortkey);
    insert into t (a, b) values (1, 'four');
    create table i (a int, b varchar(20)) interleaved sortkey (a, b)
"""


def test_a_check_leaves_the_statement_of_the_client(schema: psycopg.Connection[Any]) -> None:
    """A statement with parameters or without, prepared without a name, is itself what runs after its check."""
    schema.execute("create table w (a int, b varchar(9), c int)")
    with schema.pipeline():
        schema.execute("alter table w drop column c", prepare=False)
        schema.execute("insert into w values (%s, 'x')", [1], prepare=False)
    for _ in range(2):
        with pytest.raises(psycopg.Error, match="VARCHAR columns only"), schema.pipeline():
            schema.execute("alter table w alter column a type varchar(20)", prepare=False)
    assert schema.execute("select * from w").fetchall() == [(1, "x")]


@pytest.mark.parametrize("rule", RULES, ids=[f"{rule['page']}: {rule['sql'][:60]}" for rule in RULES])
def test_the_rule_of_the_page_holds(schema: psycopg.Connection[Any], rule: dict[str, Any]) -> None:
    """The last statement gives the rows, does its work, or is refused with a text that says why."""
    for statement in split_statements(SETUP):
        schema.execute(statement.encode())
    *before, last = split_statements(rule["sql"])
    for statement in before:
        schema.execute(statement.encode())
    if "error" in rule:
        with pytest.raises(psycopg.Error, match=rule["error"].replace("(", r"\(").replace(")", r"\)")):
            schema.execute(last.encode())
        return
    cursor = schema.execute(last.encode())
    if "rows" in rule:
        assert [list(row) for row in cursor.fetchall()] == rule["rows"]

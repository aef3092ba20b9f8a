"""The queries of what an UPDATE or a MERGE assigns."""

from __future__ import annotations

import pytest

from localcloud.athena.failure import QueryFailed
from localcloud.athena.statements import assignments


def test_an_update_computes_its_values_from_the_rows_that_it_changes() -> None:
    """Commas and keywords within parentheses, CASE and texts end no value."""
    (assigned,) = assignments.of_update(
        "UPDATE d.t SET a = f(b, (SELECT 1 WHERE true)), c = CASE WHEN x THEN ',' END WHERE a > 1"
    )
    assert assigned.columns == ["a", "c"]
    assert assigned.query == (
        "SELECT f(b, (SELECT 1 WHERE true)) AS c0, TRY(CASE WHEN x THEN ',' END) AS c1 FROM d.t WHERE a > 1"
    )


def test_a_merge_has_a_query_for_its_updates_and_one_for_its_inserts() -> None:
    """Updates see both tables, inserts only the source; without a list of columns the table's own are meant."""
    update, insert = assignments.of_merge(
        "MERGE INTO t x USING (SELECT 1 a) AS y ON x.a = CASE WHEN true THEN y.a END "
        "WHEN MATCHED AND x.b = 1 THEN DELETE WHEN MATCHED THEN UPDATE SET b = y.a, c = 2 "
        "WHEN NOT MATCHED THEN INSERT VALUES (a, 3, 'WHEN')",
        ["a", "b", "c"],
    )
    assert update.rows == "t x RIGHT JOIN (SELECT 1 a) AS y ON x.a = CASE WHEN true THEN y.a END"
    assert (update.columns, update.values) == (["b", "c"], ["y.a", "2"])
    assert insert.rows == "(SELECT 1 a) AS y"
    assert (insert.columns, insert.values) == (["a", "b", "c"], ["a", "3", "'WHEN'"])


def test_a_merge_that_only_deletes_assigns_nothing() -> None:
    """There is no query to run."""
    assert assignments.of_merge("MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE", ["a"]) == []


@pytest.mark.parametrize("sql", ["UPDATE t", "UPDATE t SET", "UPDATE t SET a", "MERGE INTO t"])
def test_a_statement_that_ends_too_early_is_a_syntax_error(sql: str) -> None:
    """The message says what is missing."""
    read = assignments.of_update if sql.startswith("UPDATE") else lambda text: assignments.of_merge(text, [])
    with pytest.raises(QueryFailed, match="mismatched input|Expecting"):
        read(sql)

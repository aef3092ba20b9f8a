"""Queries with hidden columns of a table that the engine is told as a view."""

from __future__ import annotations

import pytest

from localcloud.athena.failure import QueryFailed
from localcloud.athena.statements.hidden import rewritten
from localcloud.athena.statements.references import Name


def _columns(name: Name) -> list[str] | None:
    return ["a", "b"] if name[-1] in ("t", "u") else None


ALL = '"t"."a", "t"."b"'
FILES = '"t$files" AS "t"'


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ('SELECT *, "$path" FROM t', f'SELECT {ALL}, "$path" FROM {FILES}'),
        ('SELECT "$path", * FROM t WHERE a IN (1, 2)', f'SELECT "$path", {ALL} FROM {FILES} WHERE a IN (1, 2)'),
        ('SELECT DISTINCT *, "$path" FROM db.t', f'SELECT DISTINCT {ALL}, "$path" FROM db.{FILES}'),
        ('SELECT x.*, "$path" FROM t AS x', 'SELECT "x"."a", "x"."b", "$path" FROM "t$files" AS x'),
        ('SELECT t.*, o.*, "$path" FROM t, o', f'SELECT {ALL}, o.*, "$path" FROM {FILES}, o'),
        ('SELECT db.t.*, "$path" FROM db.t', f'SELECT {ALL}, "$path" FROM db.{FILES}'),
        ('SELECT * FROM (SELECT a, "$path" p FROM t) q', f'SELECT * FROM (SELECT a, "$path" p FROM {FILES}) q'),
        ('SELECT count(*), "$path" FROM t GROUP BY 2', f'SELECT count(*), "$path" FROM {FILES} GROUP BY 2'),
        ('SELECT a * b, "$path" FROM t', f'SELECT a * b, "$path" FROM {FILES}'),
        ('SELECT *, "$path" FROM o', 'SELECT *, "$path" FROM o'),
        (
            "SELECT *, \"$path\" FROM t UNION ALL SELECT *, '' FROM o",
            f"SELECT {ALL}, \"$path\" FROM {FILES} UNION ALL SELECT *, '' FROM o",
        ),
    ],
)
def test_a_star_becomes_the_columns_of_the_table(sql: str, expected: str) -> None:
    """The view with the hidden columns shows them to nobody who did not name them."""
    assert rewritten(sql, _columns) == expected


@pytest.mark.parametrize("source", ["t JOIN o ON t.a = o.a", "o, t", "(t CROSS JOIN o)", "t, UNNEST(x) n (y)"])
def test_a_star_of_a_join_is_refused(source: str) -> None:
    """It could not be told which columns come from where."""
    with pytest.raises(QueryFailed, match=r"table\.\*"):
        rewritten(f'SELECT *, "$path" FROM {source}', _columns)

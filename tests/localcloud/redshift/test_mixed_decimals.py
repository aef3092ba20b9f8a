"""Columns of several types of numbers, and GROUP BY ALL, in the engine's SQL: what is changed, and what is not."""

from __future__ import annotations

import pytest

from localcloud.redshift.protocol.frames import Column

from .translation import Known, translated

INT, NUMERIC = 23, 1700
COLUMNS = [
    Column(name, 0, 0, kind, 0, modifier, 0) for name, kind, modifier in (("i", INT, -1), ("d", NUMERIC, 327686))
]
"""Of the table t: i INTEGER, d DECIMAL(5,2)."""


def made_of(sql: str) -> str:
    """Translate a statement on the table t."""
    return translated(sql, known=Known(lambda query: COLUMNS)).sql


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "select avg(case when i < 5 then 1.0 else 0 end) from t",
            "(case when i < 5 then 1.0 else 0 end)::numeric(11,1)",
        ),
        ("select coalesce(i, d) x from t", "(coalesce(i, d))::numeric(12,2)"),
        ("select greatest(d, 1.125) x from t", "(greatest(d, 1.125))::numeric(6,3)"),
        ("select d from t union select 1.125", "select (d)::numeric(6,3) from t union"),
        ("select * from t union select 1, 2", 'select "i", ("d")::numeric(12,2) AS "d" from t'),
        ("select i from t union (select d from t)", "(select (d)::numeric(12,2) from t)"),
    ],
)
def test_a_choice_between_numbers_has_one_type(sql: str, expected: str) -> None:
    """Precision and scale are those of the page r_numeric_computations201."""
    assert expected in made_of(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select i from t union select 1",
        "select 'case when 1.0 union' from t",
        'select "case", "union", "coalesce" from /* union 1.0 */ u -- case\nlimit 1',
        "select case when i = 1 then 'a' else 'b' end from t",
        "select $$ coalesce(1, 2.5) $$ from t",
        "select 1 as \"group by all\", 'group by all' from t",
    ],
)
def test_what_is_no_choice_between_decimals_stays(sql: str) -> None:
    """Whole numbers, texts, quoted names, comments and dollar quotes are left to the engine."""
    assert made_of(sql) == sql


@pytest.mark.parametrize(
    ("sql", "keys"),
    [
        ("select i, max(d) from t group by all", "1"),
        ("select *, count(*) from t group by all", "1, 2"),
        ("select count(*), d, sum(i) over (), (select max(i) from t) from t group by all having true", "2, 4"),
        ("select listagg(i), i + 1 from t group by all order by 2", "2"),
        ("select count(*) from t group by all", "()"),
    ],
)
def test_group_by_all_numbers_the_columns_that_are_not_aggregated(sql: str, keys: str) -> None:
    """Aggregates, window functions and what holds them are no keys; a star is as many as it has columns."""
    assert f"group by {keys}" in made_of(sql)

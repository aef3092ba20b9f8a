"""Precision and scale of what is computed of decimals, after the page r_numeric_computations201."""

from __future__ import annotations

import pytest

from localcloud.redshift.sql import numbers
from localcloud.redshift.sql.arithmetic import Reader
from localcloud.redshift.sql.edits import apply, text
from localcloud.redshift.sql.lexer import lex
from localcloud.redshift.sql.numbers import Number, computed, decimal

COLUMNS = {"p": decimal(8, 2), "q": numbers.INT2, "f": numbers.FLOAT, "s": decimal(38, 2), "n": numbers.INT8}


def read(sql: str) -> tuple[str, Number | None]:
    """Return an expression in the engine's SQL, and its type."""
    tokens = lex(sql)
    reader = Reader(tokens, lambda path: COLUMNS.get(path[-1]))
    kind = reader.scan(0, len(tokens))
    return text(apply(tokens, [change.edit(tokens) for change in reader.changes])), kind


@pytest.mark.parametrize(
    ("operator", "left", "right", "expected"),
    [
        ("/", decimal(8, 2), decimal(8, 2), (17, 9)),
        ("/", decimal(8, 2), numbers.INT2, (14, 8)),
        ("/", decimal(19, 0), decimal(19, 0), (38, 19)),
        ("/", decimal(38, 2), numbers.INT8, (38, 4)),
        ("*", decimal(8, 2), numbers.INT2, (14, 2)),
        ("+", decimal(7, 2), decimal(15, 3), (16, 3)),
    ],
)
def test_the_result_has_the_digits_of_the_page(
    operator: str, left: Number, right: Number, expected: tuple[int, int]
) -> None:
    """Each operator has its formula, and a limit of 38 digits that leaves four after the point at least."""
    assert computed(operator, left, right) == Number("decimal", *expected)


@pytest.mark.parametrize("sql", ["q / n", "p / f", "unknown / p", "q + 1", "count(*) / 2", "p / $1", "p - (select 1)"])
def test_what_is_no_division_of_decimals_stays(sql: str) -> None:
    """Whole numbers, floating ones and operands of unknown type are left to the engine."""
    assert read(sql)[0] == sql


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("10 / 3.0", (15, 4)),
        ("sum(p) / count(*)", (38, 4)),
        ("p / nullif(q, 0)", (14, 8)),
        ("(p + 1) / 2", (24, 13)),
        ("case when q > 1 then p else 0 end / 3", (23, 13)),
        ("coalesce(p, 0)::decimal(10,4) / 3", (21, 15)),
        ("coalesce(p, 0)::dec(10,4) / 3", (21, 15)),
        ("round(p, 1) / 2.0", (12, 4)),
    ],
)
def test_a_quotient_is_cut_to_its_scale(sql: str, kind: tuple[int, int]) -> None:
    """The type of each operand is read from literals, columns, casts and calls."""
    made, found = read(sql)
    assert found == Number("decimal", *kind)
    assert made.startswith("(div((")
    assert made.endswith(f")::numeric({kind[0]},{kind[1]})")

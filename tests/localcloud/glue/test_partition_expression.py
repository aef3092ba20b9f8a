"""Which partitions an expression of GetPartitions chooses."""

from __future__ import annotations

import pytest

from localcloud.glue.names import InvalidInput
from localcloud.glue.partition_expression import NULL, InvalidState, compiled

TYPES = {"y": "int", "m": "string", "d": "date", "t": "timestamp", "n": "decimal"}
VALUES = {"y": "2024", "m": "01", "d": "2024-01-02", "t": "2024-01-02 10:00:00", "n": "12345678901234567890.1"}


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("y=2024", True),
        ("Y = '2024'", True),
        ("2023 < y", True),
        ("y != 2024 OR m <> '01'", False),
        ("y < > 2023", True),
        ("NOT (y = 2024 AND m = '02')", True),
        ("not y = 2024", False),
        ("y = 2024 OR y = 1 AND m = 'x'", True),
        ("y in (1, 2024) and m not in ('02')", True),
        ("y BETWEEN 2024 AND 2024 AND m NOT BETWEEN '02' AND '03'", True),
        ("m LIKE '0%' AND m LIKE '__' AND m NOT LIKE '0'", True),
        ("`m` = '01' AND \"y\" >= 2024", True),
        ("d >= '2024-01-02' AND d < date '2024-01-03'", True),
        ("t > '2024-01-02 09:59:59.5'", True),
        ("n = 12345678901234567890.1", True),
        ("n = 12345678901234567890.2", False),
        ("y = 02024", True),
        ("m = '1'", False),
        ("m IS NULL", False),
        ("y IS NOT NULL", True),
    ],
)
def test_what_holds(expression: str, holds: bool) -> None:
    """Names fold, values compare by type, all operators of the page work (API_GetPartitions)."""
    assert compiled(expression, TYPES)(VALUES) is holds


@pytest.mark.parametrize(
    ("expression", "holds"),
    [("y = 1", None), ("NOT y = 1", None), ("y IS NULL", True), (f"m = '{NULL}'", True), ("y = 1 OR m > '0'", True)],
)
def test_hives_mark_for_null(expression: str, holds: bool | None) -> None:
    """It fits no number; a key of text has it as a value, by which the engine asks."""
    assert compiled(expression, TYPES)({**VALUES, "y": NULL, "m": NULL}) is holds


def test_a_quote_inside_a_text() -> None:
    """It is written twice."""
    assert compiled("m = 'it''s'", TYPES)({**VALUES, "m": "it's"}) is True


@pytest.mark.parametrize(
    "expression",
    ["y =", "y", "y = x", "nosuch = 1", "y = 'abc'", "y LIKE '2%'", "y * 2 = 4048", "true", "(y = 1", "y = 1)", "y = 1 m",
     "m = \"01\"", "y IN ()", "y NOT = 1", "d = 'yesterday'", "y = 1;", "(" * 900, "y = 1 # x"],
)  # fmt: skip
def test_what_is_no_expression(expression: str) -> None:
    """It is an InvalidInputException, and no error of the lab."""
    with pytest.raises(InvalidInput):
        compiled(expression, TYPES)


def test_a_value_that_its_key_cannot_have() -> None:
    """The catalog takes any text for a number; a comparison with it is an InvalidStateException."""
    with pytest.raises(InvalidState):
        compiled("y = 1", TYPES)({**VALUES, "y": "abc"})

"""The figures of every sheet as SQL that Redshift, Athena and Hyper accept, and how results are compared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from smartcity.bi.model import RELATIONS, Sheet, column_of, measure
from smartcity.sql import statements

Row = tuple[Any, ...]
SUM_TOLERANCE: Final = 1e-9
"""Engines add floating-point numbers in different orders; a relative difference up to this is not a difference."""


def sql_of(sheet: Sheet, schema: str = "") -> str:
    """Return the query of a sheet's figures: its columns, then its measures, ordered by the columns.

    `schema` holds the star; without it, names are unqualified.
    """
    prefix = f"{schema}." if schema else ""
    by = [f"{_alias(each)}.{column_of(sheet, each)[1].name}" for each in sheet.by]
    figures = [measure(name).sql for name in sheet.measures]
    joins = [
        f"LEFT JOIN {prefix}{each.dimension} ON {each.dimension}.{each.column} = f.{each.column}"
        for each in RELATIONS
        if each.fact == sheet.fact and any(use.startswith(f"{each.dimension}.") for use in sheet.by)
    ]
    groups = f" GROUP BY {', '.join(by)} ORDER BY {', '.join(by)}" if by else ""
    return " ".join([f"SELECT {', '.join([*by, *figures])} FROM {prefix}{sheet.fact} f", *joins]) + groups  # noqa: S608


def _alias(by: str) -> str:
    return by.rpartition(".")[0] or "f"


def athena_sql_of(sheet: Sheet) -> str:
    """Return the same query for Athena, with the star computed afresh from the events in the lake."""
    return f"WITH {statements('star_on_lake')[0]} {sql_of(sheet)}"


def differences(name: str, expected: Sequence[Row], actual: Sequence[Row]) -> list[str]:
    """Return a description of how two results differ; rows may come in any order, times are UTC without a zone."""
    left, right = (sorted((tuple(map(_plain, row)) for row in rows), key=_order) for rows in (expected, actual))
    if len(left) != len(right):
        return [f"{name}: {len(left)} rows against {len(right)}"]
    unlike = [f"{name}: {a} against {b}" for a, b in zip(left, right, strict=True) if not all(map(_same, a, b))]
    return unlike[:5]


def _plain(value: Any) -> Any:
    if value is None or value != value:
        return None
    if hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime()
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return value if isinstance(value, str | bool) else float(value)


def _order(row: Row) -> tuple[tuple[bool, str], ...]:
    return tuple((value is None, "" if isinstance(value, float) else str(value)) for value in row)


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=SUM_TOLERANCE, abs_tol=1e-12)
    return bool(left == right)

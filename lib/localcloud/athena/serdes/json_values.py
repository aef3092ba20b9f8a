"""Values of JSON that do not fit the types of a table: where Athena fails, and the engine would answer NULL.

A check returns the reason, or '' where the engine reads the value. What is not certain to become NULL passes.
https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html (use.null.for.invalid.data)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from localcloud.athena.reader import Reader

Check = Callable[[Any], str]

_BITS = {"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64}
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?|0[xX][0-9a-fA-F]+|[+-]?(NaN|Infinity)", re.ASCII)
_DATE = re.compile(r"\s*\d{1,5}-\d{1,2}-\d{1,2}.*|[+-]?(0[xX])?[0-9a-fA-F]+", re.ASCII | re.DOTALL)
_TIMESTAMP = re.compile(r"\s*\d{1,5}-\d{1,2}-\d{1,2}[ T]\d.*|[-+.0-9]+", re.ASCII | re.DOTALL)


class Number(str):
    """A number as JSON writes it; a text in quotes is a plain `str`."""


def check_of(hive_type: str) -> Check:
    """Return the check of a column's type."""
    return _check(Reader(hive_type, hive=True))


def _check(reader: Reader) -> Check:
    name = reader.name()
    if name == "array":
        reader.need("<")
        element = _check(reader)
        reader.need(">")
        return lambda value: next(filter(None, map(element, value)), "") if isinstance(value, list) else element(value)
    if name == "map":
        return _map(reader)
    if name == "struct":
        return _struct(reader)
    size = reader.group() if reader.sees("(") else ""
    if name in _BITS:
        return lambda value: _whole(value, _BITS[name], name)
    if name == "decimal":
        precision, _, scale = (size or "10,0").partition(",")
        return lambda value: _decimal(value, int(precision), int(scale or 0))
    patterns = {"float": _NUMBER, "double": _NUMBER, "date": _DATE, "timestamp": _TIMESTAMP}
    if name in patterns:
        return lambda value: _matching(value, patterns[name], name)
    return lambda value: ""


def _map(reader: Reader) -> Check:
    reader.need("<")
    _check(reader)
    reader.need(",")
    inner = _check(reader)
    reader.need(">")
    return lambda value: next(filter(None, map(inner, value.values())), "") if isinstance(value, dict) else ""


def _struct(reader: Reader) -> Check:
    checks: dict[str, Check] = {}
    reader.need("<")
    while not reader.take(">"):
        name = reader.name()
        reader.need(":")
        checks[name] = _check(reader)
        reader.take(",")

    def check(value: Any) -> str:
        if not isinstance(value, dict):
            return ""
        reasons = (checks[key.lower()](inner) for key, inner in value.items() if key.lower() in checks)
        return next(filter(None, reasons), "")

    return check


def _scalar(value: Any, kind: str) -> str:
    if isinstance(value, dict | list):
        return f"a JSON {'object' if isinstance(value, dict) else 'array'} can not be coerced to {kind}"
    return ""


def _whole(value: Any, bits: int, kind: str) -> str:
    if value is None or isinstance(value, dict | list):
        return _scalar(value, kind)
    text = str(value).strip()
    if _INTEGER.fullmatch(text):
        fits = -(2 ** (bits - 1)) <= int(text) < 2 ** (bits - 1)
        return "" if fits else f'For input string: "{text}", which is out of the range of {kind}'
    return "" if _NUMBER.fullmatch(text) else f'For input string: "{text}"'


def _decimal(value: Any, precision: int, scale: int) -> str:
    if value is None or isinstance(value, dict | list):
        return _scalar(value, "decimal")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return f'For input string: "{value}"'
    fits = number.is_finite() and abs(number) < Decimal(10) ** (precision - scale)
    return "" if fits else f'For input string: "{value}", which does not fit decimal({precision},{scale})'


def _matching(value: Any, pattern: re.Pattern[str], kind: str) -> str:
    if value is None or isinstance(value, dict | list):
        return _scalar(value, kind)
    return "" if pattern.fullmatch(str(value)) else f'For input string: "{value}"'

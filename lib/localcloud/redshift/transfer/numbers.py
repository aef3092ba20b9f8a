"""Numbers and truth values as COPY reads them, one at a time; what is wrong is told with its character and place."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from functools import partial
from typing import Any

import pyarrow as pa

from localcloud.redshift.transfer.rejects import BOOLEAN, FLOAT_RANGE, BadValue, Problem
from localcloud.redshift.transfer.target import Target

BLANKS = " \t\n\r\v\f"
INTEGERS = {"int2": (16, "Short"), "int4": (32, "Integer"), "int8": (64, "Long")}
TRUTH = {
    **dict.fromkeys(("t", "true", "y", "yes", "1"), True),
    **dict.fromkeys(("f", "false", "n", "no", "0"), False),
}
"""https://docs.aws.amazon.com/redshift/latest/dg/r_Boolean_type.html"""
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_PART = re.compile(r"[+-]?[0-9]*\.?[0-9]*(?:[eE][+-]?[0-9]*)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_SPECIAL = re.compile(r"[+-]?(?:nan|inf(?:inity)?)", re.IGNORECASE)
_EXACT = Context(prec=2000, Emax=100_000, Emin=-100_000)


def converter(target: Target, roundec: bool) -> Callable[[str], Any] | None:
    """Return how a text without blanks around it becomes a value of the column; None for other types."""
    if target.type in INTEGERS:
        return partial(_integer, *INTEGERS[target.type])
    if target.type == "numeric":
        return partial(_decimal, target, ROUND_HALF_UP if roundec else ROUND_DOWN)
    if target.type in ("float4", "float8"):
        return partial(_float, target.type)
    return _boolean if target.type == "bool" else None


def _digit(text: str, position: int, kind: str) -> BadValue:
    return BadValue(Problem(1207, f"Invalid digit, Value '{text[position]}', Pos {position}, Type: {kind}"))


def _integer(bits: int, kind: str, text: str) -> int:
    if not _INTEGER.fullmatch(text):
        start = 1 if text[0] in "+-" and len(text) > 1 else 0
        raise _digit(text, next(at for at in range(start, len(text)) if text[at] not in "0123456789"), kind)
    value = int(text) if len(text) < 50 else 1 << 99
    if not -(1 << bits - 1) <= value < 1 << bits - 1:
        raise BadValue(Problem(1222, f"Overflow, Value '{text[:30]}', Pos 0, Type: {kind}"))
    return value


def _check_number(text: str, kind: str) -> None:
    if not _NUMBER.fullmatch(text):
        match = _PART.match(text)
        end = match.end() if match else 0
        raise _digit(text, min(end, len(text) - 1), kind)


def _decimal(target: Target, rounding: str, text: str) -> Decimal | str:
    _check_number(text, "Decimal")
    if len(text) > 1000:
        raise BadValue(_overflow(target))
    value = _EXACT.create_decimal(text)
    if target.scale is None:
        return format(value, "f") if abs(value.adjusted()) < 1000 else text
    if value and value.adjusted() >= target.precision - target.scale + 1:
        raise BadValue(_overflow(target))
    if value.adjusted() < -target.scale - 1:
        return Decimal(0)
    value = value.quantize(Decimal(1).scaleb(-target.scale), rounding, context=_EXACT)
    if value and value.adjusted() >= target.precision - target.scale:
        raise BadValue(_overflow(target))
    return value


def _overflow(target: Target) -> Problem:
    return Problem(1204, f"Overflow for NUMERIC({target.precision},{target.scale or 0})")


def _float(kind: str, text: str) -> float:
    if _SPECIAL.fullmatch(text):
        return float(text)
    _check_number(text, "Double" if kind == "float8" else "Float")
    value = float(text)
    if kind == "float4":
        value = pa.scalar(text.removeprefix("+")).cast(pa.float32()).as_py()
    mantissa = re.split("[eE]", text)[0]
    if math.isinf(value) or (value == 0 and re.search("[1-9]", mantissa)):
        raise BadValue(FLOAT_RANGE)
    return value


def _boolean(text: str) -> bool:
    value = TRUTH.get(text.lower())
    if value is None:
        raise BadValue(BOOLEAN)
    return value

"""Decimals on their way to the client: at most 38 digits, and one whole number in the drivers' own binary form.

The engine's decimals may be longer; Redshift's have at most 38 digits
(https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html). The drivers' form is the one
that amazon-redshift-python-driver (utils/type_utils.py) and amazon-redshift-jdbc-driver (ByteConverter.redshiftNumeric)
read.
"""

from __future__ import annotations

import re
import struct

from localcloud.redshift.errors import SqlError
from localcloud.redshift.protocol.modifiers import digits_of

LOOSE = (38, 20)
"""Precision and scale that a decimal is described with when nothing in the statement says them."""
MAX_DIGITS = 38
TOO_LONG = re.compile(rb"[0-9.]{%d}" % (MAX_DIGITS + 1))
"""Is in every row of text that holds a longer decimal, and in few others."""
_MAX = 10**MAX_DIGITS - 1
_DIGITS, _NEGATIVE = struct.Struct("!hhHH"), 0x4000
"""The head of the engine's binary form: groups of four digits, the first one's weight, the sign, the scale."""


def precision_and_scale(modifier: int) -> tuple[int, int]:
    """Return the digits of a decimal in all and after the point, by the type modifier of its column."""
    return digits_of(modifier) or LOOSE


def checked_text(value: bytes) -> bytes:
    """Return a decimal that has no more digits than Redshift's can have."""
    if len(value.lstrip(b"-0.").replace(b".", b"")) > MAX_DIGITS:
        raise _overflow()
    return value


def checked(value: bytes) -> bytes:
    """Return a decimal in the engine's binary form that has no more digits than Redshift's can have."""
    scale = _DIGITS.unpack_from(value)[3]
    if _whole(value, scale)[0] > _MAX:
        raise _overflow()
    return value


def as_integer(value: bytes, scale: int, size: int) -> bytes:
    """Return a decimal's digits up to a scale as one signed integer of that many bytes."""
    number, rest = _whole(value, scale)
    sign = _DIGITS.unpack_from(value)[2]
    if number > _MAX:
        raise _overflow()
    if rest or sign not in (0, _NEGATIVE):
        raise _unfit(scale)
    try:
        return (-number if sign else number).to_bytes(size, "big", signed=True)
    except OverflowError:
        raise _unfit(scale) from None


def _whole(value: bytes, scale: int) -> tuple[int, int]:
    """Return the digits of a decimal up to a scale as one number, and those after it as another."""
    count, weight, _, _ = _DIGITS.unpack_from(value)
    number: int = 0
    for digits in struct.unpack_from(f"!{count}H", value, _DIGITS.size):
        number = number * 10_000 + digits
    shift = 4 * (weight + 1 - count) + scale
    return (number * int(10**shift), 0) if shift >= 0 else divmod(number, int(10**-shift))


def _overflow() -> SqlError:
    return SqlError(
        "22003",
        "Numeric data overflow (result precision)",
        hint=f"A decimal has at most {MAX_DIGITS} digits. CAST what is computed to DECIMAL(precision, scale)",
    )


def _unfit(scale: int) -> SqlError:
    return SqlError(
        "22003",
        f"a decimal does not fit the scale {scale} that its column was described with",
        hint="CAST the column to DECIMAL(precision, scale)",
    )

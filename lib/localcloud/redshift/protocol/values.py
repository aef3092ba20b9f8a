"""Values as Redshift writes them, where the engine writes them otherwise.

The binary forms are those that Redshift's own drivers read: amazon-redshift-python-driver (utils/type_utils.py),
amazon-redshift-jdbc-driver (ByteConverter).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from functools import partial

from localcloud.redshift.protocol import decimals
from localcloud.redshift.protocol.frames import Column
from localcloud.redshift.protocol.modifiers import digits_of, modifier_of
from localcloud.redshift.protocol.typenumbers import BYTEA, GEOGRAPHY, GEOMETRY, INTERVALD2S, INTERVALY2M
from localcloud.redshift.spatial.shapes import of_list, of_numbers, wkb

NUMERIC, TIME, TIMETZ, INTERVAL = 1700, 1083, 1266, 1186
Change = Callable[[bytes], bytes]
"""Makes Redshift's form of a value of the engine's. Raises SqlError if it has none."""

_BINARY = 2
_ENGINE_INTERVAL, _INTERVAL, _MONTHS, _MICROSECONDS = (struct.Struct(form) for form in ("!qii", "!qi", "!i", "!q"))
_DAY = 86_400_000_000
_TIMETZ = struct.Struct("!qi")
_ARRAY_HEAD, _ITEM = 20, struct.Struct("!id")
_MIDNIGHT, _MIDNIGHT_BINARY = b"24:00:00", _MICROSECONDS.pack(_DAY)
RARE = {
    (TIME, 0): re.compile(re.escape(_MIDNIGHT)),
    (TIME, 1): re.compile(re.escape(_MIDNIGHT_BINARY)),
    (NUMERIC, 0): decimals.TOO_LONG,
}
"""Type and format -> what is in rows of which a value must be changed or refused; most rows pass as they are."""


def change_of(column: Column, version: int | None, number: int = 0) -> Change | None:
    """Return what must be done to the values of a column, for a driver of that version (None: not Redshift's own).

    `number` is Redshift's number of its type.
    """
    if number in (GEOMETRY, GEOGRAPHY):
        binary = number == GEOGRAPHY and has_binary(version)
        return partial(_ewkb, listed=bool(column.format), binary=binary or bool(column.format))
    if column.type == BYTEA and not column.format:
        return _bytes if has_binary(version) else _digits_of_bytes
    if column.type == TIME:
        return _time
    if column.type == NUMERIC and not column.format:
        return decimals.checked_text
    if column.type == NUMERIC and not has_binary(version):
        return decimals.checked
    if version is None or not column.format:
        return None
    if column.type == INTERVAL:
        return _interval
    if column.type == TIMETZ:
        return _time_in_utc
    if column.type == NUMERIC:
        precision, scale = decimals.precision_and_scale(column.modifier)
        return partial(decimals.as_integer, scale=scale, size=8 if precision < 19 else 16)
    return None


def has_binary(version: int | None) -> bool:
    """Return whether the version has Redshift's own binary forms, so a decimal needs a precision and a scale."""
    return version is not None and version >= _BINARY


def described(column: Column, version: int | None, number: int = 0) -> Column:
    """Return a column as it is sent: in version 2 VARBYTE and GEOGRAPHY are binary, and decimals have a modifier."""
    if not has_binary(version):
        return column
    if column.type == BYTEA or number == GEOGRAPHY:
        return column._replace(format=1)
    if column.type == NUMERIC and digits_of(column.modifier) is None:
        return column._replace(modifier=modifier_of(*decimals.LOOSE))
    return column


def _ewkb(value: bytes, *, listed: bool, binary: bool) -> bytes:
    """Return the EWKB, in hexadecimal unless `binary`, of a list of numbers in the engine's binary form or as text."""
    if listed:
        count = (len(value) - _ARRAY_HEAD) // _ITEM.size
        shape = of_numbers([_ITEM.unpack_from(value, _ARRAY_HEAD + at * _ITEM.size)[1] for at in range(count)])
    else:
        shape = of_list(value.decode())
    return wkb(shape) if binary else wkb(shape).hex().upper().encode()


def _digits_of_bytes(value: bytes) -> bytes:
    return value.removeprefix(b"\\x")


def _bytes(value: bytes) -> bytes:
    """Return the bytes themselves: version 2 sends them so, whichever form the client asks for."""
    return bytes.fromhex(value.removeprefix(b"\\x").decode())


def _time(value: bytes) -> bytes:
    """Return the end of a day as the beginning of one, which is what Redshift sends."""
    if value == _MIDNIGHT:
        return b"00:00:00"
    return bytes(8) if value == _MIDNIGHT_BINARY else value


def _time_in_utc(value: bytes) -> bytes:
    """Return a time with a zone as that of the same moment in UTC."""
    time, zone = _TIMETZ.unpack(value)
    return _TIMETZ.pack((time + zone * 1_000_000) % _DAY, 0)


def _interval(value: bytes) -> bytes:
    """Return an interval in 12 bytes: a day is 24 hours, as in PostgreSQL 8.0."""
    time, days, months = _ENGINE_INTERVAL.unpack(value)
    return _INTERVAL.pack(time + days * _DAY, months)


def sent_as(number: int, version: int | None) -> Change | None:
    """Return what makes the engine's binary form of a parameter of that type (one of Redshift's numbers)."""
    if number == INTERVAL and version is None:
        return None
    return _SENT.get(number)


def _sent_interval(value: bytes) -> bytes:
    time, months = _INTERVAL.unpack(value)
    return _ENGINE_INTERVAL.pack(time, 0, months)


def _sent_months(value: bytes) -> bytes:
    return _ENGINE_INTERVAL.pack(0, 0, *_MONTHS.unpack(value))


def _sent_microseconds(value: bytes) -> bytes:
    """Return days and the rest of a day, both with the sign of the whole."""
    (whole,) = _MICROSECONDS.unpack(value)
    days, rest = divmod(abs(whole), _DAY)
    sign = -1 if whole < 0 else 1
    return _ENGINE_INTERVAL.pack(sign * rest, sign * days, 0)


_SENT = {INTERVAL: _sent_interval, INTERVALY2M: _sent_months, INTERVALD2S: _sent_microseconds}

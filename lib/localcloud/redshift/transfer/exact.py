"""One value at a time: what COPY's pages say becomes of a field, and what is wrong with it where it does not fit."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from localcloud.redshift.errors import SqlError
from localcloud.redshift.spatial import shapes, wkt
from localcloud.redshift.spatial.shapes import Shape
from localcloud.redshift.transfer import moments, numbers, utf8
from localcloud.redshift.transfer.numbers import BLANKS
from localcloud.redshift.transfer.rejects import CHAR_LENGTH, HEXADECIMAL, LENGTH, NUL, SUPER, BadValue, Problem
from localcloud.redshift.transfer.statements import Copy
from localcloud.redshift.transfer.target import Target

Convert = Callable[[bytes], Any]
"""Makes a value of a field that is not null; None is null. Raises BadValue."""


def converter(target: Target, copy: Copy, cast: moments.Cast) -> Convert:
    """Return how a field becomes a value of a column. Raises SqlError for a type that COPY does not load."""
    if target.is_text:
        return lambda value: _text(value, target, copy)
    if target.type == "super":
        return _super
    read: Callable[[str], Any] | None = SPATIAL.get(target.type)
    read = read or (partial(_varbyte, target) if target.type == "varbyte" else None)
    read = read or numbers.converter(target, copy.roundec) or moments.converter(target, copy, cast)
    if read is None:
        raise SqlError("0A000", f'column "{target.name}" is of a type that COPY cannot load: {target.type}')
    return lambda value: _typed(value, read)


def _typed(value: bytes, read: Callable[[str], Any]) -> Any:
    if b"\0" in value:
        raise BadValue(NUL)
    text = value.decode(errors="replace").strip(BLANKS)
    return read(text) if text else None


def _decoded(value: bytes, copy: Copy) -> str:
    if b"\0" in value:
        raise BadValue(NUL)
    if copy.acceptinvchars:
        return utf8.replaced(value, copy.acceptinvchars)
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise BadValue(utf8.problem(error)) from None


def _text(value: bytes, target: Target, copy: Copy) -> str | None:
    if target.type == "bpchar" and not value.isascii():
        raise BadValue(_multibyte(value))
    text = _decoded(value, copy)
    if (copy.emptyasnull and not text) or (copy.blanksasnull and text and not text.strip(BLANKS)):
        return None
    if target.type == "bpchar":
        text = text.rstrip(" ")
    elif copy.trimblanks:
        text = text.rstrip(BLANKS)
    return _fitting(text, target, copy)


def _fitting(text: str, target: Target, copy: Copy) -> str:
    """Return the text if it fits; blanks that do not are cut off."""
    size = target.length
    if size is None or len(text.encode()) <= size:
        return text
    cut = cut_bytes(text, size)
    if copy.truncatecolumns or not text[len(cut) :].strip(" "):
        return cut
    raise BadValue(CHAR_LENGTH if target.type == "bpchar" else LENGTH)


def _multibyte(value: bytes) -> Problem:
    start = next(at for at, byte in enumerate(value) if byte > 127)
    end = next((at for at in range(start, len(value)) if value[at] < 128), len(value))
    shown = " ".join(f"{byte:02x}" for byte in value[start : min(end, start + 4)])
    return Problem(1220, f"Multibyte character not supported for CHAR (Hint: try using VARCHAR). Invalid char: {shown}")


def cut_bytes(value: str, length: int) -> str:
    """Return the longest start of a text that fits into so many bytes of UTF-8."""
    return value.encode()[:length].decode(errors="ignore")


def _no_constant(name: str) -> None:
    raise ValueError(name)


_JSON = json.JSONDecoder(parse_constant=_no_constant, parse_int=str, parse_float=str)


def is_json(text: str) -> bool:
    """Check that a text is one JSON value, as the engine's SUPER reads it."""
    try:
        _JSON.decode(text)
    except (ValueError, RecursionError):
        return False
    return True


def _super(value: bytes) -> str | None:
    if b"\0" in value:
        raise BadValue(NUL)
    try:
        text = value.decode()
    except UnicodeDecodeError as error:
        raise BadValue(utf8.problem(error)) from None
    if not text.strip(BLANKS):
        return None
    if not is_json(text):
        raise BadValue(SUPER)
    return text


def _spatial(make: Callable[[Shape], Shape], text: str) -> str:
    """Return what the engine keeps of WKT, EWKT, or hexadecimal WKB or EWKB: copy-usage_notes-spatial-data."""
    try:
        return shapes.listed(make(wkt.value_of(text)))
    except SqlError as error:
        raise BadValue(Problem(1224, error.message)) from None


SPATIAL: dict[str, Callable[[str], Any]] = {
    "geometry": partial(_spatial, lambda shape: shape),
    "geography": partial(_spatial, wkt.geography),
}
"""Type -> what reads its texts. Raises BadValue."""


def _varbyte(target: Target, text: str) -> bytes:
    try:
        if not text.isalnum():
            raise ValueError(text)
        value = bytes.fromhex(text)
    except ValueError:
        raise BadValue(HEXADECIMAL) from None
    if target.length is not None and len(value) > target.length:
        raise BadValue(LENGTH)
    return value

"""WKT and EWKT: text to shapes and back. Raises SqlError at text that is neither."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

from localcloud.redshift.errors import SqlError
from localcloud.redshift.spatial.shapes import (
    COLLECTION,
    LINESTRING,
    MEMBER,
    NAMES,
    POINT,
    POLYGON,
    Position,
    Shape,
    checked,
    of_wkb,
)

_KINDS = {name.upper(): kind for kind, name in enumerate(NAMES) if name}
_TOKEN = re.compile(r"\s*(?:([A-Za-z]+)|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|([(),]))")
_PLAIN_POINT = re.compile(r"POINT ?\(([-+]?[0-9]+(?:\.[0-9]+)?) ([-+]?[0-9]+(?:\.[0-9]+)?)\)")
"""What most rows of a file are: read without tokens."""
_SRID = re.compile(r"\s*SRID\s*=\s*(\d+)\s*;", re.IGNORECASE)
_GEOGRAPHY = 4326
_DIGITS = 15
"""The precision of a text without another: https://docs.aws.amazon.com/redshift/latest/dg/ST_AsText-function.html"""


class _Reader:
    """The tokens of a text, in upper case."""

    def __init__(self, text: str) -> None:
        self._tokens, at, text = list[str](), 0, text.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if not match:
                raise ValueError(f'unexpected "{text[at : at + 10]}"')
            self._tokens.append(match[0].strip().upper())
            at = match.end()
        self._tokens.reverse()

    def next(self) -> str:
        if not self._tokens:
            raise ValueError("the text ends too early")
        return self._tokens.pop()

    def take(self, *texts: str) -> bool:
        if self._tokens and self._tokens[-1] in texts:
            self._tokens.pop()
            return True
        return False

    def need(self, text: str) -> None:
        if (token := self.next()) != text:
            raise ValueError(f'"{text}" expected, not "{token}"')

    def is_number(self) -> bool:
        return bool(self._tokens) and self._tokens[-1][0] in "+-.0123456789"

    def require_end(self) -> None:
        if self._tokens:
            raise ValueError(f'unexpected "{self._tokens[-1]}"')


def read(text: str, *, extended: bool = True) -> Shape:
    """Return the shape of a WKT, or of an EWKT if `extended`. Raises SqlError."""
    prefix = _SRID.match(text) if extended else None
    if point := _PLAIN_POINT.fullmatch(text, prefix.end() if prefix else 0):
        position = float(point[1]), float(point[2])
        if all(map(math.isfinite, position)):
            return Shape(POINT, position, srid=int(prefix[1]) if prefix else 0)
    try:
        reader = _Reader(text[prefix.end() :] if prefix else text)
        shape = checked(_shape(reader))
        reader.require_end()
    except (ValueError, RecursionError) as error:
        raise SqlError("22023", f"invalid WKT: {error}") from None
    return replace(shape, srid=int(prefix[1])) if prefix else shape


def value_of(text: str) -> Shape:
    """Return the shape of a text in any of the forms that COPY reads: hexadecimal WKB and EWKB, WKT and EWKT."""
    return hexadecimal(text) if text.strip()[:2] in ("00", "01") else read(text)


def hexadecimal(text: str) -> Shape:
    """Return the shape of hexadecimal WKB or EWKB. Raises SqlError."""
    try:
        return of_wkb(bytes.fromhex(text.strip()))
    except ValueError:
        raise SqlError("22023", "invalid WKB: it is not hexadecimal") from None


def geography(shape: Shape) -> Shape:
    """Return a shape as a geography: its SRID is 4326 if it has none."""
    return shape if shape.srid else replace(shape, srid=_GEOGRAPHY)


def _shape(reader: _Reader) -> Shape:
    word = reader.next()
    kind, dimensions = _KINDS.get(word), ""
    if kind is None:
        stem = next((name for name in _KINDS if word in (f"{name}Z", f"{name}M", f"{name}ZM")), None)
        if stem is None:
            raise ValueError(f'unknown kind "{word}"')
        kind, dimensions = _KINDS[stem], word[len(stem) :]
    for given in ("ZM", "Z", "M"):
        if not dimensions and reader.take(given):
            dimensions = given
    return _body(reader, Shape(kind, [], "Z" in dimensions, "M" in dimensions))


def _body(reader: _Reader, empty: Shape) -> Shape:
    if reader.take("EMPTY"):
        return replace(empty, body=() if empty.kind == POINT else [])
    if empty.kind == POINT:
        reader.need("(")
        position = _position(reader, empty.width)
        reader.need(")")
        return replace(empty, body=position)
    if empty.kind == LINESTRING:
        return replace(empty, body=_listed(reader, lambda: _position(reader, empty.width)))
    if empty.kind == POLYGON:
        ring = LINESTRING
        return replace(empty, body=_listed(reader, lambda: _body(reader, empty.like(ring, [])).body))
    if empty.kind == COLLECTION:
        return replace(empty, body=_listed(reader, lambda: _shape(reader)))
    return replace(empty, body=_listed(reader, lambda: _member(reader, empty.like(MEMBER[empty.kind], []))))


def _member(reader: _Reader, empty: Shape) -> Shape:
    """Return a part of a multi-geometry; a point may stand without parentheses."""
    if empty.kind == POINT and reader.is_number():
        return replace(empty, body=_position(reader, empty.width))
    return _body(reader, empty)


def _listed(reader: _Reader, item: Any) -> list[Any]:
    reader.need("(")
    items = [item()]
    while reader.take(","):
        items.append(item())
    reader.need(")")
    return items


def _position(reader: _Reader, width: int) -> Position:
    position = list[float]()
    while reader.is_number():
        position.append(float(reader.next()))
    if len(position) != width:
        raise ValueError(f"a point has {len(position)} coordinates, not {width}")
    return tuple(position)


def written(shape: Shape, digits: int = _DIGITS, *, extended: bool = False) -> str:
    """Return the WKT, or the EWKT, with so many significant digits."""
    prefix = f"SRID={shape.srid};" if extended and shape.srid else ""
    return prefix + _named(shape, digits)


def number(value: float, digits: int) -> str:
    """Return a coordinate with so many significant digits."""
    shown = f"{value:.{digits}g}"
    if "e" in shown and 1e-4 < abs(value) < 1e15:
        shown = f"{float(shown):.15f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def _named(shape: Shape, digits: int) -> str:
    dimensions = "Z" * shape.z + "M" * shape.m
    name = shape.name.upper() + (f" {dimensions} " if dimensions else "")
    body = _text(shape, digits)
    return f"{name.rstrip()} EMPTY" if body == "EMPTY" else name + body


def _text(shape: Shape, digits: int) -> str:
    if not shape.body:
        return "EMPTY"
    if shape.kind == POINT:
        return f"({_shown(shape.body, digits)})"
    if shape.kind == LINESTRING:
        return _line(shape.body, digits)
    if shape.kind == POLYGON:
        return "(" + ",".join(_line(ring, digits) for ring in shape.body) + ")"
    part = _named if shape.kind == COLLECTION else _text
    return "(" + ",".join(part(member, digits) for member in shape.body) + ")"


def _line(positions: list[Position], digits: int) -> str:
    return "(" + ",".join(_shown(position, digits) for position in positions) + ")"


def _shown(position: Position, digits: int) -> str:
    return " ".join(number(value, digits) for value in position)

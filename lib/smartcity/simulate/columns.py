"""Events as columns: exact decimals instead of floats, so that their JSON text is the same bytes on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smartcity.events import TOPICS
from smartcity.simulate.chance import Bools, Ints

_SMALL: Final = 10_000
_TYPES: Final = {
    "string": pa.string(),
    "double": pa.float64(),
    "long": pa.int64(),
    "timestamp": pa.timestamp("ms", tz="UTC"),
    "list": pa.list_(pa.string()),
}


@dataclass(frozen=True)
class Decimals:
    """Numbers as whole multiples of 10**-`places`; null if not `known`."""

    units: Ints
    places: int
    known: Bools | None = None

    def filter(self, keep: Bools) -> Decimals:
        """Return the numbers where `keep` is true."""
        return Decimals(self.units[keep], self.places, None if self.known is None else self.known[keep])


@dataclass(frozen=True)
class Events:
    """Clean events of one topic. `device` and `tick_ms` name each event; `send_ms` is when its device sends it."""

    topic: str
    columns: Mapping[str, pa.Array | Decimals]
    device: Ints
    tick_ms: Ints
    send_ms: Ints

    def table(self) -> pa.Table:
        """Return the events as typed Arrow columns: doubles as float64, times as timestamp[ms, UTC]."""
        return pa.table({f.name: _typed(self.columns[f.name], f.kind) for f in TOPICS[self.topic].fields})

    @property
    def clock_ms(self) -> Ints:
        """The event times by the devices' clocks, in milliseconds since the epoch."""
        return np.asarray(self.plain("event_time"))

    def plain(self, name: str) -> pa.Array:
        """Return a column that holds no decimals."""
        column = self.columns[name]
        if isinstance(column, Decimals):
            raise TypeError(f"{name} holds decimals")
        return column

    def filter(self, keep: Bools) -> Events:
        """Return the events where `keep` is true."""
        mask = pa.array(keep)
        columns = {n: c.filter(keep) if isinstance(c, Decimals) else c.filter(mask) for n, c in self.columns.items()}
        return Events(self.topic, columns, self.device[keep], self.tick_ms[keep], self.send_ms[keep])

    def json(self) -> pa.Array:
        """Return each event as JSON text (binary array), fields in the order of the contract."""
        pieces: list[Any] = []
        for number, each in enumerate(TOPICS[self.topic].fields):
            before, after = _QUOTES[each.kind]
            pieces += [
                ("," if number else "{") + f'"{each.name}":' + before,
                _text(self.columns[each.name], each.kind),
                after,
            ]
        return pc.binary_join_element_wise(
            *_merged([*pieces, "}"]), "", null_handling="replace", null_replacement="null"
        ).cast(pa.binary())


_QUOTES: Final = {
    "string": ('"', '"'),
    "double": ("", ""),
    "long": ("", ""),
    "timestamp": ('"', '"'),
    "list": ("[", "]"),
}


def _merged(pieces: list[Any]) -> list[Any]:
    """Join neighbouring literals, because each piece costs time."""
    out: list[Any] = []
    for piece in pieces:
        if isinstance(piece, str) and out and isinstance(out[-1], str):
            out[-1] += piece
        else:
            out.append(piece)
    return out


def _typed(column: pa.Array | Decimals, kind: str) -> pa.Array:
    if isinstance(column, Decimals):
        unknown = None if column.known is None else ~column.known
        return pa.array(column.units / 10**column.places, mask=unknown)
    return column.cast(_TYPES[kind])


def _text(column: pa.Array | Decimals, kind: str) -> pa.Array:
    if isinstance(column, Decimals):
        return _decimal_text(column)
    if kind == "timestamp":
        return pc.strftime(column.cast(pa.timestamp("ms")), format="%Y-%m-%dT%H:%M:%SZ")
    if kind == "list":
        quoted = pc.binary_join(column, '","')
        return pc.if_else(
            pc.equal(pc.list_value_length(column), 0), "", pc.binary_join_element_wise('"', quoted, '"', "")
        )
    return column.cast(pa.string())


def _decimal_text(column: Decimals) -> pa.Array:
    units = column.units
    if len(units) and units.min() >= 0 and units.max() < _SMALL:
        texts = _small_texts(column.places).take(pa.array(units))
    else:
        texts = _as_decimal(units, column.places).cast(pa.string())
    return texts if column.known is None else pc.if_else(pa.array(column.known), texts, None)


@cache
def _small_texts(places: int) -> pa.Array:
    return _as_decimal(np.arange(_SMALL), places).cast(pa.string())


def _as_decimal(units: Ints, places: int) -> pa.Array:
    """Return the numbers as Arrow decimals; 128 bits are the 64 of the number below 64 of its sign."""
    limbs = np.stack([units, units >> 63], axis=1)
    return pa.Array.from_buffers(
        pa.decimal128(18, places), len(units), [None, pa.py_buffer(np.ascontiguousarray(limbs))]
    )


def event_ids(device_id: pa.Array, tick_ms: Ints) -> pa.Array:
    """Return the id of each event: its device and the number of its tick, in milliseconds since the epoch."""
    return pc.binary_join_element_wise(device_id, pa.array(tick_ms).cast(pa.string()), "-")


def names(prefix: str, count: int, digits: int) -> pa.Array:
    """Return `count` device ids, `prefix` and a number."""
    return pa.array([f"{prefix}-{i:0{digits}d}" for i in range(count)])

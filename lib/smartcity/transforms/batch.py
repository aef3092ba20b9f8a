"""The verdicts on one batch of one Kafka partition, as Arrow tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smartcity.events import FUTURE_LIMIT_S, LATENESS_LIMIT_S, TOPICS, Reason, Verdict
from smartcity.schemas import EXTRA, TIME, event_schema
from smartcity.transforms.judge import ISO_UTC, Event, Fault, decoder, event_time, examine

Seen = Callable[[pa.Array], np.ndarray]
"""Given the event ids of a batch, return for each whether an earlier batch accepted that event (boolean array)."""


@dataclass(frozen=True)
class Judged:
    """A batch with its verdicts. `rows` are indices into the batch, ascending.

    `events` holds the typed columns (and `extra`) of all records that could be read, `event_rows` their rows,
    `verdicts` (strings), `reasons` and `details` one entry a record of the batch.
    """

    events: pa.Table
    event_rows: np.ndarray
    verdicts: np.ndarray
    reasons: np.ndarray
    details: np.ndarray

    def rows(self, verdict: Verdict) -> np.ndarray:
        """Return the rows with that verdict."""
        return np.flatnonzero(self.verdicts == verdict)

    def events_of(self, rows: np.ndarray) -> pa.Table:
        """Return the typed columns of some rows; of a row that could not be read, all null."""
        position = np.full(len(self.verdicts), -1)
        position[self.event_rows] = np.arange(len(self.event_rows))
        taken = position[rows]
        return self.events.take(pa.array(taken, mask=taken < 0))


def judge(topic: str, values: Sequence[bytes | Fault | None], timestamps: np.ndarray, seen: Seen) -> Judged:
    """Return the verdicts on records in offset order.

    A fault instead of a value says why the value could not be decoded. `timestamps` are Kafka's, milliseconds since
    the epoch. `seen` knows the events accepted in earlier batches.
    """
    columns, rows, reasons, details = _read(topic, values)
    verdicts = np.full(len(values), str(Verdict.DEAD_LETTER), dtype=object)
    lead_ms = columns["event_time"].cast(pa.int64()).to_numpy() // 1000 - timestamps[rows]
    future, late = lead_ms > FUTURE_LIMIT_S * 1000, lead_ms < -LATENESS_LIMIT_S * 1000
    accepted = np.flatnonzero(~future & ~late)
    copies = accepted[_copies(columns["event_id"].take(pa.array(accepted)).combine_chunks(), seen)]
    verdicts[rows] = str(Verdict.TRANSFORMED)
    for verdict, chosen, reason in (
        (Verdict.DEAD_LETTER, np.flatnonzero(future), Reason.FUTURE_EVENT_TIME),
        (Verdict.LATE, np.flatnonzero(late), "late"),
        (Verdict.DUPLICATE, copies, "duplicate"),
    ):
        verdicts[rows[chosen]], reasons[rows[chosen]] = str(verdict), str(reason)
        details[rows[chosen]] = [f"event_time is {lead} ms from the Kafka timestamp" for lead in lead_ms[chosen]]
    return Judged(columns, rows, verdicts, reasons, details)


def _read(topic: str, values: Sequence[bytes | Fault | None]) -> tuple[pa.Table, np.ndarray, np.ndarray, np.ndarray]:
    """Return the events, the rows they came from, and for each record the reason and detail of its fault (or None)."""
    table, rows, refused = _decode(topic, values)
    reasons, details = (np.full(len(values), None, dtype=object) for _ in range(2))
    rescued: dict[int, Event] = {}
    for row in refused:
        examined = examine(TOPICS[topic], values[row])
        if isinstance(examined, Event):
            rescued[row] = examined
        else:
            reasons[row], details[row] = str(examined.reason), examined.detail
    if rescued:
        table = pa.concat_tables([table, _table(topic, [event.values for event in rescued.values()], _names(topic))])
        extra = pa.nulls(len(rows), pa.string()).to_pylist() + [event.extra for event in rescued.values()]
        table = table.set_column(table.num_columns - 1, EXTRA, pa.array(extra, pa.string()))
        rows = np.concatenate([rows, np.fromiter(rescued, np.int64)])
        order = np.argsort(rows)
        table, rows = table.take(pa.array(order)), rows[order]
    return table, rows, reasons, details


def _decode(topic: str, values: Sequence[bytes | Fault | None]) -> tuple[pa.Table, np.ndarray, list[int]]:
    """Return the events that are exactly as the contract says, their rows, and the rows of all other records."""
    decode, good, rows, refused = decoder(topic).decode, [], [], []
    for row, value in enumerate(values):
        try:
            good.append(decode(value))  # type: ignore[arg-type]
            rows.append(row)
        except Exception:  # whatever it is, examine() names it
            refused.append(row)
    names = decoder(topic).type.__struct_fields__
    table, taken = _table(topic, [msgspec.structs.astuple(event) for event in good], names), np.array(rows, np.int64)
    timeless = table["event_time"].is_null().to_numpy()
    if timeless.any():
        refused = sorted([*refused, *taken[timeless].tolist()])
        table, taken = table.filter(pa.array(~timeless)), taken[~timeless]
    return table, taken, refused


def _table(topic: str, events: Sequence[tuple[Any, ...]], names: Sequence[str]) -> pa.Table:
    """Return events as typed columns in the order of the contract; a time that is none becomes null."""
    schema = event_schema(topic)
    columns: dict[str, Any] = dict(zip(names, zip(*events, strict=True), strict=True)) if events else {}
    arrays = [
        _times(columns.get(field.name, ())) if field.type == TIME else pa.array(columns.get(field.name, ()), field.type)
        for field in schema
    ]
    table = pa.Table.from_arrays(arrays, schema=schema)
    return table.append_column(EXTRA, pa.nulls(len(events), pa.string()))


def _times(texts: Sequence[str]) -> pa.Array:
    strings = pa.array(texts, pa.string())
    shaped = pc.if_else(pc.match_substring_regex(strings, ISO_UTC), strings, None)
    try:
        return shaped.cast(TIME)
    except pa.ArrowInvalid:  # such as the 30th of February
        return pa.array([text and event_time(text) for text in shaped.to_pylist()], TIME)


def _copies(ids: pa.Array, seen: Seen) -> np.ndarray:
    """Return the positions of ids that an earlier batch accepted or that stand further up in this one."""
    known = seen(ids)
    encoded = ids.dictionary_encode()
    if len(encoded.dictionary) < len(ids):
        first = np.unique(encoded.indices.to_numpy(), return_index=True)[1]
        repeated = np.ones(len(ids), dtype=bool)
        repeated[first] = False
        known = known | repeated
    return np.flatnonzero(known)


def _names(topic: str) -> list[str]:
    return [field.name for field in TOPICS[topic].fields]

"""From events to records on the wire: copies, delays, broken bytes, and the truth about each."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from smartcity.events import FUTURE_LIMIT_S, LATENESS_LIMIT_S, Reason, Verdict
from smartcity.simulate.chance import Bools, Chance, Floats, Ints
from smartcity.simulate.clocks import NUMBER
from smartcity.simulate.columns import Events
from smartcity.simulate.config import Faults
from smartcity.simulate.faults import BREAKS

_VERDICTS: Final = tuple(Verdict)
_REASONS: Final = tuple(Reason)
_TRANSFORMED, _DUPLICATE, _LATE, _DEAD = (_VERDICTS.index(v) for v in Verdict)
_SOUND: Final = -1
FAULTS: Final = ("none", "exact_copy", "resent", *BREAKS, "tunnel_offline", "clock_slow", "clock_fast", "straggler")
"""What is special about a record, the first that applies: how it broke, that it is a copy, why it is late or early."""


def wire(events: Events, chance: Chance, faults: Faults) -> pa.Table:
    """Return the records of some events with their truth, one row per record, in the order in which devices send them.

    Columns: topic, key, value, timestamp_ms, record_id; and truth: event_id, verdict, reason, event_time, fault.
    """
    send, copy, arrival, held = _transmissions(events, chance, faults)
    ids = (NUMBER[events.topic], events.device[send], events.tick_ms[send], copy)
    broken = _broken(chance, faults, ids)
    value = _break(events, send, broken, chance.uniform("break", *ids))
    clock = events.clock_ms[send]
    reason = _reasons(broken, clock - arrival)
    verdict = _verdicts(send, copy, reason != _SOUND, arrival - clock > LATENESS_LIMIT_S * 1000)
    event_id, device_id = (events.plain(name).take(pa.array(send)) for name in ("event_id", "device_id"))
    kind = _kinds(broken, copy, held[send] & (copy == 0), clock - events.tick_ms[send], arrival - events.send_ms[send])
    return pa.table(
        {
            "topic": _labels(tuple(NUMBER), np.full_like(send, NUMBER[events.topic])),
            "key": device_id.cast(pa.binary()),
            "value": value,
            "timestamp_ms": arrival,
            "record_id": pc.binary_join_element_wise(event_id, pa.array(["0", "1", "2"]).take(pa.array(copy)), "#"),
            "event_id": event_id,
            "verdict": _labels(_VERDICTS, verdict),
            "reason": _labels(_REASONS, reason),
            "event_time": pa.array(clock, pa.timestamp("ms", tz="UTC")),
            "fault": _labels(FAULTS, kind),
        }
    )


def _reasons(broken: Ints, ahead_ms: Ints) -> Ints:
    """Return why each record is a dead letter: what broke it, or a clock that is too far ahead; else _SOUND."""
    reason = np.where(broken >= 0, np.array([_REASONS.index(r) for r, _ in BREAKS.values()])[broken], _SOUND)
    future = (reason == _SOUND) & (ahead_ms > FUTURE_LIMIT_S * 1000)
    return np.where(future, _REASONS.index(Reason.FUTURE_EVENT_TIME), reason)


def _labels(labels: tuple[str, ...], index: Ints) -> pa.Array:
    """Return an array of strings; null if the index is negative."""
    codes = pa.array(index.astype(np.int8), mask=index < 0)
    return pa.DictionaryArray.from_arrays(codes, pa.array([str(w) for w in labels]))


def _transmissions(events: Events, chance: Chance, faults: Faults) -> tuple[Ints, Ints, Ints, Bools]:
    """Return each record's event, copy number and arrival (ms), and which events were held back."""
    ids = (NUMBER[events.topic], events.device, events.tick_ms)
    delay = 40 + np.floor(chance.exponential("delay", *ids) * 150).astype(np.int64)
    behind = chance.below(faults.straggler, "straggler", *ids)
    delay += np.where(behind, 5000 + chance.whole("behind", *ids, below=85_000), 0)
    first = events.send_ms + delay
    exact = np.flatnonzero(chance.below(faults.exact_copy, "exact_copy", *ids))
    resent = np.flatnonzero(chance.below(faults.resent, "resent", *ids))
    soon = first[exact] + 1 + chance.whole("soon", *(_at(i, exact) for i in ids), below=50)
    later = first[resent] + 5000 + chance.whole("later", *(_at(i, resent) for i in ids), below=595_000)
    each = np.arange(len(first))
    copy = np.repeat([0, 1, 2], [len(each), len(exact), len(resent)])
    return (
        np.concatenate([each, exact, resent]),
        copy,
        np.concatenate([first, soon, later]),
        events.send_ms > events.tick_ms,
    )


def _at(ids: Ints | int, rows: Ints) -> Ints | int:
    return ids if isinstance(ids, int) else ids[rows]


def _broken(chance: Chance, faults: Faults, ids: tuple[Ints | int, ...]) -> Ints:
    """Return how each record breaks, as an index of `BREAKS`, or -1."""
    ends = np.cumsum([getattr(faults, name) for name in BREAKS])
    which = np.searchsorted(ends, chance.uniform("broken", *ids), side="right")
    return np.where(which == len(ends), _SOUND, which)


def _break(events: Events, send: Ints, broken: Ints, luck: Floats) -> pa.Array:
    """Return the bytes of all records."""
    sound = events.json()
    extra = [
        list(BREAKS.values())[broken[row]][1](events.topic, sound[int(send[row])].as_py(), float(luck[row]))
        for row in np.flatnonzero(broken >= 0)
    ]
    source = send.copy()
    source[broken >= 0] = len(sound) + np.arange(len(extra))
    return pa.concat_arrays([sound, pa.array(extra, pa.binary())]).take(pa.array(source))


def _verdicts(send: Ints, copy: Ints, dead: Bools, late: Bools) -> Ints:
    """Judge each record: the earliest copy of an event that is neither dead nor late is the transformed one."""
    candidate = ~dead & ~late
    taken = np.zeros(int(send.max(initial=-1)) + 1, bool)
    verdict = np.where(dead, _DEAD, np.where(late, _LATE, _TRANSFORMED))
    for number in range(3):
        rows = np.flatnonzero((copy == number) & candidate)
        verdict[rows[taken[send[rows]]]] = _DUPLICATE
        taken[send[rows]] = True
    return verdict


def _kinds(broken: Ints, copy: Ints, held: Bools, clock: Ints, delay: Ints) -> Ints:
    special: list[npt.NDArray[np.bool_]] = [held, clock < 0, clock > 0, (copy == 0) & (delay > 5000)]
    names = ("tunnel_offline", "clock_slow", "clock_fast", "straggler")
    kind = np.select(special, [FAULTS.index(name) for name in names], default=0)
    kind = np.where(copy > 0, copy, kind)
    return np.where(broken >= 0, FAULTS.index("cut_json") + broken, kind)

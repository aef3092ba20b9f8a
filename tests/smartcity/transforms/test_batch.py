"""The verdicts on a batch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.smartcity.transforms.test_judge import value

from smartcity.events import Verdict
from smartcity.transforms.batch import Judged, judge

NOW = 1_772_434_800_123  # the event_time of the good event


def judged(values: list[bytes | None], lags_ms: list[int] | None = None, known: tuple[str, ...] = ()) -> Judged:
    """Judge weather records that arrive so long after their event time; `known` were accepted before."""
    timestamps = np.array(lags_ms or [0] * len(values)) + NOW
    return judge("weather_data", values, timestamps, lambda ids: np.isin(ids.to_pylist(), known))


@pytest.mark.parametrize(
    ("lag_ms", "verdict", "reason"),
    [
        (600_000, Verdict.TRANSFORMED, None),
        (600_001, Verdict.LATE, "late"),
        (-300_000, Verdict.TRANSFORMED, None),
        (-300_001, Verdict.DEAD_LETTER, "future_event_time"),
    ],
)
def test_the_limits_of_time_hold_to_the_millisecond(lag_ms: int, verdict: str, reason: str | None) -> None:
    """A record is late or from the future when it is beyond the limit, not at it."""
    found = judged([value()], [lag_ms])
    assert (found.verdicts[0], found.reasons[0]) == (verdict, reason)


def test_the_first_sound_record_in_time_is_the_event() -> None:
    """A late record or a dead letter with the same id before it does not make a record a copy; one after it is one."""
    found = judged([value(latitude=91), value(), value(), value()], [0, 700_000, 0, 1])
    assert list(found.verdicts) == ["dead_letter", "late", "transformed", "duplicate"]


def test_copies_of_earlier_batches_are_known() -> None:
    """An event that an earlier batch accepted is a duplicate at its first appearance in this one."""
    found = judged([value(event_id="old"), value(event_id="new")], known=("old",))
    assert list(found.verdicts) == ["duplicate", "transformed"]


def test_odd_records_keep_their_place() -> None:
    """An event with a new field and one on an impossible day keep the order in which they arrived."""
    odd = [value(event_id="a"), value(event_id="b", new=1), value(event_time="2026-02-30T07:00:00.123Z")]
    found = judged([*odd, value(event_id="d")])
    assert found.events["event_id"].to_pylist() == ["a", "b", "d"]
    assert found.events["extra"].to_pylist() == [None, '{"new":1}', None]
    assert list(found.event_rows) == [0, 1, 3]
    assert found.events_of(np.array([2, 3]))["event_id"].to_pylist() == [None, "d"]


def test_a_batch_without_any_event_has_verdicts() -> None:
    """A batch of dead letters alone is judged like any other."""
    found = judged([None, b"x"])
    assert list(found.reasons) == ["empty", "bad_json"]
    assert found.events.num_rows == 0


RECORDS = st.lists(
    st.sampled_from("abc").map(lambda name: value(event_id=name)) | st.binary(max_size=8) | st.none(), max_size=20
)


@given(RECORDS, st.integers(0, 20), st.data())
@settings(max_examples=100, deadline=None)
def test_cutting_a_stream_into_batches_changes_no_verdict(records: list[Any], cut: int, data: st.DataObject) -> None:
    """Two batches, the second with the first one's ids, give the verdicts that one batch gives."""
    lags = data.draw(st.lists(st.sampled_from([0, 1, 700_000]), min_size=len(records), max_size=len(records)))
    whole = judged(records, lags)
    first = judged(records[:cut], lags[:cut])
    ids: pa.Table = first.events_of(first.rows(Verdict.TRANSFORMED))
    second = judged(records[cut:], lags[cut:], tuple(ids["event_id"].to_pylist()))
    assert [*first.verdicts, *second.verdicts] == list(whole.verdicts)

"""Checks of lesson 04, from the contract, the late zone and the simulator's truth."""

from __future__ import annotations

from typing import Any

import pyarrow.compute as pc

from course.checks.exercise import Exercise, Sheet
from course.checks.judges import number, one_of
from smartcity.events import TOPICS, Reason, Verdict
from smartcity.lake import Lake
from smartcity.transforms.judge import Fault, examine

WAIT_MIN = 20


def sheet(lake: Lake) -> Sheet:
    """Return the exercises of the lesson."""
    return Sheet("04", _broken(), _rescued(lake), _worst_topic(lake))


def _broken() -> Exercise:
    return Exercise(
        "broken",
        "a weather record as a string",
        out_of_range,
        "One impossible value makes the whole record a dead letter, because the other values may be wrong too.",
    )


def _rescued(lake: Lake) -> Exercise:
    slips = {
        "Those are still late after 20 minutes.": lambda: _late(lake) - _late(lake, WAIT_MIN),
        "Those are all late records.": lambda: _late(lake),
    }
    return Exercise(
        "rescued",
        "a whole number",
        number(lambda: _late(lake, WAIT_MIN), slips=slips),
        "Waiting twice as long rescues these records, and delays *every* answer by ten minutes.",
    )


def _worst_topic(lake: Lake) -> Exercise:
    slips = {
        "It has the most dead letters, but also many records. Which has the largest *share*?": lambda: _worst(
            lake, share=False
        )
    }
    hint = "Divide the dead letters of each topic by its `produced` records."
    return Exercise(
        "worst_topic",
        "the name of a topic",
        one_of(lambda: _worst(lake, share=True), hint, slips),
        "In a small stream, a few broken records are a large share.",
    )


def out_of_range(answer: Any) -> str | None:
    """Judge whether a weather record is a dead letter for a value out of its range."""
    examined = examine(TOPICS["weather_data"], answer if isinstance(answer, bytes) else answer.encode())
    if not isinstance(examined, Fault):
        return "This is still a valid event. Which fields have bounds? See `TOPICS['weather_data'].fields`."
    return (
        None
        if examined.reason is Reason.OUT_OF_RANGE
        else f"It is a dead letter, but the reason is {examined.reason}: {examined.detail}."
    )


def _late(lake: Lake, within_min: int | None = None) -> int:
    rows = lake.read(Verdict.LATE, "gps_data", ["event_time", "kafka_timestamp"])
    if within_min is None:
        return int(rows.num_rows)
    waited = pc.microseconds_between(rows["event_time"], rows["kafka_timestamp"])
    return int(pc.sum(pc.less_equal(waited, within_min * 60_000_000)).as_py() or 0)


def _worst(lake: Lake, share: bool) -> set[str]:
    truth = lake.truth().to_pandas()
    dead = truth["verdict"].astype(str) == Verdict.DEAD_LETTER
    by_topic = dead.groupby(truth["topic"].astype(str))
    counts = by_topic.mean() if share else by_topic.sum()
    return set(counts.index[counts == counts.max()])

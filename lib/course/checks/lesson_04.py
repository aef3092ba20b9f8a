"""Checks of lesson 04, from the contract, the late zone and the simulator's truth."""

from __future__ import annotations

from typing import Any

import pyarrow.compute as pc
from botocore.exceptions import ClientError

from course.checks.exercise import Exercise, Sheet
from course.checks.judges import number
from smartcity.errors import SchemaRefused
from smartcity.events import TOPICS, Reason, Verdict
from smartcity.lake import Lake
from smartcity.schema_registry import glue, register
from smartcity.transforms.judge import Fault, examine

WAIT_MIN = 20
SCHEMA = "lesson_04_weather"
"""The schema of the lesson: the city's own stays as its producers registered it."""


def sheet(lake: Lake) -> Sheet:
    """Return the exercises of the lesson."""
    return Sheet("04", _broken(), _rescued(lake), _compatible())


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


def _compatible() -> Exercise:
    return Exercise(
        "compatible",
        "an Avro schema as a dictionary, like `weather`",
        let_in,
        "Old readers still find the name that they know. New ones find the default in old records.",
    )


def let_in(answer: Any) -> str | None:
    """Judge whether a schema adds the field `humidity` and the registry takes it."""
    names = {field["name"] for field in answer["fields"]}
    if "humidity" not in names:
        return "It has no field `humidity`."
    if "humidity_pct" not in names:
        return "Readers of today look for `humidity_pct`, which is required. Both fields can be in one schema."
    try:
        register(glue(), SCHEMA, answer)
    except SchemaRefused:
        return "The registry refuses it. What would a new reader find in old records? Give the new field a default."
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidInputException":
            raise
        return f"{error.response['Error']['Message']}. The default of a union has the type of its first branch."
    return None


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

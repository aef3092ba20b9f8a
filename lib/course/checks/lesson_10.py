"""Checks of lesson 10: the lake, read without SQL, and the model of the BI files."""

from __future__ import annotations

from course.checks.exercise import Exercise, Sheet
from course.checks.judges import number, one_of
from course.checks.lesson_08 import vehicle_minutes
from smartcity.bi import RELATIONS
from smartcity.lake import Lake

KIND = "taxi"


def sheet(lake: Lake) -> Sheet:
    """Return the exercises of the lesson."""
    return Sheet("10", _taxi_kmh(lake), _joined_by())


def _taxi_kmh(lake: Lake) -> Exercise:
    slips = {
        "That is the mean of the minutes' means. It ignores how many readings each minute has.": lambda: _of_minutes(
            lake
        )
    }
    return Exercise(
        "taxi_kmh",
        "km/h, as a number",
        number(lambda: _of_readings(lake), 1e-6, slips),
        "The lake gives the same result: the sum of all speeds divided by the number of readings.",
    )


def _joined_by() -> Exercise:
    return Exercise(
        "joined_by",
        "the name of a column",
        one_of(
            lambda: {relation.column for relation in RELATIONS if relation.dimension == "dim_time"},
            "Find the relation whose `dimension` is dim_time. What is its `column`?",
        ),
        "Both tables have this column, and the dimension holds each of its values once.",
    )


def _of_readings(lake: Lake) -> float:
    rows = lake.read("transformed", "gps_data", ["vehicle_type", "speed_kmh"]).to_pandas()
    return float(rows.loc[rows["vehicle_type"] == KIND, "speed_kmh"].mean())


def _of_minutes(lake: Lake) -> float:
    rows = vehicle_minutes(lake)
    return float(rows.loc[rows["vehicle_type"] == KIND, "mean"].mean())

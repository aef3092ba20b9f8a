"""Checks of lesson 08: the lake, read without SQL, against the warehouse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pandas as pd

from course.checks.exercise import Exercise, Sheet
from course.checks.judges import one_of
from smartcity.lake import Lake

STANDING_KMH = 5.0
Minutes = Callable[[], pd.DataFrame]


def sheet(lake: Lake) -> Sheet:
    """Return the exercises of the lesson."""
    minutes = cache(lambda: vehicle_minutes(lake))
    return Sheet("08", _standing(minutes), _fastest(minutes), _culprit())


def _standing(minutes: Minutes) -> Exercise:
    slips = {
        "Vehicles are slowest there on average. But where do they *stand still* most often?": lambda: _slow(minutes())
    }
    hint = "Calculate the share of minutes below 5 km/h in each district, and take the district with the highest."
    return Exercise(
        "standing",
        "the name of a district",
        one_of(lambda: _most_standing(minutes()), hint, slips),
        "A measure of a fact table, grouped by a dimension: nearly every warehouse query looks like this.",
    )


def _fastest(minutes: Minutes) -> Exercise:
    def judge(answer: Any) -> str | None:
        if not isinstance(answer, pd.DataFrame):
            raise TypeError
        named, known = dict(zip(answer["vehicle_type"], answer["vehicle_id"], strict=True)), _fastest_by_type(minutes())
        if len(answer) != len(known):
            return f"There are {len(known)} vehicle types, so {len(known)} rows: `QUALIFY ROW_NUMBER() OVER (...) = 1`."
        wrong = sorted(kind for kind, vehicles in known.items() if named.get(kind) not in vehicles)
        return f"Look again at {', '.join(wrong)}." if wrong else None

    return Exercise(
        "fastest",
        "a table with vehicle_type and vehicle_id, one row per type",
        judge,
        "`QUALIFY` filters after the window function. Without it you would need a subquery.",
    )


def _culprit() -> Exercise:
    return Exercise(
        "culprit",
        "the name of a column",
        one_of(
            lambda: {"severity"}, "`sys_load_error_detail` has it in `column_name`, next to the line and the value."
        ),
        "With the line, column, value and reason, whoever wrote the file can fix it.",
    )


def vehicle_minutes(lake: Lake) -> pd.DataFrame:
    """Return one row per vehicle and minute: vehicle_id, minute, vehicle_type, district, mean and max of speed_kmh."""
    columns = ["vehicle_id", "vehicle_type", "event_time", "district", "speed_kmh"]
    rows = lake.read("transformed", "gps_data", columns).to_pandas()
    grouped = rows.groupby(["vehicle_id", rows["event_time"].dt.floor("min").rename("minute")])
    minutes = grouped.agg(vehicle_type=("vehicle_type", "first"), mean=("speed_kmh", "mean"), max=("speed_kmh", "max"))
    named = rows.dropna(subset=["district"])
    district = named.groupby(["vehicle_id", named["event_time"].dt.floor("min").rename("minute")])["district"].max()
    table: pd.DataFrame = minutes.join(district).reset_index()
    return table


def _most_standing(minutes: pd.DataFrame) -> set[str]:
    share = (minutes["mean"] < STANDING_KMH).groupby(minutes["district"]).mean()
    return set(share.index[share == share.max()])


def _slow(minutes: pd.DataFrame) -> set[str]:
    return {str(minutes.groupby("district")["mean"].mean().idxmin())}


def _fastest_by_type(minutes: pd.DataFrame) -> Mapping[str, set[str]]:
    top = minutes.groupby("vehicle_type")["max"].transform("max")
    best = minutes[minutes["max"] == top]
    return {str(kind): set(rows["vehicle_id"]) for kind, rows in best.groupby("vehicle_type")}

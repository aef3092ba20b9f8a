"""Checks of lesson 01, from what the simulator gave: the city, its records with their truth, and its incidents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from course.checks.exercise import Exercise, Sheet
from course.checks.judges import number, one_of
from smartcity.events import Verdict
from smartcity.simulate import Chunk, Config, city

HEAVY_MM_H, FREE_VEH_KM = 7.0, 15.0


def sheet(config: Config, chunks: Sequence[Chunk]) -> Sheet:
    """Return the exercises of the lesson."""
    seen = _Seen(config, chunks)
    return Sheet("01", _densest_road(seen), _slower_by(seen), _help_after_min(seen))


def _densest_road(seen: _Seen) -> Exercise:
    slips = {
        "That road counted the most vehicles, but few vehicles get past a camera in a standing queue.": lambda: (
            seen.roads_with_most("vehicle_count")
        )
    }
    hint = "Find the row of `cameras` with the highest `density_veh_km`. Which road is it on?"
    return Exercise(
        "densest_road",
        "a road_id, such as 'road-0001'",
        one_of(lambda: seen.roads_with_most("density_veh_km"), hint, slips),
        "A queue has the highest density, but few vehicles *pass* a camera inside it.",
    )


def _slower_by(seen: _Seen) -> Exercise:
    slips = {
        "That is the speed in rain as a fraction of the dry speed. How far is it below 1?": lambda: (
            1 - seen.slower_by()
        ),
        "That is a percentage; give a fraction.": lambda: 100 * seen.slower_by(),
    }
    return Exercise(
        "slower_by",
        "a fraction between 0 and 1, such as 0.1 for a tenth",
        number(seen.slower_by, 0.02, slips),
        "The simulator uses 4 to 7 % for heavy rain (Agarwal, Maze & Souleyrette 2005), and you found it again. "
        "A run without heavy rain has nothing to compare, so NaN is right.",
    )


def _help_after_min(seen: _Seen) -> Exercise:
    slips = {
        "You counted from the accident, but help only starts after someone has called.": lambda: seen.help_after_min(
            "start_time"
        ),
        "That is in seconds.": lambda: 60 * seen.help_after_min("reported_time"),
    }
    return Exercise(
        "help_after_min",
        "minutes, as a number",
        number(lambda: seen.help_after_min("reported_time"), 0.005, slips),
        "The mean leaves out incidents if no help has arrived yet. A dashboard has to do the same during the hour.",
    )


class _Seen:
    """What the streams of a run say, read again from its bytes."""

    def __init__(self, config: Config, chunks: Sequence[Chunk]) -> None:
        self._config, self._chunks = config, chunks

    def roads_with_most(self, column: str) -> set[str]:
        """Return the roads of the camera minutes in which `column` was highest."""
        return set(self._cameras.loc[self._cameras[column] == self._cameras[column].max(), "road_id"])

    def slower_by(self) -> float:
        """Return the fraction by which heavy rain slows vehicles on free trunk roads."""
        roads = city(self._config).roads.to_pandas().query("road_class == 'trunk'").set_index("road_id")
        rain = self._events("weather_data").groupby("event_time")["precipitation_mm_h"].mean()
        free = self._cameras[self._cameras["road_id"].isin(roads.index) & (self._cameras["vehicle_count"] > 0)]
        free = free[free["density_veh_km"] / free["road_id"].map(roads["lanes"]) < FREE_VEH_KM]
        wet = free["event_time"].map(rain)
        return float(
            1 - free.loc[wet > HEAVY_MM_H, "mean_speed_kmh"].mean() / free.loc[wet == 0, "mean_speed_kmh"].mean()
        )

    def help_after_min(self, since: str) -> float:
        """Return the mean minutes from `since` until help was on the scene."""
        incidents = pa.concat_tables(chunk.incidents for chunk in self._chunks).to_pandas()
        return float((incidents["on_scene_time"] - incidents[since]).mean() / pd.Timedelta("1min"))

    @cached_property
    def _cameras(self) -> pd.DataFrame:
        return self._events("traffic_data")

    def _events(self, topic: str) -> pd.DataFrame:
        values: list[bytes] = []
        for chunk in self._chunks:
            wanted = pc.and_(
                pc.equal(chunk.truth["topic"].cast(pa.string()), topic),
                pc.equal(chunk.truth["verdict"].cast(pa.string()), Verdict.TRANSFORMED),
            )
            values += chunk.records["value"].filter(wanted).to_pylist()
        table = pd.DataFrame([json.loads(value) for value in values])
        return table.assign(event_time=pd.to_datetime(table["event_time"]))

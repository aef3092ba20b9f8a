"""Checks of lesson 09: the lake, read without SQL, and the simulator's truth."""

from __future__ import annotations

import pandas as pd

from course.checks.exercise import Exercise, Sheet
from course.checks.judges import one_of
from smartcity.events import Verdict
from smartcity.lake import Lake


def sheet(lake: Lake) -> Sheet:
    """Return the exercises of the lesson."""
    return Sheet(
        "09",
        Exercise(
            "slowest",
            "the name of a district",
            one_of(
                lambda: _district(lake, slowest=True),
                "Calculate the mean of `mean_speed_kmh` for each district in `speeds`.",
                {"That is the fastest one.": lambda: _district(lake, slowest=False)},
            ),
            "A mean over the hour hides when traffic was slow. The figure above shows that.",
        ),
        Exercise(
            "least_clean",
            "the name of a topic",
            one_of(
                lambda: _least_clean(lake),
                "For each topic in `verdicts`, divide the records that are not `transformed` by all records.",
            ),
            "A dashboard that shows its data quality can be trusted even on bad days.",
        ),
    )


def _district(lake: Lake, slowest: bool) -> set[str]:
    """Return the extreme district, by the mean of its minutes and by that of its readings: both are right."""
    rows = lake.read("transformed", "vehicle_data", ["vehicle_type", "event_time", "district", "speed_kmh"]).to_pandas()
    rows = rows[(rows["vehicle_type"] != "emergency") & rows["district"].notna()]
    minute = rows["event_time"].dt.floor("min")
    each = rows.groupby(["district", minute])["speed_kmh"].agg(["mean", "size"])
    means = [
        each.loc[each["size"] > 2, "mean"].groupby("district").mean(),
        rows.groupby("district")["speed_kmh"].mean(),
    ]
    return {str(mean.idxmin() if slowest else mean.idxmax()) for mean in means}


def _least_clean(lake: Lake) -> set[str]:
    truth = lake.truth().to_pandas()
    aside = (truth["verdict"].astype(str) != Verdict.TRANSFORMED).groupby(truth["topic"].astype(str)).mean()
    topics: pd.Index = aside.index[aside == aside.max()]
    return set(topics)

"""Checks of lesson 03, from the simulator's truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from course.checks.exercise import Exercise, Sheet
from course.checks.judges import number
from smartcity.events import Verdict
from smartcity.lake import Lake

Truth = Callable[[], Counter[str]]


def sheet(lake: Lake) -> Sheet:
    """Return the exercises of the lesson."""
    truth = cache(lambda: _verdicts(lake))
    return Sheet("03", _counted(truth), _copies(truth))


def _counted(truth: Truth) -> Exercise:
    def judge(answer: Any) -> str | None:
        if not isinstance(answer, Mapping):
            raise TypeError
        if set(answer) != {"records", "events"}:
            return "The keys must be `records` and `events`."
        counts, known = {name: int(answer[name]) for name in ("records", "events")}, truth()
        if counts["records"] != sum(known.values()):
            return "Count the rows of `table`, one for each record of gps_data, broken or not."
        good = known[Verdict.TRANSFORMED] + known[Verdict.DUPLICATE]
        return (
            None
            if counts["events"] == good
            else "Count the rows of `gps`, the records that passed the schema and the rules."
        )

    return Exercise(
        "counted",
        'a dict {"records": …, "events": …} of whole numbers',
        judge,
        "The difference is the broken and late records. `from_json` with a filter drops them without a trace. "
        "Lesson 04 finds them.",
    )


def _copies(truth: Truth) -> Exercise:
    slips = {
        "You started from `table`. Start from `gps`.": lambda: sum(truth().values()) - truth()[Verdict.TRANSFORMED],
        "That is how many *different* events there are.": lambda: truth()[Verdict.TRANSFORMED],
        "That counts all events, including the first of each.": lambda: sum(
            truth()[verdict] for verdict in (Verdict.TRANSFORMED, Verdict.DUPLICATE)
        ),
    }
    return Exercise(
        "copies",
        "a whole number",
        number(lambda: truth()[Verdict.DUPLICATE], slips=slips),
        "The truth agrees. Each of these copies would have made the city look busier than it is. If no event "
        "arrives three times, this is also the number of events that have a copy.",
    )


def _verdicts(lake: Lake) -> Counter[str]:
    truth = lake.truth().to_pandas()
    return Counter(truth.loc[truth["topic"] == "gps_data", "verdict"].astype(str))

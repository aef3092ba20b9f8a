"""Checks of lesson 03, from the simulator's truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from smartcity.checks.exercise import Exercise, Sheet
from smartcity.checks.judges import Judge, number
from smartcity.events import Reason, Verdict
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
        told, known = {name: int(answer[name]) for name in ("records", "events")}, truth()
        if told["records"] != sum(known[verdict] for verdict in Verdict):
            return "Count the rows of `table`: one a record of gps_data, broken or not."
        above = told["events"] - known[Verdict.TRANSFORMED] - known[Verdict.DUPLICATE]
        fits = 0 <= above <= known[Reason.WRONG_TYPE]
        return None if fits else "Count the rows of `gps`: what came out of the schema and the rules."

    return Exercise(
        "counted",
        'a dict {"records": …, "events": …} of whole numbers',
        judge,
        "The difference is the broken and the late: `from_json` with a filter drops them without a trace. "
        "It is also too kind: of a number where a text should be it makes a text. Lesson 04 finds them all.",
    )


def _copies(truth: Truth) -> Exercise:
    slips = {
        "That is how many *different* events there are.": lambda: truth()[Verdict.TRANSFORMED],
        "That counts all events, the first ones too.": lambda: sum(
            truth()[verdict] for verdict in (Verdict.TRANSFORMED, Verdict.DUPLICATE)
        ),
    }
    return Exercise(
        "copies",
        "a whole number",
        _copies_judge(truth, number(lambda: truth()[Verdict.DUPLICATE], slips=slips)),
        "So says the truth, but for a few records whose id is broken. Each copy would make the city busier than it is.",
    )


def _copies_judge(truth: Truth, strict: Judge) -> Judge:
    """Judge by the truth, but let records pass for copies that Spark takes for events though their id is no text."""

    def judge(answer: Any) -> str | None:
        hint = strict(answer)
        if hint is None or 0 <= float(answer) - truth()[Verdict.DUPLICATE] <= truth()[Reason.WRONG_TYPE]:
            return None
        return hint

    return judge


def _verdicts(lake: Lake) -> Counter[str]:
    """Count the records of gps_data by verdict, and the dead letters also by reason."""
    truth = lake.truth().to_pandas()
    gps = truth[truth["topic"].astype(str) == "gps_data"]
    return Counter(gps["verdict"].astype(str)) + Counter(gps["reason"].dropna().astype(str))

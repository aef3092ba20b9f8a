"""Checks of lesson 06: the folders of the lake and the simulator's truth against the catalog."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import boto3

from course.checks.exercise import Exercise, Sheet
from course.checks.judges import one_of
from smartcity.events import Verdict
from smartcity.lake import Lake
from smartcity.settings import Settings

_FOLDERS = re.compile(r"event_date=([^/]+)/hour=([^/]+)/")


def sheet(settings: Settings) -> Sheet:
    """Return the exercises of the lesson."""
    lake = Lake(settings.lake_uri)
    return Sheet("06", _partitions(lake), _hour_type(settings), _largest(lake))


def _partitions(lake: Lake) -> Exercise:
    def judge(answer: Any) -> str | None:
        if isinstance(answer, str) or not isinstance(answer, Sequence):
            raise TypeError
        if any(isinstance(partition, Mapping) for partition in answer):
            return "These are whole partitions. Take the `Values` of each."
        if any(isinstance(partition, str) for partition in answer):
            return "Each partition is a list of two values: [event_date, hour]."
        listed = {tuple(str(value) for value in partition) for partition in answer}
        there = {match.groups() for path in lake.files("transformed", "gps_data") if (match := _FOLDERS.search(path))}
        if listed == there:
            return None
        if len(listed) == len(there):
            return (
                "The number of partitions is right, but some values differ from the folder "
                "names. They are strings, such as '07'."
            )
        return f"{len(there)} folders hold files of gps_data; your list has {len(listed)}."

    return Exercise(
        "partitions",
        "a list of [event_date, hour], one for each partition",
        judge,
        "There is one partition per folder. An hour outside the run comes from a device whose clock is wrong.",
    )


def _hour_type(settings: Settings) -> Exercise:
    def right() -> set[str]:
        table = boto3.client("glue").get_table(DatabaseName=settings.database, Name="gps_data")["Table"]
        return {key["Type"] for key in table["PartitionKeys"] if key["Name"] == "hour"}

    slips = {"The values suggest it, but a crawler doesn't guess types from folder names.": lambda: {"int", "bigint"}}
    by_name = one_of(right, "Look in the table's `PartitionKeys`. The catalog has its own names for types.", slips)

    def judge(answer: Any) -> str | None:
        if isinstance(answer, list | Mapping):
            return "You are close. Take the `Type` of the entry whose `Name` is hour."
        return by_name(answer)

    return Exercise(
        "hour_type",
        "the name of a type, as in the catalog",
        judge,
        "So `hour = 7` is an error and `hour = '07'` works: a classic trap in a first query.",
    )


def _largest(lake: Lake) -> Exercise:
    return Exercise(
        "largest",
        "the name of a table",
        one_of(lambda: _most_rows(lake), "Compare `records` in the tables above."),
        "The truth agrees. The crawler took the counts from the files' footers, without reading a row.",
    )


def _most_rows(lake: Lake) -> set[str]:
    truth = lake.truth().to_pandas()
    rows = truth.loc[truth["verdict"].astype(str) == Verdict.TRANSFORMED, "topic"].astype(str).value_counts()
    return set(rows.index[rows == rows.max()])

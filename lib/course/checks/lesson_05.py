"""Checks of lesson 05, from what is on S3."""

from __future__ import annotations

import boto3
import pyarrow.compute as pc

from course.checks.exercise import Exercise, Sheet
from course.checks.judges import number, one_of
from smartcity.lake import Lake
from smartcity.settings import Settings

SMALL, COMPACTED = "demo/small/", "demo/compacted/"
"""Where the lesson writes the same rows as many small files, and as one."""


def sheet(settings: Settings) -> Sheet:
    """Return the exercises of the lesson."""
    return Sheet(
        "05",
        Exercise(
            "fastest",
            "a vehicle_id, such as 'veh-000001'",
            one_of(
                lambda: _fastest(Lake(settings.lake_uri)),
                "Find the row of `gps` with the highest `speed_kmh`. Which vehicle is it?",
            ),
            "In most runs it is an ambulance, which is allowed to exceed the speed limit.",
        ),
        Exercise(
            "times_larger",
            "a number: bytes of the small files divided by those of the compacted one",
            number(
                lambda: _bytes(settings, SMALL) / _bytes(settings, COMPACTED),
                0.02,
                {
                    "That is the wrong way round: the small files take more.": lambda: (
                        _bytes(settings, COMPACTED) / _bytes(settings, SMALL)
                    )
                },
            ),
            "Every Parquet file adds its own footer, and short columns compress badly.",
        ),
    )


def _fastest(lake: Lake) -> set[str]:
    rows = lake.read("transformed", "gps_data", ["vehicle_id", "speed_kmh"])
    return set(rows.filter(pc.equal(rows["speed_kmh"], pc.max(rows["speed_kmh"])))["vehicle_id"].to_pylist())


def _bytes(settings: Settings, folder: str) -> int:
    pages = boto3.client("s3").get_paginator("list_objects_v2")
    listed = pages.paginate(Bucket=settings.bucket, Prefix=f"{settings.lake_prefix}/{folder}")
    return sum(stored["Size"] for page in listed for stored in page.get("Contents", ()))

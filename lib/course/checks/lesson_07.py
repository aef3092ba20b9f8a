"""Checks of lesson 07: the lake read without SQL, and what Athena itself says that a query has scanned."""

from __future__ import annotations

from collections import Counter
from functools import cache

import awswrangler as wr
import pyarrow.compute as pc

from course.checks.exercise import Exercise, Sheet
from course.checks.judges import Number, number
from smartcity.lake import Lake
from smartcity.settings import Settings

USD_PER_BYTE = 5 / 1e12
LEAST_BYTES = 10e6
"""Athena charges for at least 10 MB per query: https://aws.amazon.com/athena/pricing/."""

_MINUTES_A_YEAR = 365 * 24 * 60


def sheet(settings: Settings) -> Sheet:
    """Return the exercises of the lesson."""
    lake = Lake(settings.lake_uri)
    district = cache(lambda: busiest_district(lake))
    whole = cache(lambda: _scanned(settings, _question("gps_data", district())))
    part = cache(lambda: _scanned(settings, _question("gps_by_district", district())))
    unfiltered = cache(lambda: _scanned(settings, "SELECT avg(speed_kmh) AS v FROM gps_data"))
    every = cache(lambda: _scanned(settings, "SELECT * FROM gps_data"))
    times = _times_less(whole, part, unfiltered, every)
    return Sheet("07", _rain_minutes(lake), times, _usd_a_year(whole, unfiltered))


def _rain_minutes(lake: Lake) -> Exercise:
    slips = {"That counts readings. Several stations report in the same minute.": lambda: sum(_rain(lake).values())}
    return Exercise(
        "rain_minutes",
        "a whole number of minutes",
        number(lambda: len(_rain(lake)), slips=slips),
        "It takes `count(DISTINCT ...)`, because many stations report the same minute.",
    )


def _times_less(whole: Number, part: Number, unfiltered: Number, every: Number) -> Exercise:
    slips = {
        "That is the wrong way round.": lambda: part() / whole(),
        "That is for `SELECT *`. Use the mayor's query.": lambda: every() / part(),
        "That is without the filter. Use the mayor's query.": lambda: unfiltered() / part(),
        "Close, but don't round to a whole number.": lambda: round(whole() / part()),
    }
    return Exercise(
        "times_less",
        "a number: bytes of the mayor's query on `gps_data`, divided by those on `gps_by_district`",
        number(lambda: whole() / part(), 0.05, slips),
        "A filter on a partition column skips whole folders without reading a byte of them.",
    )


def _usd_a_year(whole: Number, unfiltered: Number) -> Exercise:
    year = LEAST_BYTES * USD_PER_BYTE * _MINUTES_A_YEAR
    slips = {
        "That is the price by the byte. The query scans less than 10 MB, so Athena charges for 10 MB each time.": (
            lambda: year * unfiltered() / LEAST_BYTES
        ),
        "That is the filtered query, by the byte. Athena charges for at least 10 MB.": lambda: (
            year * whole() / LEAST_BYTES
        ),
        "That is for a day.": lambda: year / 365,
    }
    return Exercise(
        "usd_a_year",
        "US dollars, as a number",
        number(lambda: year, 0.06, slips),
        "This price comes from the minimum charge, not the data. A page that queries once an hour costs 60 times less.",
    )


def busiest_district(lake: Lake) -> str:
    """Return the district with the most GPS readings; of several, the first by name."""
    rows = Counter(lake.read("transformed", "gps_data", ["district"])["district"].drop_null().to_pylist())
    return str(min(rows, key=lambda name: (-rows[name], name)))


def _rain(lake: Lake) -> Counter[object]:
    """Return the rainy readings of each minute of the first hour."""
    rows = lake.read("transformed", "weather_data", ["event_time", "precipitation_mm_h"])
    hour = pc.floor_temporal(rows["event_time"], unit="hour")
    wet = rows.filter(pc.and_(pc.equal(hour, pc.min(hour)), pc.greater(rows["precipitation_mm_h"], 0)))
    return Counter(pc.floor_temporal(wet["event_time"], unit="minute").to_pylist())


def _question(table: str, district: str) -> str:
    return f"SELECT avg(speed_kmh) AS v FROM {table} WHERE district = '{district}'"  # noqa: S608  names of our own


def _scanned(settings: Settings, sql: str) -> int:
    frame = wr.athena.read_sql_query(
        sql, database=settings.database, ctas_approach=False, s3_output=settings.athena_output
    )
    return int(frame.query_metadata["Statistics"]["DataScannedInBytes"])

"""Typed rows as the engine's COPY takes them: CSV, nothing for null, all else in quotes."""

from __future__ import annotations

import io
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

OPTIONS = "FORMAT csv, NULL ''"
_DAY_US = 86_400_000_000
_CYCLE_YEARS, _CYCLE_DAYS = 400, 146_097
"""After so many years the calendar repeats."""
_FIRST_DAY, _LAST_DAY = date.min.toordinal() - date(1970, 1, 1).toordinal(), 2_932_896
"""The years 1 to 9999 as days from 1970-01-01: Arrow writes those as the engine reads them."""


def rows(table: pa.Table) -> bytes:
    """Return rows; columns are in the order of the target's."""
    texts = pa.Table.from_arrays([_as_text(column) for column in table.columns], names=table.column_names)
    out = io.BytesIO()
    csv.write_csv(texts, out, csv.WriteOptions(include_header=False, quoting_style="all_valid"))
    return out.getvalue()


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_binary(kind):
        return _texts([None if value is None else f"\\x{value.hex()}" for value in column.to_pylist()])
    if pa.types.is_date(kind):
        return _days(column)
    if pa.types.is_time(kind):
        # The end of a day, which Arrow writes as its start.
        ends = pc.equal(column.cast(pa.int64()), _DAY_US)
        return pc.if_else(ends, "24:00:00", column.cast(pa.string()))
    if pa.types.is_timestamp(kind):
        return _moments(column, "+00" if kind.tz else "")
    return column.cast(pa.string())


def _days(column: pa.ChunkedArray) -> pa.ChunkedArray:
    days = column.cast(pa.int32())
    if _within(days, _FIRST_DAY, _LAST_DAY):
        return column.cast(pa.string())
    return _texts([None if day is None else "{}{}".format(*_date(day)) for day in days.to_pylist()])


def _moments(column: pa.ChunkedArray, zone: str) -> pa.ChunkedArray:
    moments = column.cast(pa.int64())
    if _within(moments, _FIRST_DAY * _DAY_US, (_LAST_DAY + 1) * _DAY_US - 1):
        text = column.cast(pa.timestamp("us")).cast(pa.string())
        return pc.binary_join_element_wise(text, zone, "") if zone else text
    return _texts([None if moment is None else _moment(moment, zone) for moment in moments.to_pylist()])


def _within(numbers: pa.ChunkedArray, first: int, last: int) -> bool:
    seen = pc.min_max(numbers)
    least, most = seen["min"].as_py(), seen["max"].as_py()
    return least is None or (first <= least and most <= last)


def _texts(values: list[str | None]) -> pa.ChunkedArray:
    return pa.chunked_array([values], pa.string())


def _date(day: int) -> tuple[str, str]:
    """Return a day of any year, and the mark of a year before 1: the year 0 is 1 BC."""
    cycles, rest = divmod(day - _FIRST_DAY, _CYCLE_DAYS)
    within = date.fromordinal(rest + 1)
    year = within.year + cycles * _CYCLE_YEARS
    return f"{year if year > 0 else 1 - year:04}-{within:%m-%d}", "" if year > 0 else " BC"


def _moment(moment: int, zone: str) -> str:
    day, time = divmod(moment, _DAY_US)
    seconds, fraction = divmod(time, 1_000_000)
    text, era = _date(day)
    return f"{text} {seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{fraction:06}{zone}{era}"

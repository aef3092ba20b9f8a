"""Dates by Java's patterns."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from localcloud.athena.java_dates import JavaFormat, UnsupportedPattern, plus

MOMENT = datetime(2024, 3, 7, 5, 6, 8, 90_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pattern", "text", "precision"),
    [
        ("yyyy-MM-dd", "2024-03-07", "day"),
        ("yyyyMM", "202403", "month"),
        ("uuuu", "2024", "year"),
        ("yy/M/d", "24/3/7", "day"),
        ("dd MMM yyyy", "07 Mar 2024", "day"),
        ("MMMM yyyy", "March 2024", "month"),
        ("yyyy-MM-dd'T'HH:mm:ss.SSS", "2024-03-07T05:06:08.090", "millisecond"),
        ("yyyy''HH", "2024'05", "hour"),
        ("yyyy/MM/dd/HH", "2024/03/07/05", "hour"),
    ],
)
def test_a_pattern_is_written_and_read(pattern: str, text: str, precision: str) -> None:
    """What a pattern writes it reads back, to its precision."""
    form = JavaFormat(pattern)
    assert (form.format(MOMENT), form.precision) == (text, precision)
    assert form.format(form.parse(text)) == text


@pytest.mark.parametrize("pattern", ["yyyy-DDD", "hh a", "yyyy'", "yyyyy", "EEE"])
def test_other_letters_are_refused(pattern: str) -> None:
    """A pattern that is not understood is an error, not a guess."""
    with pytest.raises(UnsupportedPattern):
        JavaFormat(pattern)


@pytest.mark.parametrize(
    ("start", "count", "unit", "end"),
    [
        ("2024-01-31", 1, "MONTHS", "2024-02-29"),
        ("2024-01-31", -2, "MONTHS", "2023-11-30"),
        ("2024-02-29", 1, "YEARS", "2025-02-28"),
        ("2023-12-15", 1, "MONTHS", "2024-01-15"),
        ("2024-01-01", 2, "WEEKS", "2024-01-15"),
        ("2024-03-01", -1, "DAYS", "2024-02-29"),
    ],
)
def test_months_keep_the_day_where_they_can(start: str, count: int, unit: str, end: str) -> None:
    """As in java.time: the day is cut to the length of the month."""
    form = JavaFormat("yyyy-MM-dd")
    assert form.format(plus(form.parse(start), count, unit)) == end

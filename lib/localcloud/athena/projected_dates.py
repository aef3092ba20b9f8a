"""Partition projection of dates: the values that a range, a format and an interval mean.

https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from localcloud.athena.java_dates import JavaFormat, UnsupportedPattern, plus

INTEGERS = ("tinyint", "smallint", "int", "bigint")
UNITS = ("YEARS", "MONTHS", "WEEKS", "DAYS", "HOURS", "MINUTES", "SECONDS", "MILLISECONDS")
LIMIT = 100_000
"""Values that the lab lists for one column."""
NATIVE_LIMIT = 2_000_000
"""Values that the engine is let project: it holds them all in memory."""
_NATIVE = ("DAYS", "HOURS", "MINUTES", "SECONDS")
_RELATIVE = re.compile(
    r"\s*NOW\s*(?:([+-])\s*(\d+)\s*(YEAR|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND)S?\s*)?", re.IGNORECASE | re.ASCII
)


def engine_properties(properties: Mapping[str, str], hive_type: str, now: datetime | None = None) -> dict[str, str]:
    """Return the properties of a projected date column as the engine takes them.

    Raises:
        ValueError: a property is missing or wrong, or the engine cannot project it; the text says which.
    """
    try:
        pattern = JavaFormat(_needed(properties, "format"))
    except UnsupportedPattern:
        if _is_native(properties):
            return {key: value.strip() for key, value in properties.items()}
        raise
    first, last = _range(properties, pattern, now or datetime.now(UTC))
    count, unit = _interval(properties, pattern)
    whole = hive_type in INTEGERS
    if (unit in _NATIVE or unit == "WEEKS") and not whole:
        days = {"interval": str(count * 7), "interval.unit": "DAYS"}
        _count(first, last, count, unit)
        interval = days if unit == "WEEKS" else {"interval": str(count), "interval.unit": unit}
        ends = f"{pattern.format(first)},{pattern.format(last)}"
        return {"type": "date", "format": pattern.pattern, "range": ends, **interval}
    if hive_type != "string" and not hive_type.startswith("varchar") and not whole:
        raise ValueError(
            f"The lab projects an interval of {unit} on text and number columns only, and the type is {hive_type}"
        )
    values = list(dict.fromkeys(pattern.format(moment) for moment in _moments(first, last, count, unit)))
    if any("," in value or value != value.strip() for value in values):
        raise ValueError(f"The lab cannot list dates of the format {pattern.pattern!r}, which has a comma or a space")
    return {"type": "enum", "values": ",".join(values)}


def _is_native(properties: Mapping[str, str]) -> bool:
    """Return whether the engine itself reads these properties as Athena does."""
    unit, count = properties.get("interval.unit", "").strip().upper(), properties.get("interval", "").strip()
    relative = re.search(r"NOW.*(YEAR|MONTH|WEEK)", properties.get("range", ""), re.IGNORECASE)
    return unit in _NATIVE and count.isdecimal() and int(count) > 0 and not relative


def _count(first: datetime, last: datetime, count: int, unit: str) -> None:
    step = plus(first, count, unit) - first
    if (last - first) / step > NATIVE_LIMIT:
        raise ValueError(f"The range has more than {NATIVE_LIMIT} values, which the engine cannot project")


def _needed(properties: Mapping[str, str], name: str) -> str:
    if not properties.get(name):
        raise ValueError(f"Missing required property '{name}'")
    return properties[name]


def _range(properties: Mapping[str, str], pattern: JavaFormat, now: datetime) -> tuple[datetime, datetime]:
    ends = _needed(properties, "range").split(",")
    if len(ends) != 2:
        raise ValueError(f"The range {properties['range']!r} must have a start and an end, separated by a comma")
    first, last = (_end(text, pattern, now) for text in ends)
    if first > last:
        raise ValueError(f"The range {properties['range']!r} ends before it begins")
    return first, last


def _end(text: str, pattern: JavaFormat, now: datetime) -> datetime:
    relative = _RELATIVE.fullmatch(text)
    if not relative:
        return pattern.parse(text)
    moment = now
    if relative[1]:
        moment = plus(now, int(relative[1] + relative[2]), f"{relative[3].upper()}S")
    # What the format cannot say does not count.
    return pattern.parse(pattern.format(moment))


def _interval(properties: Mapping[str, str], pattern: JavaFormat) -> tuple[int, str]:
    count, unit = properties.get("interval", "").strip(), properties.get("interval.unit", "").strip().upper()
    default = {"day": "DAYS", "month": "MONTHS"}.get(pattern.precision)
    if not unit or not count:
        if default is None:
            raise ValueError(
                f"Properties 'interval' and 'interval.unit' are required for the format {pattern.pattern!r}: only "
                "dates of single-day or single-month precision have defaults"
            )
        unit, count = unit or default, count or "1"
    if unit not in UNITS:
        raise ValueError(f"Property 'interval.unit' has the value {unit!r}: it must be one of {', '.join(UNITS)}")
    if not count.isdecimal() or int(count) < 1:
        raise ValueError(f"Property 'interval' has the value {count!r}: it must be a positive number")
    return int(count), unit


def _moments(first: datetime, last: datetime, count: int, unit: str) -> Iterator[datetime]:
    moment, number = first, 0
    while moment <= last:
        if number == LIMIT:
            raise ValueError(f"The range has more than {LIMIT} values, which is more than the lab lists")
        yield moment
        number += 1
        moment = plus(first, count * number, unit)

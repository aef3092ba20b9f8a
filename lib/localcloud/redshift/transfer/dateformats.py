"""DATEFORMAT and TIMEFORMAT: what a format string matches.

https://docs.aws.amazon.com/redshift/latest/dg/r_DATEFORMAT_and_TIMEFORMAT_strings.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from localcloud.redshift.errors import SqlError

EPOCHS = {"epochsecs": 1_000_000, "epochmillisecs": 1_000}
"""A number instead of a format -> its microseconds."""
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMES = [
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
]
_PARTS = {
    "YYYY": ("year", "[0-9]{4}"),
    "YY": ("short_year", "[0-9]{2}"),
    "MONTH": ("name", "[A-Za-z]+"),
    "MON": ("name", "[A-Za-z]+"),
    "MM": ("month", None),
    "DD": ("day", None),
    "HH24": ("hour", None),
    "HH12": ("half_day_hour", None),
    "HH": ("hour", None),
    "MI": ("minute", None),
    "SS": ("second", None),
    "AM": ("meridian", "[AaPp]\\.?[Mm]\\.?"),
    "PM": ("meridian", "[AaPp]\\.?[Mm]\\.?"),
}
"""Part -> its name, and what it matches; None for one or two digits, and just two where digits follow at once."""
_FRACTION = "(?:\\.(?P<fraction>[0-9]{1,6}))?"
_FRACTION_PARTS = re.compile(r"\.(MS|US|F+|S+)$", re.IGNORECASE)


@dataclass(frozen=True)
class Format:
    """A format string: the pattern of the values that match it."""

    pattern: re.Pattern[str]
    names: frozenset[str]

    def parse(self, text: str) -> datetime | None:
        """Return the moment that a text names, None if it does not match or there is no such moment."""
        match = self.pattern.fullmatch(text)
        if match is None:
            return None
        part = {name: value for name, value in match.groupdict().items() if value is not None}
        try:
            day = datetime(_year(part), _month(part), int(part.get("day", 1)))
            hour = _hour(part)
            if hour > 23 or int(part.get("minute", 0)) > 59 or int(part.get("second", 0)) > 59:
                return None
        except ValueError:
            return None
        fraction = int(part.get("fraction", "0").ljust(6, "0"))
        minute, second = int(part.get("minute", 0)), int(part.get("second", 0))
        return day + timedelta(hours=hour, minutes=minute, seconds=second, microseconds=fraction)


def _year(part: dict[str, str]) -> int:
    if "short_year" in part:
        year = int(part["short_year"])
        return year + (1900 if year >= 70 else 2000)
    return int(part["year"]) if "year" in part else 1970


def _month(part: dict[str, str]) -> int:
    if "name" not in part:
        return int(part.get("month", 1))
    name = part["name"].lower()
    return (_NAMES.index(name) if name in _NAMES else _MONTHS.index(name)) + 1


def _hour(part: dict[str, str]) -> int:
    """Return the hour of the day. Raises ValueError for one that a clock of twelve hours does not show."""
    meridian = part.get("meridian", "").lower()
    hour = int(part.get("half_day_hour", part.get("hour", "0")))
    if "half_day_hour" in part or (meridian and hour <= 12):
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        return hour % 12 + (12 if meridian.startswith("p") else 0)
    return hour


@cache
def compiled(form: str) -> Format:
    """Return the pattern of a format string. Raises SqlError at a part that is unknown or comes twice."""
    written, matched, names, at = _FRACTION_PARTS.sub("", form), "", list[str](), 0
    upper = written.upper()
    if re.search("TZ|OF", upper):
        raise SqlError("22007", f"the date or time format {form!r} must not name a time zone", hint="'auto'")
    while at < len(written):
        part = next((name for name in _PARTS if upper.startswith(name, at)), None)
        if part is None:
            matched += _literal(form, written[at])
            at += 1
            continue
        at += len(part)
        name, pattern = _PARTS[part]
        if name in names:
            raise _refused(form)
        names.append(name)
        glued = any(upper.startswith(other, at) for other in _PARTS) or matched.endswith(")")
        matched += f"(?P<{name}>{pattern or ('[0-9]{2}' if glued else '[0-9]{1,2}')})"
        matched += _FRACTION if name == "second" else ""
    if not names:
        raise _refused(form)
    return Format(re.compile(matched, re.ASCII), frozenset(names))


def _literal(form: str, character: str) -> str:
    if character.isalpha() and character not in "TZ":
        raise _refused(form)
    return re.escape(character)


def _refused(form: str) -> SqlError:
    return SqlError("22007", f"the date or time format {form!r} is not supported", hint="'auto', or YYYY MM DD ...")

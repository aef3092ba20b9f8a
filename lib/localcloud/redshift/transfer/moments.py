"""Dates and times as COPY reads them, one at a time, as numbers of the engine's binary form.

A date is a count of days from 1970-01-01, a timestamp one of microseconds (UTC where it has a zone), a time one of
microseconds from midnight, a TIMETZ is text. https://docs.aws.amazon.com/redshift/latest/dg/automatic-recognition.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from localcloud.redshift.transfer.dateformats import EPOCHS, compiled
from localcloud.redshift.transfer.rejects import SHORT_DATE, BadValue, Problem
from localcloud.redshift.transfer.statements import Copy
from localcloud.redshift.transfer.target import Target

Cast = Callable[[str, Sequence[str]], Sequence[int | None]]
"""The engine's own reading of texts as a type, for 'auto': numbers as above, None for what is no such value."""

_EPOCH = datetime(1970, 1, 1)
_MICROSECOND = timedelta(microseconds=1)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T][0-9:. +-]*Z?)?", re.ASCII)
_TIME_PART = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?"
_ZONE = re.compile(r" ?(?:([+-])([0-9]{1,2})(?::?([0-9]{2}))?|Z|UTC)", re.ASCII)
_MOMENT = re.compile(rf"([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}})(?: {_TIME_PART})?(.*)", re.ASCII)
_TIME = re.compile(rf"{_TIME_PART}(.*)", re.ASCII)
_LONGEST = {"date": 2**31 - 1, "timestamp": 2**63 - 1, "timestamptz": 2**63 - 1}


def converter(target: Target, copy: Copy, cast: Cast) -> Callable[[str], int | str | None] | None:
    """Return how a text without blanks around it becomes a value of the column; None for other types."""
    if target.type == "date":
        read = _auto("date", cast) if copy.dateformat == "auto" else _date(copy.dateformat)
        return partial(_accepting, read) if copy.acceptanydate else read
    if target.type in ("timestamp", "timestamptz"):
        read = _auto(target.type, cast) if copy.timeformat == "auto" else _moment(target.type, copy.timeformat)
        return partial(_accepting, read) if copy.acceptanydate else read
    if target.type in ("time", "timetz"):
        return partial(_time, target.type == "timetz")
    return None


def _accepting(read: Callable[[str], int], text: str) -> int | None:
    try:
        return read(text)
    except BadValue:
        return None


def _bad(kind: str, form: str = "") -> BadValue:
    if kind == "date":
        return BadValue(Problem(1205, f"Invalid Date Format or value [{form or 'YYYY-MM-DD'}]"))
    zone = "OF" if kind == "timestamptz" else ""
    return BadValue(Problem(1206, f"Invalid timestamp format or value [{form or 'YYYY-MM-DD HH24:MI:SS' + zone}]"))


def _auto(kind: str, cast: Cast) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = cast(kind, [text])[0]
        if value is None:
            raise _bad(kind, "auto")
        return value

    return read


def _date(form: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        if form:
            moment = compiled(form).parse(text)
            if moment is None:
                raise _bad("date", form)
            return (moment - _EPOCH).days
        match = _DATE.fullmatch(text)
        if match is None:
            raise BadValue(SHORT_DATE) if len(text) < 10 else _bad("date")
        try:
            return (datetime(int(match[1]), int(match[2]), int(match[3])) - _EPOCH).days
        except ValueError:
            raise _bad("date") from None

    return read


def _moment(kind: str, form: str) -> Callable[[str], int]:
    if form in EPOCHS:
        return partial(_epoch, kind, form)

    def read(text: str) -> int:
        moment = compiled(form).parse(text) if form else _standard(kind, text)
        if moment is None:
            raise _bad(kind, form)
        return (moment - _EPOCH) // _MICROSECOND

    return read


def _epoch(kind: str, form: str, text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text, re.ASCII) or abs(int(text) * EPOCHS[form]) >= 2**62:
        raise _bad(kind, form)
    return int(text) * EPOCHS[form]


def _standard(kind: str, text: str) -> datetime | None:
    match = _MOMENT.fullmatch(text)
    if match is None or (match[8] and kind == "timestamp"):
        return None
    offset = _offset(match[8])
    try:
        day = datetime(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
    time = _microseconds(match[4] or "0", match[5] or "0", match[6], match[7])
    if offset is None or time is None or time >= 86_400_000_000 or (match[8] and match[4] is None):
        return None
    try:
        return day + timedelta(microseconds=time, minutes=-offset)
    except OverflowError:
        return None


def _microseconds(hour: str, minute: str, second: str | None, fraction: str | None) -> int | None:
    """Return a time of day as microseconds; 24:00 is the end of the day."""
    parts = int(hour), int(minute), int(second or "0")
    value = (parts[0] * 3600 + parts[1] * 60 + parts[2]) * 1_000_000 + int((fraction or "").ljust(6, "0"))
    return value if parts[1] < 60 and parts[2] < 60 and value <= 86_400_000_000 else None


def _offset(text: str) -> int | None:
    """Return a zone's distance from UTC in minutes, None for what is not a zone."""
    if not text:
        return 0
    match = _ZONE.fullmatch(text)
    if match is None:
        return None
    minutes = int(match[2] or "0") * 60 + int(match[3] or "0")
    if minutes > 15 * 60 + 59 or int(match[3] or "0") > 59:
        return None
    return -minutes if match[1] == "-" else minutes


def _time(zoned: bool, text: str) -> int | str:
    match = _TIME.fullmatch(text)
    offset = _offset(match[5]) if match else None
    time = _microseconds(match[1], match[2], match[3], match[4]) if match else None
    if match is None or offset is None or time is None or (match[5] and not zoned):
        zone = "OF" if zoned else ""
        raise BadValue(Problem(1206, f"Invalid time format or value [HH24:MI:SS{zone}]"))
    if not zoned:
        return time
    sign = "-" if offset < 0 else "+"
    seconds, fraction = divmod(time, 1_000_000)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{fraction:06}"
    return f"{clock}{sign}{abs(offset) // 60:02}:{abs(offset) % 60:02}"


def is_finite(kind: str, value: int) -> bool:
    """Check that a number of the engine is not infinite, which Redshift does not have."""
    return abs(value) < _LONGEST[kind]

"""Schedules of crawlers: AWS cron expressions, and the thread that starts what is due.

https://docs.aws.amazon.com/glue/latest/dg/monitor-data-warehouse-schedule.html
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, Thread

from croniter import CroniterBadDateError, CroniterError, croniter

from localcloud.glue.names import InvalidInput

log = logging.getLogger(__name__)

LEAST_S = 300
"""Glue's shortest distance between two runs, seconds."""
MAX_LENGTH = 256
_LAST = ("59", "23", "31", "12", "7", "2199")


def next_run(expression: str, after: datetime) -> datetime | None:
    """Return the first time after `after` (both UTC) at which an AWS cron expression is due; None if there is none.

    Raises:
        InvalidInput: not `cron(Minutes Hours Day-of-month Month Day-of-week Year)`, or more often than every 5 minutes.
    """
    match = re.fullmatch(r"cron\((.+)\)", expression.strip())
    fields = match.group(1).split() if match and len(expression) < MAX_LENGTH else []
    if len(fields) != 6 or not re.fullmatch(r"[\w*?/,#\- ]+", " ".join(fields)):
        raise InvalidInput(f"Invalid schedule {expression[:100]!r}: write cron(Minutes Hours Day Month Weekday Year).")
    minute, hour, day, month, weekday, year = (_field(*pair) for pair in zip(fields, _LAST, strict=True))
    try:
        times = croniter(f"{minute} {hour} {day} {month} {_weekday(weekday)} 0 {year}", after)
        due: datetime = times.get_next(datetime)
    except CroniterBadDateError:
        return None
    except CroniterError as error:
        raise InvalidInput(f"Invalid schedule {expression[:100]!r}: {error}") from None
    with contextlib.suppress(CroniterBadDateError):
        following: datetime = times.get_next(datetime)
        if (following - due).total_seconds() < LEAST_S:
            raise InvalidInput(f"Invalid schedule {expression[:100]!r}: at most one run every 5 minutes.")
    return due


def _field(text: str, last: str) -> str:
    text = text.replace("?", "*")
    return re.sub(r"(?<![\d\-])(\d+)/(\d+)", rf"\1-{last}/\2", text)


def _weekday(text: str) -> str:
    """AWS counts Sunday as 1, cron as 0."""
    return re.sub(r"(?<![#/\d])\d", lambda match: str(int(match.group()) - 1), text)


class Clock:
    """A thread that calls `tick(since, now)` every few seconds, until it is stopped."""

    def __init__(self, tick: Callable[[datetime, datetime], None], pause_s: float = 5) -> None:
        self._tick, self._pause_s, self._ended = tick, pause_s, Event()

    def start(self) -> None:
        """Begin."""
        Thread(target=self._run, name="schedules", daemon=True).start()

    def stop(self) -> None:
        """End after the tick that is under way."""
        self._ended.set()

    def _run(self) -> None:
        since = datetime.now(UTC)
        while not self._ended.wait(self._pause_s):
            now = datetime.now(UTC)
            try:
                self._tick(since, now)
            except Exception:
                log.exception("what was due between %s and %s", since, now)
            since = now

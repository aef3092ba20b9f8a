"""Which incident the figures show."""

from __future__ import annotations

import pandas as pd
import pytest

from smartcity.errors import ConfigInvalid
from smartcity.figures import longest_queue

END = pd.Timestamp("2026-03-02T08:00:00Z")
LATER = pd.Timestamp("2026-03-02T07:40:00Z")


def incidents(*rows: tuple[str, pd.Timestamp | None, float]) -> pd.DataFrame:
    """Return a table of incidents: id, when resolved, longest queue."""
    table = pd.DataFrame(rows, columns=["incident_id", "resolved_time", "queue_m"])
    return table.assign(resolved_time=pd.to_datetime(table["resolved_time"], utc=True))


def test_the_longest_queue_of_those_that_were_resolved_is_told() -> None:
    """An incident that was resolved is preferred to one with a longer queue that still lasts."""
    story = longest_queue(incidents(("a", LATER, 100.0), ("b", LATER, 300.0), ("c", None, 900.0)), END)
    assert (story["incident_id"], story["resolved_time"]) == ("b", LATER)


def test_where_none_was_resolved_the_story_ends_with_the_run() -> None:
    """In a short run the longest queue is told until the end of the run."""
    story = longest_queue(incidents(("a", None, 100.0), ("b", None, 300.0)), END)
    assert (story["incident_id"], story["resolved_time"]) == ("b", END)


def test_a_run_without_an_incident_says_what_to_change() -> None:
    """Nothing happened: the error names the parameters that make a longer or busier run."""
    with pytest.raises(ConfigInvalid, match="more minutes, more vehicles or another seed"):
        longest_queue(incidents(), END)

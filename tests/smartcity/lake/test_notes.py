"""What a run keeps next to its zones."""

from __future__ import annotations

from datetime import UTC, datetime

from smartcity.lake import notes
from smartcity.lake.store import Store


def test_a_note_is_read_as_it_was_written(store: Store) -> None:
    """Any JSON value comes back, and it is known since when it is there."""
    notes.write(store, notes.CITY, {"vehicles": 200, "seed": 7})
    assert notes.read(store, notes.CITY) == {"vehicles": 200, "seed": 7}
    written = notes.written_at(store, notes.CITY)
    assert written is not None
    assert abs((datetime.now(UTC) - written).total_seconds()) < 60


def test_a_note_that_was_never_written_is_none(store: Store) -> None:
    """Neither its value nor its time raises."""
    assert (notes.read(store, "offsets"), notes.written_at(store, "offsets")) == (None, None)

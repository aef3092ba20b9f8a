"""What a lesson needs before it starts."""

from __future__ import annotations

from typing import Any

import pytest

from course import prepare
from smartcity.errors import NotPrepared


class Lake:
    """A lake whose run has no notes but those of the test."""

    def store(self) -> None:
        """Return nothing: the test reads the notes."""


@pytest.mark.parametrize("note", ["avro", None])
def test_a_run_in_avro_is_refused(note: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lessons read JSON, and say so before they fail at the bytes; any other run is taken."""
    lake: Any = Lake()
    monkeypatch.setattr(prepare.notes, "read", lambda _store, _name: note)
    if note is None:
        prepare.require_json(lake)
        return
    with pytest.raises(NotPrepared, match="another run_id"):
        prepare.require_json(lake)

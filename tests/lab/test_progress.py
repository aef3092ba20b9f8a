"""What `./lab status` says of the streams."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.smartcity.stream.test_progress import REPORT

from lab import progress
from smartcity.stream.progress import Progress, write


def test_status_shows_the_newest_batch_of_each_query(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A later batch replaces the earlier one, and a query has two files and no more."""
    monkeypatch.setattr(progress, "folder", lambda: tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    progress.show()
    assert capsys.readouterr().out == ""
    for batch in (7, 8):
        write(Progress.of({**REPORT, "batchId": batch}), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["zones.json", "zones.prom"]
    progress.show()
    (row,) = [line for line in capsys.readouterr().out.splitlines() if "zones" in line]
    assert row.replace("│", " ").split() == ["zones", "8", "2026-03-02T07:10:00", "2,000", "5,333", "0.8", "35", "90"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"query": "zones"}', '{"query": 1, "batch_id": "x"}'])
def test_a_damaged_progress_file_is_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    """`status` says so and continues."""
    monkeypatch.setattr(progress, "folder", lambda: tmp_path)
    (tmp_path / "zones.json").write_text(content)
    progress.show()
    assert "zones.json was damaged" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["zones.json.broken"]

"""A script's job: the bookmark moves with the commit alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from localcloud.glue.library.awsglue.job import Job


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a run whose job has read something before."""
    task = {"run": "jr_1", "lost": [], "bookmark": {"old": {"changed": 1}}}
    (tmp_path / "task.json").write_text(json.dumps(task))
    monkeypatch.setenv("LAB_GLUE_RUN", str(tmp_path))
    monkeypatch.setattr(Job, "active", None)
    return tmp_path


def begun(option: str) -> Job:
    job = Job(None)
    job.init("j", {"job_bookmark_option": option})
    job.note("new", {"changed": 2})
    return job


def test_a_commit_stores_what_was_read(folder: Path) -> None:
    """After the commit the bookmark has the old sources and the new one."""
    job = begun("job-bookmark-enable")
    assert not (folder / "bookmark.json").exists()
    job.commit()
    assert json.loads((folder / "bookmark.json").read_text()) == {"old": {"changed": 1}, "new": {"changed": 2}}


@pytest.mark.parametrize(
    ("option", "seen"), [("job-bookmark-pause", {"changed": 1}), ("job-bookmark-disable", {}), ("", {})]
)
def test_other_options_store_nothing(folder: Path, option: str, seen: dict[str, Any]) -> None:
    """A paused bookmark is read and not moved; a disabled one does not count."""
    job = begun(option)
    job.commit()
    assert job.seen("old") == seen
    assert not (folder / "bookmark.json").exists()


def test_a_commit_needs_an_init() -> None:
    """A script that forgot `init` is told so."""
    with pytest.raises(RuntimeError, match="before Job.init"):
        Job(None).commit()


def test_a_process_without_a_run_has_no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside a run of Glue the package refuses."""
    monkeypatch.delenv("LAB_GLUE_RUN", raising=False)
    with pytest.raises(RuntimeError, match="not a run of a Glue job"):
        Job(None).init("j", {})

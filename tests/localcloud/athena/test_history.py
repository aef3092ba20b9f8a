"""The stored executions."""

from __future__ import annotations

import stat
from pathlib import Path

from localcloud.athena.execution import Execution
from localcloud.athena.history import History


def ended(query: str = "SELECT 1", **facts: object) -> Execution:
    execution = Execution(query, "primary", "s3://b/", state="SUCCEEDED", form="csv", **facts)  # type: ignore[arg-type]
    execution.completed = execution.submitted
    return execution


def test_executions_survive_a_restart(tmp_path: Path) -> None:
    """Reopening the file gives what was stored, and only its owner can read the file."""
    file = tmp_path / "athena.sqlite"
    execution = ended(columns=[{"Name": "a"}], statistics={"DataScannedInBytes": 7})
    History(file).save(execution)
    assert History(file).get(execution.id) == execution
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_query_that_ran_when_the_lab_stopped_has_failed(tmp_path: Path) -> None:
    """After a kill no query stays RUNNING: it is FAILED, with what to do."""
    file = tmp_path / "athena.sqlite"
    running = Execution("SELECT 1", "primary", "s3://b/", state="RUNNING")
    History(file).save(running)
    found = History(file).get(running.id)
    assert found is not None
    assert found.state == "FAILED"
    assert "run it again" in found.reason


def test_pages_go_from_new_to_old() -> None:
    """The pages of a workgroup hold each of its queries once, the newest first."""
    history = History(None)
    ids = []
    for number in range(5):
        one = ended(f"SELECT {number}")
        ids.append(one.id)
        history.save(one)
    history.save(ended())
    first = history.page("primary", None, 4)
    second = history.page("primary", first[-1][0], 4)
    assert [found for _, found in first + second][1:] == ids[::-1]


def test_only_the_same_question_is_reused() -> None:
    """A result is reused for the same text, database, parameters and workgroup, and only while it is young."""
    history = History(None)
    earlier = ended(database="city")
    history.save(earlier)

    def found(max_age_s: float = 60, **facts: str) -> bool:
        return history.reusable(ended(**{"database": "city", **facts}), max_age_s) is not None

    assert found()
    assert not found(database="other")
    assert not found(query="SELECT 2")
    assert not found(max_age_s=-1)


def test_a_request_token_finds_its_execution() -> None:
    """The token by which a client asks twice leads to the first query; an empty one leads nowhere."""
    history = History(None)
    history.save(ended(token="t" * 32))
    history.save(ended())
    assert history.by_token("t" * 32) is not None
    assert history.by_token("") is None

"""Statements of the Data API on their way through a thread of the AWS API."""

from __future__ import annotations

import errno

import pytest

from localcloud.aws import persistence
from localcloud.redshift.api import running
from localcloud.redshift.api.access import GatewayAccess
from localcloud.redshift.api.statements import Execution, Part


def test_a_statement_whose_end_cannot_be_stored_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the disk can't take the end of a statement, it is FAILED at once, as it would be after a restart."""

    def refuse(_service: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(running, "_execute", lambda execution, *_: execution.move("FINISHED"))
    monkeypatch.setattr(persistence, "save", refuse)
    execution = Execution([Part("INSERT INTO t VALUES (1)")], batch=False, database="city", where={})
    running._run(execution, GatewayAccess("127.0.0.1", 1, "p", "k"), "admin", "p")
    assert execution.status == "FAILED"
    assert "could not be stored: No space left on device" in execution.error

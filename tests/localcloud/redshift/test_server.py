"""Who the gateway lets in when many are connected."""

from __future__ import annotations

import asyncio
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import pytest

from localcloud.redshift.errors import SqlError
from localcloud.redshift.gateway import login, server
from localcloud.redshift.gateway.server import _CLIENTS, _FOR_ADMIN, Gateway


class LetInError(Exception):
    """The login got as far as the engine."""


@pytest.mark.parametrize(
    ("user", "sessions", "admitted"),
    [
        ("reader", _CLIENTS, True),
        ("reader", _CLIENTS + 1, False),
        ("awsuser", _CLIENTS + 1, True),
        ("awsuser", _CLIENTS + _FOR_ADMIN + 1, False),
    ],
)
def test_the_admin_gets_in_when_all_sessions_are_taken(
    user: str, sessions: int, admitted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the limit of sessions, other users are refused in Redshift's words, and the admin can still log in."""
    gateway: Any = Gateway.__new__(Gateway)
    gateway._clients, gateway._connections, gateway.settings, gateway.engine = (
        sessions,
        *(MagicMock() for _ in range(3)),
    )
    gateway._startup = AsyncMock(return_value={"user": user})
    gateway._open = AsyncMock(side_effect=LetInError)
    monkeypatch.setattr(login, "authenticate", AsyncMock(return_value=user))
    monkeypatch.setattr(server, "ClientSide", MagicMock())
    monkeypatch.setattr(server, "Connection", MagicMock())
    with pytest.raises(LetInError if admitted else SqlError) as caught:
        asyncio.run(gateway._serve(MagicMock(), MagicMock()))
    if isinstance(caught.value, SqlError):
        assert caught.value.message == f"connection limit {_CLIENTS} exceeded for non-bootstrap users"

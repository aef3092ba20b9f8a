"""Who gets an answer from the live page's server."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest

from .conftest import Room


def _status(room: Room, path: str, headers: dict[str, str], method: str = "GET") -> tuple[int, str]:
    """Return the status of a request and the policy that came with it."""
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(room.url).port, timeout=20)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    policy = answer.headers.get("Content-Security-Policy", "")
    connection.close()
    return answer.status, policy


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "10.0.0.1", ""]
)
@pytest.mark.parametrize("path", ["/", "/view", "/_dash-layout"])
def test_another_name_of_this_machine_gets_nothing(room: Room, host: str, path: str) -> None:
    """A page from elsewhere whose name was made to lead here (DNS rebinding) is refused."""
    assert _status(room, path, {"Host": host})[0] in (400, 403)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_another_pages_script_gets_nothing(room: Room, origin: str) -> None:
    """A request that names another origin is refused, also a preflight."""
    assert _status(room, "/view", {"Origin": origin})[0] == 403
    assert _status(room, "/_dash-update-component", {"Origin": origin}, "OPTIONS")[0] == 403


def test_the_page_itself_is_answered_and_can_be_framed_by_nobody(room: Room) -> None:
    """By its own address, with its own origin, the page comes; its policy forbids frames."""
    own = room.url.rstrip("/")
    status, policy = _status(room, "/", {"Host": urlsplit(own).netloc, "Origin": own})
    assert status == 200
    assert "frame-ancestors 'none'" in policy
    assert _status(room, "/", {"Host": f"localhost:{urlsplit(own).port}"})[0] == 200

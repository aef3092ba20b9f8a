"""Fetching, against a repository on loopback that can be made to fail."""

from __future__ import annotations

import hashlib
import re
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
import requests

from localcloud.binaries import fetch as module
from localcloud.binaries.fetch import Artifact, fetch, missing_bytes
from localcloud.errors import DownloadFailed

BODY = bytes(range(256)) * 4000
DEFLATED = zlib.compress(BODY)[2:-4]
ARCHIVE = b"PK-before" + DEFLATED + b"after"


class Repository(BaseHTTPRequestHandler):
    """Serves two files with byte ranges; the first answer breaks off after `broken_at` bytes."""

    broken_at: ClassVar[int | None] = None
    ranges: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        body = ARCHIVE if self.path.endswith(".zip") else BODY
        wanted = self.headers.get("Range")
        found = re.match(r"bytes=(\d+)-(\d+)", wanted or "")
        first, last = (int(found[1]), int(found[2])) if found else (0, len(body) - 1)
        type(self).ranges.append(wanted or "")
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        part = body[first : last + 1]
        cut, type(self).broken_at = type(self).broken_at, None
        self.wfile.write(part[:cut] if cut is not None else part)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Repository]]:
    """A repository instead of the public one."""
    Repository.broken_at, Repository.ranges = None, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Repository)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    session = requests.Session()
    monkeypatch.setattr(module, "repository", lambda: (session, f"http://127.0.0.1:{server.server_port}"))
    yield Repository
    session.close()
    server.shutdown()
    server.server_close()


def whole(sha256: str = hashlib.sha256(BODY).hexdigest()) -> Artifact:
    """Return the pinned whole file."""
    return Artifact("a.jar", "org/a.jar", sha256, len(BODY))


def test_a_broken_download_goes_on_where_it_stopped(repository: type[Repository], tmp_path: Path) -> None:
    """After a connection that broke at 300,000 bytes only the rest is asked for, and the bytes are right."""
    repository.broken_at = 300_000
    assert fetch(whole(), tmp_path).read_bytes() == BODY
    first, second = repository.ranges
    assert first == ""
    assert 0 < int(second.removeprefix("bytes=").split("-")[0]) <= 300_000


def test_a_member_of_an_archive_is_fetched_by_its_range(repository: type[Repository], tmp_path: Path) -> None:
    """A deflated member is read by its byte range alone and stored inflated."""
    member = Artifact("b.jar", "org/b.zip", hashlib.sha256(BODY).hexdigest(), len(DEFLATED), offset=9)
    assert fetch(member, tmp_path).read_bytes() == BODY
    assert repository.ranges == [f"bytes=9-{8 + len(DEFLATED)}"]


def test_other_bytes_than_the_pinned_are_refused(repository: type[Repository], tmp_path: Path) -> None:
    """A wrong sha256 raises, names both sums, and leaves nothing in the cache."""
    with pytest.raises(DownloadFailed, match="pinned is 00"):
        fetch(whole("00"), tmp_path)
    assert not whole("00").cached(tmp_path).exists()


def test_what_is_in_the_cache_is_not_fetched_again(repository: type[Repository], tmp_path: Path) -> None:
    """A second fetch asks the repository for nothing, and nothing is missing."""
    fetch(whole(), tmp_path)
    fetch(whole(), tmp_path)
    assert len(repository.ranges) == 1
    assert missing_bytes([whole()], tmp_path) == 0


def test_an_unreachable_repository_is_told_with_the_next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no network, the error says how much arrived and that the same command continues."""
    with requests.Session() as session:
        monkeypatch.setattr(module, "repository", lambda: (session, "http://127.0.0.1:9"))
        with pytest.raises(DownloadFailed, match="0 of 1,024,000 bytes arrived in 5 attempts.*Try: check the network"):
            fetch(whole(), tmp_path)

"""The process that the engine asks for spatial functions, and how it is started."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.redshift.gateway import activation
from localcloud.redshift.gateway.spatial import serve
from localcloud.redshift.protocol import frames
from localcloud.redshift.protocol.frames import Frame


class Peer:
    """A client that speaks as the engine does."""

    def __init__(self, connection: socket.socket) -> None:
        connection.settimeout(60)
        self._connection, self._buffer = connection, bytearray()
        connection.sendall(struct.pack("!ii", 8, frames.PROTOCOL_3))
        self.greeting = self.answer()

    def answer(self) -> list[Frame]:
        """Return the messages up to the one that says that the next query may come."""
        seen = list[Frame]()
        while not seen or seen[-1].kind != b"Z":
            block = self._connection.recv(65536)
            assert block
            self._buffer += block
            seen += frames.split(self._buffer)
        return seen

    def ask(self, query: str) -> list[Frame]:
        """Send a query and return the answer."""
        self._connection.sendall(Frame(b"Q", frames.text(query)).encode())
        return self.answer()


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[Peer]:
    """A client of a server in this process."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "s"))
    listening.listen()
    threading.Thread(target=serve, args=(listening,), daemon=True).start()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(tmp_path / "s"))
        yield Peer(connection)


def test_a_question_gets_one_row(peer: Peer) -> None:
    """A query names a function and its arguments; the answer is a row with the result as text."""
    kinds = [frame.kind for frame in peer.ask("st_npoints\x1f{2,0,0,0,1,1,2,0,0,1,1}")]
    assert kinds == [b"T", b"D", b"C", b"Z"]
    assert frames.row(peer.ask("st_geomfromtext\x1f4326\x1fPOINT(1 2)")[1].body) == [b"{1.0,4326.0,1.0,2.0,1.0,2.0}"]
    assert frames.row(peer.ask("st_zmax\x1f{1,0,1,2,1,2}")[1].body) == [None]


@pytest.mark.parametrize(
    ("query", "code"),
    [("st_geomfromtext\x1f0\x1fPOINT(1", "22023"), ("no_such\x1f1", "XX000"), ("st_npoints\x1fzz", "XX000")],
)
def test_an_error_is_told_and_the_next_question_answered(peer: Peer, query: str, code: str) -> None:
    """A wrong argument is the client's error, anything unforeseen an internal one; the connection stays."""
    answer = peer.ask(query)
    assert [frame.kind for frame in answer] == [b"E", b"Z"]
    assert frames.error_fields(answer[0].body)["C"] == code
    assert peer.ask("st_npoints\x1f{1,0,1,2,1,2}")[1].kind == b"D"


def test_the_process_starts_with_the_first_connection_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody but the owner may open the socket, no process runs before somebody connects, and an ended one is replaced."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.fspath(Path(activation.__file__).parents[3]))
    started = list[int]()
    create = asyncio.create_subprocess_exec

    async def noted(*argv: str, **options: object) -> asyncio.subprocess.Process:
        process = await create(*argv, **options)  # type: ignore[arg-type]
        started.append(process.pid)
        return process

    def ask() -> int:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(activation.SOCKET))
            return len(Peer(connection).ask("st_npoints\x1f{1,0,1,2,1,2}"))

    async def scenario() -> None:
        keeping = asyncio.create_task(activation.keep(activation.listen()))
        await asyncio.sleep(0)
        assert stat.S_IMODE(activation.SOCKET.stat().st_mode) == 0o600
        assert not started
        assert await asyncio.to_thread(ask) == 4
        os.kill(started[0], 9)
        assert await asyncio.to_thread(ask) == 4
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)
    asyncio.run(scenario())
    assert len(started) == 2

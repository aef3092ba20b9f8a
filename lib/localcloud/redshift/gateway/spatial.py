"""The process that the engine asks for spatial functions: PostgreSQL's protocol on an inherited socket.

Each query is answered without state, so a connection that breaks loses nothing (ADR 18).
"""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
import threading
from typing import BinaryIO

from localcloud.redshift.errors import SqlError
from localcloud.redshift.protocol import frames
from localcloud.redshift.protocol.frames import Column, Frame
from localcloud.redshift.spatial.operations import answer

_TEXT = 25
_ROWS = frames.row_description([Column("result", 0, 0, _TEXT, -1, -1, 0)]).encode()
_READY = Frame(b"Z", b"I").encode()
_DONE = Frame(b"C", frames.text("SELECT 1")).encode() + _READY
_WELCOME = Frame(b"R", struct.pack("!i", 0)).encode() + b"".join(
    Frame(b"S", frames.text(name) + frames.text(value)).encode()
    for name, value in {"client_encoding": "UTF8", "server_version": "18", "DateStyle": "ISO, MDY"}.items()
)
_LIMIT = 1 << 28


def serve(listening: socket.socket) -> None:
    """Take connections for ever."""
    while True:
        connection, _ = listening.accept()
        threading.Thread(target=_talk, args=(connection,), daemon=True).start()


def _talk(connection: socket.socket) -> None:
    with connection, connection.makefile("rb") as incoming, contextlib.suppress(ConnectionError, EOFError):
        _take(incoming, _size(incoming))
        connection.sendall(_WELCOME + _READY)
        while (kind := incoming.read(1)) in (b"Q", b"X"):
            body = _take(incoming, _size(incoming))
            if kind == b"X":
                return
            connection.sendall(_reply(body[:-1].decode()))


def _size(incoming: BinaryIO) -> int:
    (size,) = struct.unpack("!i", _take(incoming, 4))
    if not 4 <= size <= _LIMIT:
        raise EOFError
    return int(size) - 4


def _take(incoming: BinaryIO, size: int) -> bytes:
    data = incoming.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _reply(query: str) -> bytes:
    try:
        result = answer(query)
    except SqlError as error:
        return frames.error(error.fields()).encode() + _READY
    except Exception as error:
        return frames.error(SqlError("XX000", f"the spatial function failed: {error!r}").fields()).encode() + _READY
    return _ROWS + frames.raw_row([None if result is None else result.encode()]).encode() + _DONE


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))

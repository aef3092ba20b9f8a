"""Starts the process of the spatial functions when the engine first connects, and again after it ended.

Its socket is in the engine's closed folder. Until then no memory is taken for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import sys
from pathlib import Path

PORT = 5433
"""By which the engine finds the socket file next to its own."""
SOCKET = Path(f".s.PGSQL.{PORT}")
_log = logging.getLogger(__name__)


def listen() -> socket.socket:
    """Return the listening socket, which only the owner of the folder can open."""
    SOCKET.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listening.bind(str(SOCKET))
    finally:
        os.umask(before)
    if os.getuid() == 0:
        owner = SOCKET.parent.stat()
        os.chown(SOCKET, owner.st_uid, owner.st_gid)
    listening.listen(128)
    return listening


async def keep(listening: socket.socket) -> None:
    """Start the process whenever somebody connects while there is none. Ends it when cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        contacted = asyncio.Event()
        loop.add_reader(listening, contacted.set)
        try:
            await contacted.wait()
        finally:
            loop.remove_reader(listening)
        await _run(listening.fileno())


async def _run(descriptor: int) -> None:
    argv = (sys.executable, "-m", "localcloud.redshift.gateway.spatial", str(descriptor))
    process = await asyncio.create_subprocess_exec(*argv, pass_fds=(descriptor,), stdin=asyncio.subprocess.DEVNULL)
    try:
        _log.error("the process of the spatial functions ended with %s", await process.wait())
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()

"""Which ports of stopped services another program holds, or the file that belongs to a port."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable
from pathlib import Path

from localcloud.home import Home, is_free
from localcloud.service import Service

RELEASE_S = 3.0
"""How long a port may stay taken after its process was killed."""


def taken_ports(home: Home, services: Iterable[Service]) -> list[str]:
    """Return the ports (`service.use`) of these stopped services that others hold; remove files they left behind."""
    services = list(services)
    uses = [f"{service.name}.{use}" for service in services for use in service.ports]
    taken = _stay_taken({use: (home.port(use), home.host(use.partition(".")[0])) for use in uses})
    return list(dict.fromkeys([*taken, *_blocked(home, services)]))


def remove(path: Path) -> bool:
    """Remove a file that a service left behind; return whether the path is free now."""
    with contextlib.suppress(OSError):  # somebody else's file, or a folder: the answer says so
        path.unlink(missing_ok=True)
    return not os.path.lexists(path)


def _stay_taken(ports: dict[str, tuple[int, str]]) -> list[str]:
    # A process that was just killed holds its port for a moment longer.
    end = time.monotonic() + RELEASE_S
    while (taken := [use for use, port in ports.items() if not is_free(*port)]) and time.monotonic() < end:
        time.sleep(0.05)
    return taken


def _blocked(home: Home, services: Iterable[Service]) -> list[str]:
    # In a shared folder another user may have made a file or a folder where the service makes its socket.
    left = [(service.name, use, path) for service in services for use, path in service.residue(home).items()]
    return [f"{name}.{use}" for name, use, path in left if not remove(path)]

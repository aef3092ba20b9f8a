"""Where one lab keeps its ports, secrets, data, configuration and logs: below one folder."""

from __future__ import annotations

import contextlib
import json
import os
import random
import secrets
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localcloud.errors import PortsTaken, StateDamaged
from localcloud.secret_forms import is_whole, random_secret

PORT_RANGE = (20_000, 32_000)
"""Below the range that Linux and macOS use for outgoing connections."""


LOOPBACK = "127.0.0.1"
"""Where a lab on one machine listens: nobody else can connect."""

EVERY = "*"
"""In `hosts.json`: the host of every service that the file doesn't name."""

MAX_WORKERS = 64
"""Workers that a cluster of the lab may have: more than one machine can hold."""

_DAMAGED = (
    "The secret {path} is damaged: {why}. Try: restore that file from a copy; or run ./lab down, delete it, and "
    "./lab up makes a new one (without the old `s3_sse`, what is in S3 can't be read any more: then ./lab clean --all)"
)
_NO_HOSTS = (
    "{path} is damaged, so it is not known on which machine the services run. Try: start the containers again, which "
    "writes it; or delete it to have a lab on this machine alone, then ./lab up"
)


def read_workers(path: Path) -> int:
    """Return how many workers a state file asks for; 0 if there is none. One with another number is set aside."""
    count = read_json(path).get("workers", 0)
    if type(count) is int and 0 <= count <= MAX_WORKERS:
        return count
    _set_aside(path)
    return 0


def read_json(path: Path, fits: Callable[[dict[str, Any]], bool] = lambda _: True) -> dict[str, Any]:
    """Return the object stored at `path`, or an empty one if there is no file yet.

    A file that holds anything else, or that `fits` rejects, or that can't be read, is set aside with a message: the lab
    can make each of its state files again.
    """
    loaded = _load(path, fits)
    if loaded is None:
        _set_aside(path)
    return loaded or {}


def read_kept(path: Path) -> dict[str, str]:
    """Return the texts stored at `path`, none if there is no file. Raises StateDamaged.

    It says which machines a lab has: without it the lab must not turn into one on this machine.
    """
    loaded = _load(path, lambda texts: _holds(texts, str))
    if loaded is None:
        raise StateDamaged(_NO_HOSTS.format(path=path))
    return loaded


def _load(path: Path, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
    """Return the object stored at `path`, an empty one if there is no file, None if it is damaged."""
    try:
        loaded = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError, PermissionError):  # no JSON, no text, or closed to us
        return None
    return loaded if isinstance(loaded, dict) and fits(loaded) else None


def _set_aside(path: Path) -> None:
    broken = path.with_name(f"{path.name}.broken")
    path.replace(broken)
    print(f"lab: {path.name} was damaged; it is kept as {broken}, and the lab writes a new one", file=sys.stderr)


def write_private(path: Path, content: str | bytes) -> None:
    """Replace `path` by `content` in one step, readable by its owner only (mode 600).

    When the disk is full or the write fails otherwise, the old file stays and no draft is left.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _are_ports(ports: dict[str, Any]) -> bool:
    return _holds(ports, int) and all(0 < port < 65536 for port in ports.values())


def _holds(values: dict[str, Any], kind: type) -> bool:
    return all(type(value) is kind for value in values.values())


def _read_secret(path: Path) -> str:
    """Return the secret in a file. Raises StateDamaged: an empty or half password must never be used or replaced."""
    try:
        text = path.read_bytes().decode(errors="replace")
    except PermissionError as error:
        raise StateDamaged(_DAMAGED.format(path=path, why=error.strerror)) from error
    if not is_whole(path.name, text):
        raise StateDamaged(_DAMAGED.format(path=path, why="it does not hold what the lab wrote"))
    return text


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Return whether a server could listen on that port of one of this machine's addresses now."""
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


@dataclass(frozen=True)
class Home:
    """The folder of one lab (`.lab`), and the one cache that all labs of a user share."""

    root: Path
    cache: Path = field(
        default_factory=lambda: Path(
            os.environ.get("LAB_CACHE")
            or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "smartcity-lab"
        )
    )

    def folder(self, *parts: str) -> Path:
        """Return `root/parts`, created if missing, closed to other users."""
        self.root.parent.mkdir(parents=True, exist_ok=True)
        path = self.root
        for part in ("", *parts):
            path /= part
            path.mkdir(exist_ok=True, mode=0o700)  # one by one: of `parents` only the last would get the mode
        return path

    def data(self, service: str) -> Path:
        """Return the folder whose content survives `down`, `up` and a kill."""
        return self.folder("data", service)

    def conf(self, service: str) -> Path:
        """Return the folder for files that are rewritten at each start of a service."""
        return self.folder("conf", service)

    def log(self, service: str) -> Path:
        """Return the log file of a service."""
        return self.folder("logs") / f"{service}.log"

    def secret(self, name: str) -> str:
        """Return the secret of that name, created at first use and kept (mode 600).

        `localcloud.secret_forms` says what it looks like.
        """
        path = self.folder("secrets") / name
        if not path.exists():
            draft = path.with_name(f".{name}.{secrets.token_hex(8)}")
            write_private(draft, random_secret(name))
            # A link is made by one caller only; all others read what that one wrote.
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        return _read_secret(path)

    def port(self, name: str) -> int:
        """Return the port of that name (`service.use`), chosen free at first use and kept for the next start."""
        known = self._ports()
        if name not in known:
            known[name] = self.free_port(set(known.values()))
            write_private(self.root / "ports.json", json.dumps(known, indent=1))
        return known[name]

    def known_port(self, name: str) -> int | None:
        """Return the port of that name if it was already chosen, else None; write nothing."""
        return self._ports().get(name)

    def host(self, service: str) -> str:
        """Return where that service listens and is reached: loopback, unless `hosts.json` names another address."""
        hosts = self.hosts()
        return hosts.get(service, hosts.get(EVERY, LOOPBACK))

    def hosts(self) -> dict[str, str]:
        """Return the hosts that `hosts.json` names. Raises StateDamaged."""
        return read_kept(self.root / "hosts.json")

    def address(self, name: str) -> str:
        """Return `host:port` of the port of that name (`service.use`)."""
        return f"{self.host(name.partition('.')[0])}:{self.port(name)}"

    def forget_port(self, name: str) -> None:
        """Let the next `port(name)` choose again, as when another program has taken the old one."""
        known = self._ports()
        if known.pop(name, None) is not None:
            write_private(self.root / "ports.json", json.dumps(known, indent=1))

    def _ports(self) -> dict[str, int]:
        return read_json(self.root / "ports.json", _are_ports)

    def free_port(self, taken: set[int]) -> int:
        """Return a port of the lab's range on which nobody listens and that is not in `taken`. Raises PortsTaken."""
        addresses = {LOOPBACK, self.host(EVERY)}
        for port in self._candidates():
            if port not in taken and all(is_free(port, address) for address in addresses):
                return port
        raise PortsTaken(
            f"No free port between {PORT_RANGE[0]} and {PORT_RANGE[1]} on {' and '.join(sorted(addresses))}. "
            "Try: ./lab down in labs that are not in use, or end the programs that listen there."
        )

    def _candidates(self) -> Iterator[int]:
        yield from random.SystemRandom().sample(range(*PORT_RANGE), 500)

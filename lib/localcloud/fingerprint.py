"""A digest of what a service is started from: when it changes, the running process is out of date."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from localcloud.home import Home
from localcloud.service import Service


def made_of(home: Home, service: Service) -> str:
    """Return a digest of all that a start of the service would use: command, settings, and the lab's own code.

    It writes the service's settings, as a start does.
    """
    setup, command = service.setup(home), service.command(home)
    digest = hashlib.sha256(repr((command.argv, sorted(command.env.items()))).encode())
    if setup is not None:
        digest.update(str(setup.mark).encode())
    own = _code() if command.argv[0] == sys.executable else ()
    for path in sorted((*_settings(home, service), *own)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _settings(home: Home, service: Service) -> Iterator[Path]:
    for path in home.conf(service.name).rglob("*"):
        if path.is_file() and path.suffix not in (".log", ".pid"):
            yield path
    certificate = home.root / "tls" / f"{service.name}.pem"
    if certificate.is_file():  # renewed, as when the old one was damaged
        yield certificate


def _code() -> Iterator[Path]:
    return (path for path in Path(__file__).parent.rglob("*") if path.suffix in (".py", ".sql"))

"""What the supervisor knows about a service: its name, ports, dependencies, how it starts, when it is ready."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from localcloud.home import Home


@dataclass(frozen=True)
class Command:
    """A process to start: arguments, variables on top of a clean environment, and the folder to start it in."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None


@dataclass(frozen=True)
class Setup:
    """A program that must end well once before a service starts; afterwards the file `mark` says that it did."""

    what: str
    command: Command
    mark: Path
    secrets: tuple[str, ...] = ()
    """What no message may show of the program's output."""
    reports: bool = False
    """Whether what it prints is for the user to see while it runs."""
    limit_s: float = 180
    """How long the program may take; Kafka's takes about two seconds on an idle machine."""


class Service:
    """One service of the stand-in: a subclass per file in `localcloud.services`, with its state in a `Home`."""

    name: ClassVar[str]
    ports: ClassVar[Mapping[str, str]] = {}
    """Names of the ports that it listens on, each with who gets in; `self.port(home, "http")` gives the number."""
    needs: ClassVar[tuple[str, ...]] = ()
    """Names of the services that must be ready before this one starts."""
    asks: ClassVar[tuple[str, ...]] = ()
    """Names of the services that it calls once it is running: they are started with it, in no particular order."""
    limit_s: ClassVar[float] = 120
    """Seconds from the start of the process until it must be ready; a busy machine needs several times its usual."""
    awaits: ClassVar[str] = "its port to answer"
    """What `ready` waits for, in words."""
    attempts: ClassVar[int] = 1
    """How often it is started before its failure is reported; more than once if a restart after a kill needs it."""
    stop_s: ClassVar[float] = 15
    """Seconds between the request to stop (SIGTERM) and the kill."""

    def port(self, home: Home, use: str) -> int:
        """Return the number of one of this service's ports."""
        return home.port(f"{self.name}.{use}")

    def address(self, home: Home, use: str) -> str:
        """Return `host:port` of one of this service's ports."""
        return home.address(f"{self.name}.{use}")

    def command(self, home: Home) -> Command:
        """Write the configuration and return the process to start."""
        raise NotImplementedError

    def setup(self, home: Home) -> Setup | None:
        """Return what must be done once before the process starts, if anything."""
        return None

    def ready(self, home: Home) -> bool:
        """Return whether the service answers. An exception means not yet; its text is shown when the limit is over."""
        raise NotImplementedError

    def card(self, home: Home) -> Mapping[str, str]:
        """Return the environment variables by which outside clients reach this service (`./lab env`)."""
        return {}

    def residue(self, home: Home) -> Mapping[str, Path]:
        """Return files that the service makes outside the lab's folder, by the name of the port each belongs to."""
        return {}

    def links(self, home: Home) -> Mapping[str, str]:
        """Return pages a person may open, by title (`./lab status`)."""
        return {}

"""Starts the services in the order of their dependencies, in parallel if possible, and stops only what it started."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import psutil

from localcloud.card import card_of
from localcloud.disk import shortage
from localcloud.errors import ServiceFailed
from localcloud.fingerprint import made_of
from localcloud.home import Home, write_private
from localcloud.ports import remove, taken_ports
from localcloud.process import Tracked, end, family, last_line, resident_mb, strays, tracked
from localcloud.service import Service
from localcloud.setup import ensure

STRAY_S = 20.0
"""How long a program other than a service may take to end cleanly."""
Report = Callable[[str, str], None]
"""Called with the name of a service and what happens to it."""


@dataclass(frozen=True)
class Status:
    """One row of `./lab status`. `pid` and `memory_mb` are None when the service does not run."""

    name: str
    ports: Mapping[str, int]
    pid: int | None
    memory_mb: float | None
    links: Mapping[str, str]

    @property
    def state(self) -> str:
        """Return `up` or `down`."""
        return "up" if self.pid else "down"


class Supervisor:
    """The services of one lab."""

    def __init__(
        self,
        home: Home,
        services: Mapping[str, Service],
        report: Report = lambda name, what: None,
        client_env: Callable[[Home], Mapping[str, str]] = lambda home: {},
    ) -> None:
        self.home = home
        self.services = services
        self.report = report
        self.client_env = client_env

    def up(self, names: list[str] | None = None) -> None:
        """Start the named services, what they need and whom they ask (default: all), and write the card.

        A service that runs and answers is left alone; one that died is started again. Raises ServiceFailed.
        """
        named = names or list(self.services)
        helpers = [other for name in named if name in self.services for other in self.services[name].asks]
        helpers = [name for name in helpers if name in self.services]  # a lab may be made of some services only
        wanted = self._with_needs([*helpers, *named])
        with self._locked():
            self._adopt()
            self._move_from_taken_ports(wanted)
            try:
                self._in_order(wanted, self._ensure)
            finally:
                # Also when one of them failed: the card then holds those that run.
                self._write_card()

    def down(self, names: list[str] | None = None) -> None:
        """End the named services and those that need them (default: all); leave no process and no record of one."""
        wanted = self._with_dependents(names) if names else list(self.services)
        with self._locked():
            self._adopt()
            if not names:
                self._end_strays()
            self._end(wanted)
            (self.home.root / "endpoints.json").unlink(missing_ok=True)
            if any(self._tracked(name).process() for name in self.services):
                self._write_card()

    def status(self) -> list[Status]:
        """Return a row for each service, running or not."""
        alive = self._alive()
        return [self._status(service, alive.get(service.name)) for service in self.services.values()]

    def processes(self) -> list[psutil.Process]:
        """Return the live processes of all services."""
        return [process for name in self.services if (process := self._tracked(name).process())]

    def _alive(self) -> dict[str, psutil.Process]:
        """Return the live processes of the services by name, also of those whose record is lost; write nothing."""
        alive = {name: process for name in self.services if (process := self._tracked(name).process())}
        running = strays(self.home) if len(alive) < len(self.services) else {}
        return {name: roots[0] for name, roots in running.items() if roots and name in self.services} | alive

    def _status(self, service: Service, process: psutil.Process | None) -> Status:
        known = {use: port for use in service.ports if (port := self.home.known_port(f"{service.name}.{use}"))}
        links = service.links(self.home) if process else {}
        memory = resident_mb(family(process)) if process else None
        return Status(service.name, known, process.pid if process else None, memory, links)

    def _tracked(self, name: str) -> Tracked:
        return tracked(self.home, name)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        # The lock is on the folder itself, so that no lock file stays behind.
        descriptor = os.open(self.home.folder(), os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _with_needs(self, names: list[str]) -> list[str]:
        needed: dict[str, None] = {}
        for name in names:
            if name not in self.services:
                raise ServiceFailed(f"There is no service {name!r}. Try one of: {', '.join(self.services)}")
            needed |= dict.fromkeys([*self._with_needs(list(self.services[name].needs)), name])
        return list(needed)

    def _with_dependents(self, names: list[str]) -> list[str]:
        return [name for name in self.services if set(self._with_needs([name])) & set(names)]

    def _move_from_taken_ports(self, names: list[str]) -> None:
        """Give new ports to a stopped service whose ports another program took, and tell the other services."""
        idle = [self.services[name] for name in names if not self._tracked(name).process()]
        taken = taken_ports(self.home, idle)
        for use in taken:
            self.report(use.split(".")[0], f"port {self.home.port(use)} is used by another program; using a new one")
            self.home.forget_port(use)
        if taken:
            self._end(list(self.services))

    def _in_order(self, names: list[str], action: Callable[[Service], None]) -> None:
        waiting, running, done = list(names), dict[Future[None], str](), set[str]()
        with ThreadPoolExecutor(max_workers=max(1, len(names))) as pool:
            while waiting or running:
                for name in [
                    candidate for candidate in waiting if set(self.services[candidate].needs) & set(names) <= done
                ]:
                    waiting.remove(name)
                    running[pool.submit(action, self.services[name])] = name
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    name = running.pop(future)
                    future.result()
                    done.add(name)

    def _ensure(self, service: Service) -> None:
        record = self._tracked(service.name)
        if record.process():
            if record.made_of() not in (None, made_of(self.home, service)):
                self.report(service.name, "its code or settings have changed; restarting")
            elif self._answers(service):
                return
            else:
                self.report(service.name, "running but not answering; restarting")
            record.stop(service.stop_s)
        for attempt in range(service.attempts):
            error = self._start(service, record)
            if error is None:
                return
            if attempt + 1 < service.attempts:
                self.report(service.name, f"{error}; trying once more")
        record.stop(service.stop_s)
        remedy = shortage(self.home) or f"Try: ./lab logs {service.name}, then ./lab up"
        raise ServiceFailed(f"{service.name}: {error}. {remedy}")

    def _answers(self, service: Service) -> bool:
        with contextlib.suppress(Exception):
            return service.ready(self.home)
        return False

    def _start(self, service: Service, record: Tracked) -> str | None:
        """Start it and wait until it is ready; return None, or what went wrong."""
        self.report(service.name, "starting")
        ensure(service.setup(self.home), lambda line: self.report(service.name, line))
        log, begin, seen = self.home.log(service.name), time.monotonic(), ""
        record.start(service.command(self.home), log, made_of(self.home, service))
        while (passed := time.monotonic() - begin) < service.limit_s:
            if not record.process():
                return f"its process ended {passed:.0f} s after the start; last line of its log: {last_line(log)}"
            try:
                if service.ready(self.home):
                    self.report(service.name, f"ready after {time.monotonic() - begin:.1f} s")
                    return None
            except Exception as error:  # any error of a probe means "not yet"
                seen = f" ({type(error).__name__}: {error})"
            time.sleep(0.1)
        return (
            f"not ready within {service.limit_s:.0f} s: waited for {service.awaits}{seen[:300]}; "
            f"last line of its log: {last_line(log)}"
        )

    def _adopt(self) -> None:
        """Make records again for services that run without one, as after a crash or by an older version."""
        for name, process in self._alive().items():
            if not self._tracked(name).process():
                self._tracked(name).adopt(process)

    def _end_strays(self) -> None:
        """Stop the lab's other programs, such as a stream of `./lab stream`."""
        for name, processes in strays(self.home).items():
            if name not in self.services and processes:
                self.report(name, f"still running (process {processes[0].pid}); stopping it")
                for process in processes:
                    end(process, STRAY_S)

    def _end(self, names: list[str]) -> None:
        """End the services, those that need others first."""
        left = [name for name in names if self._tracked(name).file.exists()]
        while left:
            free = [name for name in left if not any(name in self.services[other].needs for other in left)]
            with ThreadPoolExecutor(max_workers=len(free)) as pool:
                list(pool.map(self._stop, free))
            for name in free:
                self.report(name, "stopped")
            left = [name for name in left if name not in free]

    def _stop(self, name: str) -> None:
        service = self.services[name]
        self._tracked(name).stop(service.stop_s)
        for path in service.residue(self.home).values():
            remove(path)

    def _write_card(self) -> None:
        alive = {name: process.pid for name in self.services if (process := self._tracked(name).process())}
        running = {name: self.services[name] for name in alive}
        write_private(self.home.root / "endpoints.json", card_of(self.home, running, self.client_env(self.home), alive))

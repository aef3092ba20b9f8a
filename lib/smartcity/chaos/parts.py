"""What a trial works with: the load, the stream's process, and the services that are killed and brought back."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil
import pyarrow as pa

from smartcity import kafka
from smartcity.errors import QueryDied
from smartcity.simulate import Chunk, Config, Faults, simulate

RATE: Final = 400
"""Records a second that are sent meanwhile."""
VEHICLES: Final = 100
SIMULATED_MINUTES: Final = 366 * 24 * 60
"""More than a trial of any length sends: the load ends when it is told to, not before."""
SETTLE_LIMIT_S: Final = 600


@dataclass(frozen=True)
class Services:
    """The lab's services by name, how to kill one (SIGKILL), and how to bring services back."""

    names: tuple[str, ...]
    kill: Callable[[str], None]
    start: Callable[[list[str]], None]


class Stream:
    """The stream's process; its output goes to a log file."""

    def __init__(self, command: list[str], log: Path) -> None:
        self._command, self._log = command, log
        log.parent.mkdir(parents=True, exist_ok=True)
        self.start()

    def start(self) -> None:
        """Start it, as a person would after a crash: the same command again."""
        with self._log.open("a") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, start_new_session=True)

    def kill(self, what: str) -> None:
        """Kill the driver (all of its processes at once) or one Python worker."""
        everyone = psutil.Process(self._process.pid).children(recursive=True)
        if what == "driver":
            for process in [psutil.Process(self._process.pid), *everyone]:
                _kill(process)
            self._process.wait(30)
            self.start()
        else:
            for worker in [process for process in everyone if _is_worker(process)][-1:]:
                _kill(worker)

    def check(self) -> None:
        """Raise QueryDied if it has ended."""
        if self._process.poll() is not None:
            raise QueryDied("The stream ended unexpectedly. Try: its log, out/chaos.log")

    def stop(self) -> None:
        """End it in good order; after 60 s by force."""
        self._process.terminate()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill("driver")


@dataclass(eq=False)
class Load(threading.Thread):
    """Sends the records of a faulty city until told to stop, and keeps the truth about the records it sent."""

    bootstrap: str
    seed: int
    truth: list[pa.Table] = field(default_factory=list)
    error: Exception | None = None

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.enough = threading.Event()

    def run(self) -> None:
        """Send at RATE; called by the thread."""
        try:
            kafka.produce(self._chunks(), self.bootstrap, rate=RATE)
        except Exception as error:  # told by whoever waits for the load
            self.error = error

    def check(self) -> None:
        """Raise QueryDied if it has failed."""
        if self.error:
            raise QueryDied(f"The load could not be sent: {self.error}. Try: ./lab status") from self.error

    def stop(self) -> None:
        """End it when all is acknowledged that was sent. Raises QueryDied."""
        self.enough.set()
        self.join(SETTLE_LIMIT_S)
        self.check()
        if self.is_alive():
            raise QueryDied(f"Waited {SETTLE_LIMIT_S} s for Kafka to take the load. Try: ./lab status")

    def _chunks(self) -> Iterator[Chunk]:
        config = Config(SIMULATED_MINUTES, VEHICLES, self.seed, faults=Faults.many(), chunk_s=20)
        for chunk in simulate(config):
            if self.enough.is_set():
                return
            self.truth.append(chunk.truth)
            yield chunk


def _kill(process: psutil.Process) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.kill()


def _is_worker(process: psutil.Process) -> bool:
    """Return whether it is a Python that runs tasks: Spark starts its workers with their daemon's command line."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return any("daemon" in word for word in process.cmdline())
    return False

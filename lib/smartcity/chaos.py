"""A trial by kill -9: the stream runs under load while its parts are killed, and the ledger must balance afterwards."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil
import pyarrow as pa

from smartcity import kafka
from smartcity.errors import LabError, LedgerUnbalanced, QueryDied
from smartcity.lake import Lake
from smartcity.reconcile import Ledger, reconcile
from smartcity.settings import settings
from smartcity.simulate import Chunk, Config, Faults, simulate

RATE: Final = 400
"""Records a second that are sent meanwhile."""
RECOVERY_LIMIT_S: Final = 120
SETTLE_LIMIT_S: Final = 240
SERVICES: Final = ("kafka", "zookeeper", "seaweedfs")
PROCESSES: Final = ("driver", "worker")
"""Of the stream itself: the driver with its JVM, and one of the Python workers that run its tasks."""

Say = Callable[[str], None]
StreamCommand = Callable[..., list[str]]


@dataclass(frozen=True)
class Services:
    """How to kill a service of the lab (SIGKILL), and how to bring services back."""

    kill: Callable[[str], None]
    start: Callable[[list[str]], None]


@dataclass
class Kill:
    """One round: who was killed, and the seconds until a batch that began afterwards was committed."""

    victims: list[str]
    recovered_s: float


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
            for worker in [one for one in everyone if _is_worker(one)][-1:]:
                _kill(worker)

    def alive(self) -> bool:
        """Tell whether it still runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End it in good order; after 60 s by force."""
        self._process.terminate()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill("driver")


@dataclass(eq=False)
class Load(threading.Thread):
    """Sends the records of a faulty city until it is told to stop, and keeps the truth about those that it sent."""

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

    def _chunks(self) -> Iterator[Chunk]:
        for chunk in simulate(Config(minutes=600, vehicles=100, seed=self.seed, faults=Faults.many(), chunk_s=20)):
            if self.enough.is_set():
                return
            self.truth.append(chunk.truth)
            yield chunk


def run(services: Services, command: StreamCommand, rounds: int, seed: int, say: Say) -> dict[str, Any]:
    """Run the trial and return its report: kills, lost, duplicated, misjudged, seconds to recover. Raises LabError."""
    lake = Lake(settings(run_id=f"chaos_{uuid.uuid4().hex[:8]}").lake_uri)
    bootstrap = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    lake.make_bucket()
    kafka.ensure_topics(bootstrap)
    lake.write_note("starting_offsets", kafka.end_offsets(bootstrap))
    load, chance = Load(bootstrap, seed), random.Random(seed)  # noqa: S311
    stream = Stream(command(lake.uri, "--trigger-s", "1"), Path(os.environ.get("LAB_HOME", ".")) / "out" / "chaos.log")
    try:
        load.start()
        _wait_for_commit(lake, -1, stream, RECOVERY_LIMIT_S)
        kills = [_round(number, victims, services, stream, lake, say) for number, victims in _plan(rounds, chance)]
        load.enough.set()
        load.join(SETTLE_LIMIT_S)
        if load.error or load.is_alive():
            raise QueryDied(
                f"The load could not be sent: {load.error or 'it is still waiting for Kafka'}. Try: ./lab status"
            )
        truth = pa.concat_tables(load.truth).unify_dictionaries()
        settled = _settle(lake, truth.num_rows, stream)
    finally:
        load.enough.set()
        stream.stop()
    report = _report(lake, truth, kills, settled)
    lake.purge()
    return report


def text(report: dict[str, Any]) -> str:
    """Return the report for a person."""
    rounds = "\n".join(f"  {' + '.join(kill['victims']):<24} {kill['recovered_s']:6.1f} s" for kill in report["rounds"])
    return (
        f"{report['kills']} kills, {report['produced']:,} records: lost {report['lost']}, duplicated "
        f"{report['duplicated']}, misjudged {report['misjudged']}\nSeconds to recover:\n{rounds}"
    )


def _plan(rounds: int, chance: random.Random) -> Iterable[tuple[int, list[str]]]:
    """Yield the victims of each round: each kind before any comes again, every third round two at once."""
    everyone: list[str] = []
    for number in range(rounds):
        victims = []
        for _ in range(2 if number % 3 == 2 else 1):
            if not everyone:
                everyone = chance.sample((*SERVICES, *PROCESSES), len(SERVICES) + len(PROCESSES))
            victims.append(everyone.pop())
        time.sleep(chance.uniform(0.5, 3))  # the moment of the kill is random: it waits for nothing
        yield number, sorted(set(victims))


def _round(number: int, victims: list[str], services: Services, stream: Stream, lake: Lake, say: Say) -> Kill:
    before = lake.last_commit()
    began = time.monotonic()
    for victim in victims:
        (stream.kill if victim in PROCESSES else services.kill)(victim)
    if fallen := [victim for victim in victims if victim in SERVICES]:
        services.start(fallen)
    # The next batch may have been under way; the one after it began when all was back.
    _wait_for_commit(lake, before + 1, stream, RECOVERY_LIMIT_S)
    kill = Kill(victims, round(time.monotonic() - began, 1))
    say(f"round {number + 1}: {' + '.join(victims)} killed, back after {kill.recovered_s} s")
    return kill


def _wait_for_commit(lake: Lake, beyond: int, stream: Stream, limit_s: float) -> None:
    """Wait until the lake has a later commit than `beyond`. Raises QueryDied."""
    _wait(lambda: lake.last_commit() > beyond, stream, limit_s, f"a commit beyond {beyond}")


def _settle(lake: Lake, records: int, stream: Stream) -> float:
    began = time.monotonic()
    _wait(lambda: lake.committed_rows() >= records, stream, SETTLE_LIMIT_S, f"all {records} records in the lake")
    return round(time.monotonic() - began, 1)


def _wait(there: Callable[[], bool], stream: Stream, limit_s: float, what: str) -> None:
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        try:
            if there():
                return
        except (LabError, OSError) as error:
            what = f"{what} (last: {error})" if "last:" not in what else what
        if not stream.alive():
            raise QueryDied("The stream ended by itself. Try: its log, out/chaos.log")
        time.sleep(0.2)
    raise QueryDied(f"Waited {limit_s:.0f} s for {what}. Try: its log, out/chaos.log")


def _report(lake: Lake, truth: pa.Table, kills: list[Kill], settled: float) -> dict[str, Any]:
    try:
        ledger = reconcile(lake, truth)
    except LedgerUnbalanced as error:
        if not isinstance(error.ledger, Ledger):
            raise
        ledger = error.ledger
    total = ledger.total
    return {
        "kills": sum(len(kill.victims) for kill in kills),
        "produced": total.produced,
        "lost": total.lost,
        "duplicated": total.duplicated,
        "misjudged": total.misjudged + total.unknown,
        "raw": total.raw,
        "slowest_recovery_s": max(kill.recovered_s for kill in kills),
        "settled_s": settled,
        "rounds": [asdict(kill) for kill in kills],
    }


def _kill(process: psutil.Process) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.kill()


def _is_worker(process: psutil.Process) -> bool:
    """Tell whether it is a Python that runs tasks: Spark starts its workers with their daemon's command line."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return any("daemon" in word for word in process.cmdline())
    return False

"""A trial by kill -9: rounds of kills under load, each until the stream continues; then the ledger."""

from __future__ import annotations

import os
import random
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from smartcity.chaos.parts import SETTLE_LIMIT_S, VEHICLES, Load, Services, Stream
from smartcity.errors import LabError, LedgerUnbalanced, QueryDied
from smartcity.lake import Lake
from smartcity.reconcile import Ledger, reconcile
from smartcity.runs import Run
from smartcity.settings import settings

RECOVERY_LIMIT_S: Final = 600
"""Only a stream that hangs takes so long; a busy machine may need two minutes to start its driver."""
PROCESSES: Final = ("driver", "worker")
"""Of the stream itself: the driver with its JVM, and one of the Python workers that run its tasks."""

Say = Callable[[str], None]
StreamCommand = Callable[..., list[str]]


@dataclass
class Kill:
    """One round: who was killed, and the seconds until a batch that began afterwards was committed."""

    victims: list[str]
    recovered_s: float


@dataclass(frozen=True)
class Trial:
    """What takes part in a trial, and how long it is waited for."""

    services: Services
    stream: Stream
    load: Load
    lake: Lake
    say: Say

    def round(self, number: int, victims: list[str]) -> Kill:
        """Kill the victims, bring services back, and wait for the stream to continue. Raises QueryDied."""
        before, began = self.lake.last_commit(), time.monotonic()
        for victim in victims:
            (self.stream.kill if victim in PROCESSES else self.services.kill)(victim)
        if fallen := [victim for victim in victims if victim in self.services.names]:
            self.services.start(fallen)
        # The next batch may have been under way; the one after it began when all was back.
        self.wait_for_commit(before + 1)
        kill = Kill(victims, round(time.monotonic() - began, 1))
        self.say(f"round {number + 1}: {' + '.join(victims)} killed, back after {kill.recovered_s} s")
        return kill

    def wait_for_commit(self, beyond: int) -> None:
        """Wait until the lake has a later commit than `beyond`. Raises QueryDied."""
        self._wait(lambda: self.lake.last_commit() > beyond, RECOVERY_LIMIT_S, f"a commit beyond {beyond}")

    def settle(self, records: int) -> float:
        """Wait until all records are in the lake; return the seconds that took. Raises QueryDied."""
        began = time.monotonic()
        self._wait(lambda: self.lake.committed_rows() >= records, SETTLE_LIMIT_S, f"all {records} records in the lake")
        return round(time.monotonic() - began, 1)

    def _wait(self, there: Callable[[], bool], limit_s: float, what: str) -> None:
        end, last = time.monotonic() + limit_s, ""
        while time.monotonic() < end:
            try:
                if there():
                    return
            except (LabError, OSError) as error:  # a service is on its way back
                last = f" (last: {error})"
            self.stream.check()
            self.load.check()
            time.sleep(0.2)
        raise QueryDied(f"Waited {limit_s:.0f} s for {what}{last}. Try: its log, out/chaos.log")


def run(services: Services, command: StreamCommand, rounds: int, seed: int, say: Say) -> dict[str, Any]:
    """Run the trial and return its report: kills, lost, duplicated, misjudged, seconds to recover. Raises LabError."""
    lake = Lake(settings(run_id=f"chaos_{uuid.uuid4().hex[:8]}").lake_uri)
    bootstrap = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    Run(lake, bootstrap).begin(VEHICLES, seed)
    load, chance = Load(bootstrap, seed), random.Random(seed)  # noqa: S311
    stream = Stream(command(lake.uri, "--trigger-s", "1"), Path(os.environ.get("LAB_HOME", ".")) / "out" / "chaos.log")
    try:
        load.start()
        trial = Trial(services, stream, load, lake, say)
        trial.wait_for_commit(-1)
        plan = _plan((*services.names, *PROCESSES), rounds, chance)
        kills = [trial.round(number, victims) for number, victims in plan]
        load.stop()
        truth = pa.concat_tables(load.truth).unify_dictionaries()
        settled = trial.settle(truth.num_rows)
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


def _plan(parts: tuple[str, ...], rounds: int, chance: random.Random) -> Iterator[tuple[int, list[str]]]:
    """Yield the victims of each round: each part before any comes again, every third round two at once."""
    left: list[str] = []
    for number in range(rounds):
        count = 2 if number % 3 == 2 else 1
        if len(left) < count:
            fresh = chance.sample(parts, len(parts))
            # What is left is the next victim; where the fresh ones begin with the same part, they are reversed.
            left = [*(reversed(fresh) if fresh[-1:] == left else fresh), *left]
        time.sleep(chance.uniform(0.5, 3))  # the moment of the kill is random: it waits for nothing
        yield number, sorted(left.pop() for _ in range(count))


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

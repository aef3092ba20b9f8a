"""Measure the simulator: events to Arrow, to JSON bytes, to Kafka; and its peers, dbldatagen and SUMO, in the same run.

Run: `python bench/simulate.py [--vehicles 20000] [--json]`; Kafka is measured where the lab is up. All figures but
Kafka's are per second of processor time on one core, so that what else runs on the machine counts little. The peers
are fetched into a folder that is deleted afterwards.

What is compared: dbldatagen fills the same fields with values that do not depend on each other, and delivers them to
Python as Arrow or as JSON text, as ours does; SUMO moves vehicles by a car-following model every second, on a grid of
the same size, and writes each position as text (FCD). Ours moves vehicles every 5 s in a traffic model of cells, and
several kinds of device report. `ratios` are ours over each form of a peer: Arrow to Arrow, JSON to JSON, text to JSON.
`ratio` is Arrow to Arrow, over dbldatagen as its documentation shows it (ids by `template`); `ratio_strict` is over the
fastest form of it that we found.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa

from localcloud import card, lab
from localcloud.services.spark import spark_card
from smartcity import kafka
from smartcity.simulate import Config, World, simulate
from smartcity.simulate.chance import Chance
from smartcity.simulate.columns import Events
from smartcity.simulate.records import wire

PEERS = ("dbldatagen==0.4.0.post1", "eclipse-sumo==1.28.0", "sumo-data==1.28.0")
LIMIT_S = 600


def ours(config: Config, minutes: int) -> dict[str, float]:
    """Return events per core-second to Arrow, to JSON, and to records with faults and truth; and vehicle moves."""
    pa.set_cpu_count(1)
    world, chance = World(config), Chance(config.seed)
    use: dict[str, Callable[[Events], object]] = {
        "arrow": lambda events: events.table(),
        "json": lambda events: events.json(),
        "records": lambda events: wire(events, chance, config.faults),
    }
    found = {name: _rate(world, minutes, each) for name, each in use.items()}
    moves = config.vehicles * minutes * 12
    before = time.process_time()
    for _ in range(minutes):
        world.minute()
    return {**found, "vehicle_moves": moves / (time.process_time() - before)}


def _rate(world: World, minutes: int, use: Callable[[Events], object]) -> float:
    before, events = time.process_time(), 0
    for _ in range(minutes):
        for each in world.minute():
            events += len(each.device)
            use(each)
    return events / (time.process_time() - before)


def memory_mb(hours: int) -> list[float]:
    """Return this process's memory after each of the hours of a simulated day with 200 vehicles."""
    process = psutil.Process()
    run = simulate(Config(minutes=hours * 60, chunk_s=3600))
    return [round(process.memory_info().rss / 2**20, 1) for _ in run]


def to_kafka(env: Mapping[str, str]) -> float | None:
    """Return records per second of the wall clock into the running lab's Kafka, or None where it is not up."""
    bootstrap = env.get("KAFKA_BOOTSTRAP_SERVERS")
    if not bootstrap:
        return None
    kafka.ensure_topics(bootstrap)
    chunks = list(simulate(Config(minutes=20, vehicles=2000)))
    begin = time.perf_counter()
    return sum(kafka.produce(chunks, bootstrap).values()) / (time.perf_counter() - begin)


def peers(rows: int) -> dict[str, Any]:
    """Return what dbldatagen and SUMO do per core-second, or why one could not be measured."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        uv = Path(sys.executable).with_name("uv")
        fetch = [uv, "pip", "install", "--quiet", "--python", sys.executable, "--no-deps", "--target", folder, *PEERS]
        try:
            _run(fetch)
        except subprocess.SubprocessError as error:
            return {"error": f"The peers could not be fetched: {error}. Try: a network with a package registry."}
        return {"dbldatagen": _dbldatagen(folder, rows), "sumo": _sumo(folder)}


def _dbldatagen(folder: Path, rows: int) -> dict[str, dict[str, float]]:
    script = Path(__file__).with_name("peer_dbldatagen.py")
    env = {"PYTHONPATH": str(folder), **spark_card(lab.home())}
    found: dict[str, dict[str, float]] = json.loads(_run([sys.executable, script, str(rows)], env).splitlines()[-1])
    return found


def _sumo(folder: Path) -> dict[str, float]:
    """Return vehicle updates per core-second: plain, and with each written as text."""
    sumo, env = folder / "sumo" / "bin" / "sumo", {"SUMO_HOME": str(folder / "sumo")}
    net, routes = folder / "net.xml", folder / "routes.xml"
    grid = ["--grid", "--grid.number", "12", "--grid.length", "280", "-L", "2", "-o", net]
    _run([sumo.with_name("netgenerate"), *grid], env)
    trips = [
        "-n",
        net,
        "-e",
        "900",
        "--insertion-rate",
        "9000",
        "--seed",
        "7",
        "-o",
        folder / "trips.xml",
        "-r",
        routes,
    ]
    _run([sys.executable, folder / "sumo" / "tools" / "randomTrips.py", *trips], env)
    run = [sumo, "-n", net, "-r", routes, "-e", "900", "--no-step-log", "--seed", "7"]
    fcd = folder / "fcd.xml"
    text_s = _core_seconds(lambda: _run([*run, "--fcd-output", fcd], env))
    updates = fcd.read_bytes().count(b"<vehicle ")
    return {"updates": updates / _core_seconds(lambda: _run(run, env)), "text": updates / text_s}


def _core_seconds(work: Callable[[], object]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _run(command: list[Any], env: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    if done.returncode:
        raise subprocess.SubprocessError(re.sub(r"\s+", " ", done.stderr[-600:]))
    return done.stdout


def main() -> None:
    """Measure all and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vehicles", type=int, default=20_000)
    parser.add_argument("--minutes", type=int, default=4)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of dbldatagen")
    parser.add_argument("--hours", type=int, default=24, help="of the run whose memory is watched")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found: dict[str, Any] = {"ours": ours(Config(vehicles=given.vehicles), given.minutes)}
    found["peers"] = peers(given.rows)
    found["kafka_records_per_s"] = to_kafka(card.environment(lab.home()))
    found["memory_mb_by_hour"] = memory_mb(given.hours)
    found |= _ratios(found["ours"], found["peers"])
    print(json.dumps(found) if given.json else _table(found))


def _ratios(ours: dict[str, float], peers: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"events_per_s": round(ours["arrow"]), "json_events_per_s": round(ours["json"])}
    if "error" in peers:
        return {**found, "ratio": None, "ratio_strict": None}
    generator = peers["dbldatagen"]
    found["ratios"] = {
        f"{form}_{ids}": round(ours[form] / generator[ids][form], 1) for form in ("arrow", "json") for ids in generator
    } | {"json_sumo": round(ours["json"] / peers["sumo"]["text"], 1)}
    return {**found, "ratio": found["ratios"]["arrow_template"], "ratio_strict": found["ratios"]["arrow_expression"]}


def _table(found: dict[str, Any]) -> str:
    return "\n".join(f"{key:22} {json.dumps(value)}" for key, value in found.items())


if __name__ == "__main__":
    main()

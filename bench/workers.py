"""Measure the stream on 1, 2 and 3 Workers of one cluster. Run: `./lab bench workers [--records 300000] [--rounds 3]`.

The lab gets a Master with three Workers, each with one core. The same records are read with one, two and three of
their cores, in turn, as often as there are rounds, so that what else the machine does meets all alike. Each measure
follows a warm-up in the same session. The medians come with the core-seconds of the executors, of the driver and of
the lab's services: they say who keeps the cores of this machine busy.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import uuid
from collections.abc import Iterable
from typing import Any

from latency import expect
from stream import chunks_of

from localcloud import card
from localcloud import lab as stand_in
from smartcity import kafka
from smartcity.lake import Lake
from smartcity.settings import settings
from smartcity.simulate import Chunk

WORKERS = (1, 2, 3)
WARM_UP_PART = 5


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    settings()
    chunks = chunks_of(options.records)
    report: dict[str, Any] = {"load_before": os.getloadavg()[0], "cores": os.cpu_count(), "rounds": options.rounds}
    _lab("up", "--cluster", str(max(WORKERS)))
    os.environ["SPARK_MASTER_URL"] = card.environment(stand_in.home())["SPARK_MASTER_URL"]
    try:
        results = [(count, measure(count, chunks)) for _ in range(options.rounds) for count in WORKERS]
    finally:
        _lab("up", "--cluster", "0")
    for count in WORKERS:
        report[f"workers_{count}"] = medians(result for number, result in results if number == count)
    print(json.dumps(report, indent=1))


def _lab(*command: str) -> None:
    subprocess.run([sys.executable, "-m", "lab", *command], check=True, stdout=subprocess.DEVNULL)


def medians(results: Iterable[dict[str, float]]) -> dict[str, Any]:
    """Return the median of each figure, and the rate of each round."""
    rounds = list(results)
    rates = sorted(round(result["events_per_s"]) for result in rounds)
    return {name: round(statistics.median(result[name] for result in rounds), 1) for name in rounds[0]} | {
        "rates": rates
    }


def measure(cores: int, chunks: list[Chunk]) -> dict[str, float]:
    """Return what the stream takes for the records after a warm-up, on that many Workers' cores."""
    lake, broker = Lake(f"s3://smartcity-lake/bench-{uuid.uuid4().hex}"), os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    lake.make_bucket()
    kafka.ensure_topics(broker)
    lake.write_note("starting_offsets", kafka.end_offsets(broker))
    warm = len(chunks) // WARM_UP_PART
    kafka.produce(chunks[:warm], broker)
    script = os.path.join(os.path.dirname(__file__), "stream.py")  # noqa: PTH118, PTH120
    command = [sys.executable, script, "--case", "ours", "--lake", lake.uri, "--workers", str(cores)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin
        expect(child, "warm")
        kafka.produce(chunks[warm:], broker)
        child.stdin.write("go\n")
        child.stdin.flush()
        result: dict[str, float] = json.loads(expect(child, "{"))
    lake.purge()
    events = sum(chunk.wire.num_rows for chunk in chunks[warm:])
    names = ("seconds", "batches", "executors_cpu_s", "driver_cpu_s", "services_cpu_s")
    return {"events_per_s": events / result["seconds"], **{name: result[name] for name in names}}


if __name__ == "__main__":
    main()

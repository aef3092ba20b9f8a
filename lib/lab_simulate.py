"""The command that sends a simulated city to Kafka: notebook 02's job, without the notebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from lab_stream import RUN_ID, lab_environment

console = Console(stderr=True, highlight=False)


def simulate(
    minutes: Annotated[int, typer.Option(min=1, help="Minutes of city time.")] = 60,
    vehicles: Annotated[int, typer.Option(min=1, help="Connected vehicles.")] = 200,
    seed: Annotated[int, typer.Option(help="The same seed gives the same city.")] = 7,
    start: Annotated[datetime | None, typer.Option(help="First minute of the city, UTC.")] = None,
    faults: Annotated[Literal["none", "usual", "many"], typer.Option(help="How often things go wrong.")] = "usual",
    rate: Annotated[
        float | None, typer.Option(min=0.1, help="At most this many records per second, evenly spread.")
    ] = None,
    realtime: Annotated[bool, typer.Option(help="Send each record at its own time, in real time.")] = False,
    run_id: RUN_ID = "run",
) -> None:
    """Start a run: simulate a city and send its records to Kafka, at full speed or paced."""
    import pyarrow as pa

    from smartcity import kafka
    from smartcity.lake import Lake
    from smartcity.settings import settings
    from smartcity.simulate import Chunk, Config
    from smartcity.simulate import simulate as make
    from smartcity.simulate.config import FAULTS

    broker = lab_environment()["KAFKA_BOOTSTRAP_SERVERS"]
    begin = start.replace(tzinfo=UTC) if start else Config.start
    config = Config(minutes, vehicles, seed, begin, FAULTS[faults]())
    lake, truth = Lake(settings(run_id=run_id).lake_uri), list[pa.Table]()
    lake.make_bucket()
    lake.purge()
    kafka.ensure_topics(broker)
    lake.begin_run(kafka.end_offsets(broker), vehicles, seed)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("minutes of the city", total=minutes)

        def seen(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
            for chunk in chunks:
                truth.append(chunk.truth)
                yield chunk
                progress.advance(task, config.chunk_s / 60)

        sent = kafka.produce(seen(make(config)), broker, rate, realtime)
    lake.write_truth(pa.concat_tables(truth))
    print(", ".join(f"{topic} {count:,}" for topic, count in sent.items()))
    console.print("Kafka acknowledged every record. Next: ./lab stream --once, ./lab reconcile")

"""The command that sends a simulated city to Kafka: notebook 02's job, without the notebook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from lab.context import console, lab_environment, lake_of
from lab.options import RUN_ID, expanded

app = typer.Typer()
FORMAT = Annotated[
    Literal["json", "avro"],
    typer.Option("--format", help="Records as JSON, or as Avro with schemas in the Glue Schema Registry."),
]


@dataclass(frozen=True)
class CityOptions:
    """Which city is simulated, for how long, and how much goes wrong in it."""

    minutes: Annotated[int, typer.Option(min=1, help="Minutes of city time.")] = 60
    vehicles: Annotated[int, typer.Option(min=1, help="Connected vehicles.")] = 200
    seed: Annotated[int, typer.Option(help="The same seed gives the same city.")] = 7
    start: Annotated[datetime | None, typer.Option(help="First minute of the city, UTC.")] = None
    faults: Annotated[Literal["none", "usual", "many"], typer.Option(help="How often things go wrong.")] = "usual"


@app.command()
@expanded
def simulate(
    options: CityOptions,
    rate: Annotated[
        float | None, typer.Option(min=0.1, help="At most this many records per second, evenly spread.")
    ] = None,
    realtime: Annotated[bool, typer.Option(help="Send each record at its own time, in real time.")] = False,
    format_: FORMAT = "json",
    run_id: RUN_ID = "run",
) -> None:
    """Start a run: simulate a city and send its records to Kafka, at full speed or paced."""
    from smartcity.runs import Run  # noqa: PLC0415  late: it takes 0.7 s
    from smartcity.schema_registry import Publisher, glue  # noqa: PLC0415  late: it takes 0.7 s
    from smartcity.simulate import Config  # noqa: PLC0415  late: it takes 0.7 s
    from smartcity.simulate.config import FAULTS  # noqa: PLC0415  late: it takes 0.7 s

    broker = lab_environment()["KAFKA_BOOTSTRAP_SERVERS"]
    begin = options.start.replace(tzinfo=UTC) if options.start else Config.start
    config = Config(options.minutes, options.vehicles, options.seed, begin, FAULTS[options.faults]())
    publisher = Publisher.of(glue()) if format_ == "avro" else None
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("minutes of the city", total=options.minutes)
        step = config.chunk_s / 60
        sent = Run(lake_of(run_id), broker).send(
            config, rate, realtime, lambda _: progress.advance(task, step), publisher
        )
    print(", ".join(f"{topic} {count:,}" for topic, count in sent.items()))
    console.print("Kafka acknowledged every record. Next: ./lab stream --once, ./lab reconcile")

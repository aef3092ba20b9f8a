"""The commands around the stream: stream, reconcile, compact, progress, chaos."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Annotated, Any, Literal

import psutil
import psycopg
import typer
from rich.console import Console
from rich.table import Table

from lab import progress as progress_files
from lab.context import lab_environment, lake_of
from lab.launch import StreamOptions, stream_command
from lab.options import AS_JSON, RUN_ID, expanded
from localcloud import lab as stand_in
from localcloud import programs
from localcloud.cluster import require_one_machine
from localcloud.errors import LocalCloudError
from localcloud.supervisor import Supervisor
from smartcity.errors import LedgerUnbalanced

app = typer.Typer()


@app.command()
@expanded
def stream(
    run_id: RUN_ID = "run",
    once: Annotated[bool, typer.Option(help="Stop when Kafka holds nothing new.")] = False,
    fresh: Annotated[bool, typer.Option(help="Empty the run's lake first, and read Kafka again.")] = False,
    *,
    options: StreamOptions,
) -> None:
    """Stream Kafka into the lake until Ctrl-C: notebook 03's job, long-running."""
    options.check(once)
    env, home = lab_environment(), stand_in.home()
    from smartcity import kafka  # noqa: PLC0415  late: it takes 0.6 s

    lake = lake_of(run_id)
    programs.claim(home, "stream", run_id)
    lake.make_bucket()
    if fresh:
        lake.purge(keep="_run/")
    kafka.ensure_topics(env["KAFKA_BOOTSTRAP_SERVERS"])
    if options.topics:
        kafka.ensure_topics(env["KAFKA_BOOTSTRAP_SERVERS"], 1, options.topics)
    command = options.command(lake.uri, once)
    env |= {**options.environment, **programs.mark(home, "stream", run_id)}
    # In this process's place, so that a signal to end reaches the stream, which then ends what it started.
    os.execve(command[0], command, env)  # noqa: S606


@app.command()
def reconcile(run_id: RUN_ID = "run", as_json: AS_JSON = False) -> None:
    """Compare the zones with the simulator's truth, record by record; exits with 1 when they don't balance."""
    lab_environment()
    from smartcity import reconcile as ledgers  # noqa: PLC0415  late: it takes 0.5 s

    lake = lake_of(run_id)
    failure: LedgerUnbalanced | None = None
    try:
        ledger = ledgers.reconcile(lake, lake.truth())
    except LedgerUnbalanced as error:
        if not isinstance(error.ledger, ledgers.Ledger):
            raise
        ledger, failure = error.ledger, error
    if as_json:
        print(json.dumps(ledger.to_dict(), indent=1))
    else:
        _show_ledger([*ledger.to_dict()["topics"], ledger.to_dict()["total"]])
    if failure:
        print(f"lab: {failure}", file=sys.stderr)
        raise typer.Exit(1)


@app.command()
def compact(run_id: RUN_ID = "run") -> None:
    """Merge the small files of the transformed zone into one file per hour, in compacted/; safe at any time."""
    lab_environment()
    from smartcity.compact import compact as write  # noqa: PLC0415  late: it takes 0.5 s

    lake = lake_of(run_id)
    newest = lake.last_commit()
    hours = write(lake, lambda hour: print(f"{hour.path}: {hour.files:,} small files added, {hour.rows:,} rows"))
    print(f"{len(hours)} hours had new rows; {lake.uri}/compacted/ is complete up to commit {newest}")


@app.command()
def progress() -> None:
    """Print the stream's progress as Prometheus text."""
    text = progress_files.prometheus()
    if not text:
        raise LocalCloudError("No stream has run here yet. Try: ./lab stream")
    print(text, end="")


@app.command()
def chaos(
    rounds: Annotated[int, typer.Option(min=1, help="Number of rounds of kills.")] = 12,
    seed: Annotated[int, typer.Option(help="Seed for the choice of victims and moments.")] = 1,
    of: Annotated[
        Literal["stream", "warehouse"], typer.Option(help="The stream, or Redshift's view of a topic.")
    ] = "stream",
    as_json: AS_JSON = False,
) -> None:
    """Kill -9 the services and the stream's own processes under load, then prove that nothing is lost.

    With `--of warehouse` Redshift, its engine and Kafka are killed while Redshift reads a topic.
    """
    require_one_machine(stand_in.home(), "chaos")
    lab_environment()
    from smartcity import chaos as trial  # noqa: PLC0415  late: it takes 0.6 s

    keeper = stand_in.supervisor(stand_in.home())
    services = trial.Services(tuple(keeper.services), _killer(keeper), keeper.up)
    console = Console(stderr=True)
    say = lambda line: console.print(line, markup=False)  # noqa: E731
    if of == "warehouse":
        report = trial.warehouse.run(services, _redshift, rounds, seed, say)
    else:
        report = trial.run(services, stream_command, rounds, seed, say)
    shown = trial.warehouse.text if of == "warehouse" else trial.text
    print(json.dumps(report, indent=1) if as_json else shown(report))
    raise typer.Exit(0 if report["lost"] == report["duplicated"] == report.get("misjudged", 0) == 0 else 1)


def _redshift() -> psycopg.Connection[tuple[Any, ...]]:
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "DATABASE"}
    login: dict[str, Any] = {key: os.environ[f"REDSHIFT_{name}"] for key, name in names.items()}
    return psycopg.connect(**login, autocommit=True, connect_timeout=10)


def _killer(keeper: Supervisor) -> Callable[[str], None]:
    def kill(name: str) -> None:
        pid = next(row.pid for row in keeper.status() if row.name == name)
        if pid is not None:
            process = psutil.Process(pid)
            process.kill()
            process.wait(10)

    return kill


def _show_ledger(accounts: list[dict[str, Any]]) -> None:
    table = Table(*accounts[0])
    for account in accounts:
        table.add_row(*(f"{value:,}" if isinstance(value, int) else str(value) for value in account.values()))
    Console().print(table)

"""The commands of the lab around the stream: stream, reconcile, compact, progress, package, chaos."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import psutil
import typer
from rich.console import Console
from rich.table import Table

from localcloud import card, programs
from localcloud import lab as stand_in
from localcloud.errors import LocalCloudError
from localcloud.services.spark_cluster import cluster_services, set_workers
from localcloud.supervisor import Supervisor
from smartcity.errors import LedgerUnbalanced

ROOT = Path(__file__).resolve().parent.parent
RUN_ID = Annotated[str, typer.Option(help="Name of the run, and of its folder in the lake.")]
AS_JSON = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def lab_environment() -> dict[str, str]:
    """Return this process's environment with the addresses of the running lab in it."""
    if not card.apply(stand_in.home()):
        raise LocalCloudError("The lab is not running. Try: ./lab up")
    return dict(os.environ)


def stream_command(lake: str, *options: str) -> list[str]:
    """Return the command that streams into a lake."""
    return [sys.executable, "-m", "smartcity.stream.main", "--lake", lake, *options]


def stream(
    run_id: RUN_ID = "run",
    once: Annotated[bool, typer.Option(help="Stop when Kafka holds nothing new.")] = False,
    fresh: Annotated[bool, typer.Option(help="Empty the run's lake first, and read Kafka again.")] = False,
    views: Annotated[bool, typer.Option(help="Also write the views: district minutes and incident queues.")] = True,
    alerts: Annotated[bool, typer.Option(help="Also send alerts to Kafka in real-time mode.")] = False,
    aggregates: Annotated[bool, typer.Option(help="Also send district minutes to Kafka as they grow.")] = False,
    dead_letters: Annotated[
        bool, typer.Option(help="Also send dead letters to Kafka, in addition to their zone.")
    ] = True,
    trigger_s: Annotated[float, typer.Option(help="Seconds between batches.")] = 2.0,
    vehicles: Annotated[int | None, typer.Option(help="Size of the city; by default the one the run recorded.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the city; by default the one the run recorded.")] = None,
) -> None:
    """Stream Kafka into the lake until Ctrl-C: notebook 03's job, long-running."""
    env = lab_environment()
    from smartcity import kafka
    from smartcity.lake import Lake
    from smartcity.settings import settings

    uri = settings(run_id=run_id).lake_uri
    programs.claim(stand_in.home(), "stream", run_id)
    Lake(uri).make_bucket()
    if fresh:
        Lake(uri).purge(keep="_run/")
    options = ["--trigger-s", str(trigger_s), "--progress", str(progress_folder())]
    for name, value in (("--vehicles", vehicles), ("--seed", seed)):
        options += [name, str(value)] if value is not None else []
    options += ["--once"] * once + ["--alerts"] * alerts + ["--aggregates"] * aggregates
    options += [] if dead_letters else ["--dead-letter-topic", ""]
    options += ["--views", "district_minutes", "incident_queues"] * views
    kafka.ensure_topics(env["KAFKA_BOOTSTRAP_SERVERS"])
    if sent := ["alerts"] * alerts + ["aggregates"] * aggregates:
        kafka.ensure_topics(env["KAFKA_BOOTSTRAP_SERVERS"], 1, sent)
    if alerts:
        env["SPARK_MASTER_URL"] = "local[12]"  # a reader in real-time mode holds a core for each partition
    command = stream_command(uri, *options)
    # In this process's place, so that a signal to end reaches the stream, which then ends what it started.
    os.execve(command[0], command, {**env, **programs.mark(stand_in.home(), "stream", run_id)})  # noqa: S606


def reconcile(run_id: RUN_ID = "run", as_json: AS_JSON = False) -> None:
    """Compare the zones with the simulator's truth, record by record; exits with 1 when they don't balance."""
    lab_environment()
    from smartcity.lake import Lake
    from smartcity.reconcile import Ledger
    from smartcity.reconcile import reconcile as compare
    from smartcity.settings import settings

    lake = Lake(settings(run_id=run_id).lake_uri)
    failure: LedgerUnbalanced | None = None
    try:
        ledger = compare(lake, lake.truth())
    except LedgerUnbalanced as error:
        if not isinstance(error.ledger, Ledger):
            raise
        ledger, failure = error.ledger, error
    if as_json:
        print(json.dumps(ledger.to_dict(), indent=1))
    else:
        _show_ledger([*ledger.to_dict()["topics"], ledger.to_dict()["total"]])
    if failure:
        print(f"lab: {failure}", file=sys.stderr)
        raise typer.Exit(1)


def compact(run_id: RUN_ID = "run") -> None:
    """Merge the small files of the transformed zone into one file per hour, in compacted/; safe at any time."""
    lab_environment()
    from smartcity.compact import compact as write
    from smartcity.lake import Lake
    from smartcity.settings import settings

    lake = Lake(settings(run_id=run_id).lake_uri)
    newest = lake.last_commit()
    hours = write(lake, lambda hour: print(f"{hour.path}: {hour.files:,} small files added, {hour.rows:,} rows"))
    print(f"{len(hours)} hours had new rows; {lake.uri}/compacted/ is complete up to commit {newest}")


def progress() -> None:
    """Print the stream's progress as Prometheus text."""
    texts = sorted(progress_folder().glob("*.prom"))
    if not texts:
        raise LocalCloudError("No stream has run here yet. Try: ./lab stream")
    print("".join(path.read_text() for path in texts), end="")


def show_progress() -> None:
    """Print the last batch of each query that ran in this lab, if any."""
    found = [json.loads(path.read_text()) for path in sorted(progress_folder().glob("*.json"))]
    if not found:
        return
    table = Table("stream", "batch", "at (UTC)", "records/s in", "records/s done", "batch s", "waiting", "state rows")
    for one in found:
        rates = (f"{one[name]:,.0f}" for name in ("input_rows_per_second", "processed_rows_per_second"))
        counts = (f"{one[name]:,}" for name in ("lag_records", "state_rows"))
        table.add_row(
            one["query"], str(one["batch_id"]), one["timestamp"][:19], *rates, f"{one['batch_seconds']:.1f}", *counts
        )
    Console().print(table)


def package(out: Annotated[Path, typer.Option(help="Folder for the files.")] = ROOT / "out" / "package") -> None:
    """Build the wheel, the --py-files archive and the main file for spark-submit on YARN, Kubernetes or EMR."""
    from smartcity.package import make

    for path in make(ROOT, out):
        print(path)


def chaos(
    rounds: Annotated[int, typer.Option(min=1, help="Number of rounds of kills.")] = 12,
    seed: Annotated[int, typer.Option(help="Seed for the choice of victims and moments.")] = 1,
    as_json: AS_JSON = False,
) -> None:
    """Kill -9 broker, ZooKeeper, S3 and the stream's own processes under load, then prove that nothing is lost."""
    lab_environment()
    from smartcity import chaos as trial

    keeper = stand_in.supervisor(stand_in.home())
    services = trial.Services(_killer(keeper), keeper.up)
    say = Console(stderr=True)
    report = trial.run(services, stream_command, rounds, seed, lambda line: say.print(line, markup=False))
    print(json.dumps(report, indent=1) if as_json else trial.text(report))
    raise typer.Exit(0 if report["lost"] == report["duplicated"] == report["misjudged"] == 0 else 1)


def set_cluster(keeper: Supervisor, workers: int) -> None:
    """End the Spark cluster of before, and keep how many Workers the next `up` starts."""
    if before := list(cluster_services(keeper.home)):
        keeper.down(before)
    set_workers(keeper.home, workers)


def progress_folder() -> Path:
    """Return where streams write their progress."""
    return stand_in.home().root / "progress"


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


def register(app: typer.Typer) -> None:
    """Add the commands to the lab's."""
    for command in (stream, reconcile, compact, progress, package, chaos):
        app.command()(command)

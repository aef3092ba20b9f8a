"""The commands of the lab for dashboards and BI tools: bi, dashboard."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console

from lab_stream import ROOT, RUN_ID, lab_environment
from localcloud import lab as stand_in

if TYPE_CHECKING:
    from smartcity.bi.check import Check

console = Console(stderr=True, highlight=False)


def bi(
    check: Annotated[bool, typer.Option("--check", help="Check existing files and their numbers instead.")] = False,
    only: Annotated[
        Literal["tableau", "powerbi"] | None, typer.Option(help="Write the files of one tool only.")
    ] = None,
    schemas: Annotated[
        Path | None,
        typer.Option(help="Folder with the vendors' schemas; by default they are downloaded at the first check."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the files.")] = ROOT / "out" / "bi",
    run_id: RUN_ID = "run",
) -> None:
    """Write files for Tableau and Power BI from the star schema in Redshift."""
    lab_environment()
    from smartcity.bi import check as checks
    from smartcity.bi import engines
    from smartcity.bi.files import Files
    from smartcity.bi.schemas import Schemas
    from smartcity.settings import settings

    city, files = settings(run_id=run_id), Files(out)
    with engines.warehouse(city) as (connection, place):
        ask = engines.redshift_asker(connection)
        engines.require_star(ask, city.mart)
        if not check:
            rows = files.make(connection, place, (only,) if only else ("tableau", "powerbi", "sql"))
            _show_files(out, rows)
            return
        files.require()
        folder = schemas or stand_in.home().folder("schemas")
        bad = _show(checks.offline_checks(files))
        bad += _show(checks.figure_checks(files, ask, engines.athena_asker(city), city.mart))
        bad += _show(checks.vendor_checks(files, Schemas(folder)))
    raise typer.Exit(1 if bad else 0)


def _show_files(out: Path, rows: dict[str, int]) -> None:
    for path in sorted(path for path in out.glob("*/*") if path.is_file()):
        print(f"{path.relative_to(out)!s:<38} {path.stat().st_size / 1024:8.1f} KB")
    if rows:
        print("In the extract: " + ", ".join(f"{name} {count:,}" for name, count in rows.items()))
    console.print("Each folder has a README.md that says how to open its files. Next: ./lab bi --check")


def _show(checks: Iterable[Check]) -> int:
    """Print checks as they come; return how many failed."""
    bad = 0
    for one in checks:
        print(f"{'[FAIL]' if one.wrong else '[OK]  '} {one.name:<66} {one.seen}", flush=True)
        for text in one.wrong:
            print(f"       {text}")
        bad += bool(one.wrong)
    return bad


def dashboard(
    port: Annotated[int | None, typer.Option(help="By default a free port, the same each time.")] = None,
    vehicles: Annotated[int | None, typer.Option(help="Size of the city; by default the one the run recorded.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the city; by default the one the run recorded.")] = None,
    run_id: RUN_ID = "run",
) -> None:
    """Serve the control room, a live page on Kafka and the lake, until Ctrl-C."""
    env = lab_environment()
    from smartcity.dashboard import Feed, Live, run_start, serve
    from smartcity.dashboard.lakewatch import LakeWatch
    from smartcity.lake import Lake
    from smartcity.settings import settings
    from smartcity.simulate import Config, city

    lake = Lake(settings(run_id=run_id).lake_uri)
    given = {name: value for name, value in (("vehicles", vehicles), ("seed", seed)) if value is not None}
    which: dict[str, Any] = {**lake.city(), **given}
    live = Live(city(Config(**which)).roads)
    feed = Feed(live, env["KAFKA_BOOTSTRAP_SERVERS"], *run_start(lake))
    stored = LakeWatch(lake)
    server = serve(live, feed, stored, port or stand_in.home().port("dashboard.http"))
    feed.start()
    stored.start()
    print(f"Control room: http://127.0.0.1:{server.port}/ until Ctrl-C", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        console.print("The control room is closed.")
    finally:
        server.server_close()
        feed.stop()
        stored.stop()


def register(app: typer.Typer) -> None:
    """Add the commands to the lab's."""
    for command in (bi, dashboard):
        app.command()(command)

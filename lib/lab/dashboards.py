"""The commands for dashboards and BI tools: bi, dashboard."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from lab.context import OUT, console, lab_environment, lake_of
from lab.options import ADDRESS, RUN_ID
from localcloud import lab as stand_in
from localcloud.home import LOOPBACK

if TYPE_CHECKING:
    from smartcity.bi.check import Check
    from smartcity.bi.files import Files
    from smartcity.settings import Settings

app = typer.Typer()


@app.command()
def bi(
    check: Annotated[bool, typer.Option("--check", help="Check existing files and their numbers instead.")] = False,
    only: Annotated[
        Literal["tableau", "powerbi"] | None, typer.Option(help="Write the files of one tool only.")
    ] = None,
    schemas: Annotated[
        Path | None,
        typer.Option(help="Folder with the vendors' schemas; by default they are downloaded at the first check."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the files.")] = OUT / "bi",
    run_id: RUN_ID = "run",
) -> None:
    """Write files for Tableau and Power BI from the star schema in Redshift."""
    lab_environment()
    from smartcity.bi.files import Files  # noqa: PLC0415  late: it takes 0.5 s
    from smartcity.settings import settings  # noqa: PLC0415  late: it takes 0.5 s

    run, files = settings(run_id=run_id), Files(out)
    if check:
        raise typer.Exit(1 if _show(_checks(run, files, schemas)) else 0)
    _show_files(out, _write(run, files, (only,) if only else ("tableau", "powerbi", "sql")))


def _write(run: Settings, files: Files, kinds: tuple[str, ...]) -> dict[str, int]:
    """Write the files of these kinds; return the rows of each table in the extract."""
    from smartcity.bi import engines  # noqa: PLC0415  late: it takes 2.5 s

    with engines.warehouse(run) as (connection, address):
        engines.require_star(engines.redshift_asker(connection), run.mart)
        return files.make(connection, address, kinds)


def _checks(run: Settings, files: Files, schemas: Path | None) -> Iterable[Check]:
    """Yield the checks of the files, of their numbers, and by the vendors' schemas."""
    from smartcity.bi import check, engines  # noqa: PLC0415  late: it takes 2.5 s
    from smartcity.bi.schemas import Schemas  # noqa: PLC0415  late: it takes 2.5 s

    with engines.warehouse(run) as (connection, _):
        ask = engines.redshift_asker(connection)
        engines.require_star(ask, run.mart)
        files.require()
        yield from check.offline_checks(files)
        yield from check.figure_checks(files, ask, engines.athena_asker(run), run.mart)
        yield from check.vendor_checks(files, Schemas(schemas or stand_in.home().folder("schemas")))


def _show_files(out: Path, rows: dict[str, int]) -> None:
    for path in sorted(path for path in out.glob("*/*") if path.is_file()):
        print(f"{path.relative_to(out)!s:<38} {path.stat().st_size / 1024:8.1f} KB")
    if rows:
        print("In the extract: " + ", ".join(f"{name} {count:,}" for name, count in rows.items()))
    console.print("Each folder has a README.md that says how to open its files. Next: ./lab bi --check")


def _show(checks: Iterable[Check]) -> int:
    """Print checks as they come; return how many failed."""
    bad = 0
    for check in checks:
        print(f"{'[FAIL]' if check.wrong else '[OK]  '} {check.name:<66} {check.seen}", flush=True)
        for text in check.wrong:
            print(f"       {text}")
        bad += bool(check.wrong)
    return bad


@app.command()
def dashboard(
    port: Annotated[int | None, typer.Option(help="By default a free port, the same each time.")] = None,
    vehicles: Annotated[int | None, typer.Option(help="Size of the city; by default the one the run recorded.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the city; by default the one the run recorded.")] = None,
    run_id: RUN_ID = "run",
    address: ADDRESS = LOOPBACK,
) -> None:
    """Serve the control room, a live page on Kafka and the lake, until Ctrl-C."""
    bootstrap = lab_environment()["KAFKA_BOOTSTRAP_SERVERS"]
    from smartcity.dashboard.room import control_room  # noqa: PLC0415  late: it takes 1.8 s

    given = {name: value for name, value in (("vehicles", vehicles), ("seed", seed)) if value is not None}
    listen = (address, port or stand_in.home().port("dashboard.http"))
    with control_room(lake_of(run_id), bootstrap, listen, given) as server:
        print(f"Control room: http://127.0.0.1:{server.port}/ until Ctrl-C", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            console.print("The control room is closed.")

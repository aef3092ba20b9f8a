"""The commands of the lab around the lessons: run, notebooks, bundle, reset."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from localcloud import card, programs
from localcloud import lab as stand_in
from localcloud.supervisor import Supervisor

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
console = Console(stderr=True, highlight=False)
_start: list[Callable[[], Supervisor]] = []


def called_from(path: Path) -> Path:
    """Return a path of the command line as an absolute one: `./lab` leaves the folder in which it was called."""
    return Path(os.environ.get("LAB_CALLED_FROM", ".")).resolve() / path


OFFLINE = Annotated[Path | None, typer.Option(help="Install without a network from this file, made by `lab bundle`.")]


def install(offline_bundle: OFFLINE = None) -> None:
    """Download everything the first start would download, and start nothing; for the evening before a workshop."""
    if offline_bundle:
        _fill_cache(offline_bundle)
    stand_in.install(stand_in.home())
    console.print("Everything is here. Next: ./lab up, or ./lab notebook")


def run(
    minutes: Annotated[int, typer.Option(help="Minutes of city time, 20 to 1440.")] = 60,
    vehicles: Annotated[int, typer.Option(help="Vehicles in the city, 50 to 5000.")] = 200,
    seed: Annotated[int, typer.Option(help="Seed of the simulator; the same seed gives the same city.")] = 7,
    run_id: Annotated[str, typer.Option(help="Name of the run, and of its folders in out/ and in the lake.")] = "run",
    only: Annotated[str | None, typer.Option(help="A range of notebooks, such as 03-08, or one number.")] = None,
    param: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="A notebook parameter; repeatable.")
    ] = None,
    offline_bundle: OFFLINE = None,
) -> None:
    """Install, start the services, and run the numbered notebooks from the simulator to the dashboard.

    Exit codes: 0 done; 1 the lab failed; 2 wrong usage; 3 no fit Python; 4 a notebook failed; 5 the ledger does not
    balance; 130 Ctrl-C.
    """
    from smartcity import mainjob

    values: dict[str, Any] = {"minutes": minutes, "vehicles": vehicles, "seed": seed, "run_id": run_id}
    values = mainjob.parameters(NOTEBOOKS / "solutions", only, values, param or [])
    if offline_bundle:
        _fill_cache(offline_bundle)
    programs.claim(stand_in.home(), "run", values["run_id"])
    out = ROOT / "out" / values["run_id"]
    if values.get("target") == "aws":  # the lab stays out of it: no service, and no address of one
        report = _run_notebooks(out, values, only)
    else:
        keeper = _start[0]()
        card.apply(stand_in.home())
        with stand_in.peak_memory(keeper) as peak:
            report = _run_notebooks(out, values, only)
        report["peak_rss_mb"] = round(sum(peak.values()))
        report["memory_mb"] = {name: round(held) for name, held in peak.items()}
    mainjob.write_report(report, out)
    _show(report, out)


def _run_notebooks(out: Path, values: dict[str, Any], only: str | None) -> dict[str, Any]:
    from smartcity import mainjob

    columns = (
        TextColumn("  {task.description:<22}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} cells"),
        TimeElapsedColumn(),
    )
    begin = time.monotonic()
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        tasks: dict[str, TaskID] = {}

        def on_cell(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name, total=total)
            progress.update(tasks[name], completed=done)
            if done == total and not console.is_terminal:  # a log shows no bar that grows
                console.print(f"  {name}: {total} cells done after {time.monotonic() - begin:.0f} s")

        return mainjob.run_job(NOTEBOOKS / "solutions", out, values, only, on_cell)


def _show(report: dict[str, object], out: Path) -> None:
    table = Table("result", "value", title="The run")
    for name, value in report.items():
        if isinstance(value, int | float | str):
            table.add_row(name, f"{value:,}" if isinstance(value, int) else str(value))
    Console().print(table)
    page = out / "index.html"
    if page.exists():
        print(f"Dashboard: {page}")
    print(f"Notebooks: {out / 'notebooks'}/*.html\nReport:    {out / 'report.json'}")


def notebooks(
    check: Annotated[bool, typer.Option("--check", help="Only compare with the committed notebooks.")] = False,
    outputs: Annotated[
        bool, typer.Option("--outputs", help="Also run the learner notebooks and store their outputs.")
    ] = False,
    only: Annotated[str | None, typer.Option(help="With --outputs: a range of notebooks, such as 03-08.")] = None,
) -> None:
    """Generate the learner and solution notebooks from notebooks/source."""
    from smartcity import course, showcase

    if check:
        course.check(NOTEBOOKS)
        showcase.check(NOTEBOOKS)
        return
    for path in course.generate(NOTEBOOKS):
        print(path.relative_to(ROOT))
    if outputs:
        _start[0]()
        card.apply(stand_in.home())
        for path in showcase.refresh(NOTEBOOKS, ROOT / "out" / "outputs", only, console.print):
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")


def bundle(file: Annotated[Path, typer.Argument(help="File to write, such as lab.tar.")]) -> None:
    """Write one file that installs the lab without a network, on machines of this kind."""
    from localcloud import bundle as maker

    stand_in.install(stand_in.home())
    made = maker.make(ROOT, called_from(file), stand_in.home().cache, console.print)
    print(f"{called_from(file)}: {made.size / 1e6:,.0f} MB, for {made.kind}")
    print(
        f"On each machine: tar xf {file.name} smartcity-lab && cd smartcity-lab && "
        f"./lab run --offline-bundle ../{file.name}"
    )


def _fill_cache(file: Path) -> None:
    from localcloud import bundle as maker

    maker.fill_cache(called_from(file), ROOT / "requirements.lock", stand_in.home().cache)


def reset(yes: Annotated[bool, typer.Option("--yes", help="Don't ask for confirmation.")] = False) -> None:
    """Restore the lab to its first state: stop it, delete data and results, restore the notebooks (yours are kept)."""
    from smartcity import restore

    changed = [path.name for path in restore.changed(NOTEBOOKS)]
    console.print("This stops the services and deletes all data, topics, tables and results of this lab (.lab, out).")
    console.print(
        f"Notebooks you changed, which will be copied to backup/: {', '.join(changed) or 'none'}", markup=False
    )
    if not yes:
        typer.confirm("Continue?", abort=True)
    home = stand_in.home()
    stand_in.supervisor(home).down()
    for folder in (home.root, ROOT / "out"):
        shutil.rmtree(folder, ignore_errors=True)
    for line in restore.restore(NOTEBOOKS, ROOT / "backup"):
        print(line)
    console.print("The lab is in its original state. Next: ./lab up")


def register(app: typer.Typer, start: Callable[[], Supervisor]) -> None:
    """Add the commands to the lab's; `start` installs what is missing, starts the services, returns their keeper."""
    _start.append(start)
    for command in (install, run, notebooks, bundle, reset):
        app.command()(command)

"""The commands around the lessons: install, run, notebooks, reset."""

from __future__ import annotations

import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from lab.context import NOTEBOOKS, OUT, console, fill_cache, start
from lab.options import expanded
from localcloud import card, programs
from localcloud import lab as stand_in
from release import ROOT

app = typer.Typer()

OFFLINE = Annotated[Path | None, typer.Option(help="Install without a network from this file, made by `lab bundle`.")]


@app.command()
def install(offline_bundle: OFFLINE = None) -> None:
    """Download everything the first start would download, and start nothing; for the evening before a workshop."""
    if offline_bundle:
        fill_cache(offline_bundle)
    stand_in.install(stand_in.home())
    console.print("Everything is here. Next: ./lab up, or ./lab notebook")


@dataclass(frozen=True)
class RunOptions:
    """What a run is called, and the city that it is about."""

    minutes: Annotated[int, typer.Option(help="Minutes of city time, 20 to 1440.")] = 60
    vehicles: Annotated[int, typer.Option(help="Vehicles in the city, 50 to 5000.")] = 200
    seed: Annotated[int, typer.Option(help="Seed of the simulator; the same seed gives the same city.")] = 7
    run_id: Annotated[str, typer.Option(help="Name of the run, and of its folders in out/ and in the lake.")] = "run"


@app.command()
@expanded
def run(
    options: RunOptions,
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
    from course import mainjob  # noqa: PLC0415  late: it takes 2.5 s

    values = mainjob.parameters(NOTEBOOKS / "solutions", only, asdict(options), param or [])
    if offline_bundle:
        fill_cache(offline_bundle)
    programs.claim(stand_in.home(), "run", values["run_id"])
    out = OUT / values["run_id"]
    report = _run_on_aws(out, values, only) if values.get("target") == "aws" else _run_here(out, values, only)
    mainjob.write_report(report, out)
    _show(report, out)


def _run_on_aws(out: Path, values: dict[str, Any], only: str | None) -> dict[str, Any]:
    """Run the notebooks with nothing of the lab in between: no service, and no address of one."""
    return _run_notebooks(out, values, only)


def _run_here(out: Path, values: dict[str, Any], only: str | None) -> dict[str, Any]:
    """Start the services and run the notebooks; the report also has the memory of all of it."""
    keeper = start()
    card.apply(stand_in.home())
    with stand_in.peak_memory(keeper) as peak:
        report = _run_notebooks(out, values, only)
    memory = {name: round(held) for name, held in peak.items()}
    return {**report, "peak_rss_mb": round(sum(peak.values())), "memory_mb": memory}


def _run_notebooks(out: Path, values: dict[str, Any], only: str | None) -> dict[str, Any]:
    from course import mainjob  # noqa: PLC0415  late: it takes 2.5 s

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


@app.command()
def notebooks(
    check: Annotated[bool, typer.Option("--check", help="Only compare with the committed notebooks.")] = False,
    outputs: Annotated[
        bool, typer.Option("--outputs", help="Also run the learner notebooks and store their outputs.")
    ] = False,
    only: Annotated[str | None, typer.Option(help="With --outputs: a range of notebooks, such as 03-08.")] = None,
) -> None:
    """Generate the learner and solution notebooks from notebooks/source."""
    from course import showcase, sources  # noqa: PLC0415  late: it takes 2.5 s

    if check:
        sources.check(NOTEBOOKS)
        showcase.check(NOTEBOOKS)
        return
    for path in sources.generate(NOTEBOOKS):
        print(path.relative_to(ROOT))
    if outputs:
        start()
        card.apply(stand_in.home())
        for path in showcase.refresh(NOTEBOOKS, OUT / "outputs", only, console.print):
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")


@app.command()
def reset(yes: Annotated[bool, typer.Option("--yes", help="Don't ask for confirmation.")] = False) -> None:
    """Restore the lab to its first state: stop it, delete data and results, restore the notebooks (yours are kept)."""
    from course import restore  # noqa: PLC0415  late: it takes 2.5 s

    changed = [path.name for path in restore.changed(NOTEBOOKS)]
    console.print("This stops the services and deletes all data, topics, tables and results of this lab (.lab, out).")
    console.print(
        f"Notebooks you changed, which will be copied to backup/: {', '.join(changed) or 'none'}", markup=False
    )
    if not yes:
        typer.confirm("Continue?", abort=True)
    home = stand_in.home()
    stand_in.supervisor(home).down()
    for folder in (home.root, OUT):
        shutil.rmtree(folder, ignore_errors=True)
    for line in restore.restore(NOTEBOOKS, ROOT / "backup"):
        print(line)
    console.print("The lab is in its original state. Next: ./lab up")

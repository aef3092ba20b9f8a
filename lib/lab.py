"""The commands of the lab (`./lab COMMAND`). They parse and print; the work is done in `localcloud` and `smartcity`."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn, TransferSpeedColumn
from rich.table import Table

import lab_aws
import lab_bi
import lab_course
import lab_release
import lab_simulate
import lab_stream
from localcloud import card
from localcloud import lab as stand_in
from localcloud.binaries import missing_bytes
from localcloud.errors import LocalCloudError
from localcloud.jupyter import jupyter_command
from localcloud.services import trino_workers as trino_nodes
from localcloud.supervisor import Supervisor
from smartcity.errors import LabError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
console = Console(stderr=True, highlight=False)
ROOT = Path(__file__).resolve().parent.parent


def say(name: str, what: str) -> None:
    """Print what happens to a service."""
    console.print(f"  {name:<10} {what}", markup=False)


def supervisor() -> Supervisor:
    """Return the supervisor of the lab in this folder; it prints what it does."""
    return stand_in.supervisor(stand_in.home(), say)


def install() -> None:
    """Download what is missing, with a progress bar."""
    home = stand_in.home()
    left = missing_bytes(stand_in.artifacts(), home.cache)
    columns = (
        TextColumn("  {task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not left) as progress:
        task = progress.add_task("Kafka, Spark jars, Trino", total=left)
        stand_in.install(home, lambda count: progress.advance(task, count))


@app.command()
def up(
    services: Annotated[list[str] | None, typer.Argument(help="Only these and the services they need.")] = None,
    cluster: Annotated[
        int | None, typer.Option(min=0, help="Also start a Spark Master with this many Workers; 0 removes them.")
    ] = None,
    trino_workers: Annotated[
        int | None, typer.Option(min=0, help="Also start this many Trino workers, 0.5 GB each; 0 removes them.")
    ] = None,
) -> None:
    """Start the services; leaves running ones alone and restarts those that died."""
    install()
    if cluster is not None:
        lab_stream.set_cluster(supervisor(), cluster)
    if trino_workers is not None:
        trino_nodes.set_workers(supervisor(), trino_workers)
        services = services and [*services, *trino_nodes.worker_services(stand_in.home())]
    supervisor().up(services)
    console.print("The lab is up. Next: ./lab status, ./lab notebook, ./lab run")


@app.command()
def down(
    services: Annotated[list[str] | None, typer.Argument(help="Only these and the services that need them.")] = None,
) -> None:
    """Stop the services; data, catalog and topics are kept for the next `up`."""
    supervisor().down(services)


@app.command()
def status() -> None:
    """Show each service with its port, process and memory, and the pages you can open."""
    rows = supervisor().status()
    table = Table("service", "state", "port", "pid", "memory MB")
    page = ROOT / "out" / "run" / "index.html"
    links = {**stand_in.pages(stand_in.home()), "Dashboard": str(page) if page.exists() else "made by ./lab run"}
    for row in rows:
        ports = " ".join(f"{use}:{port}" for use, port in list(row.ports.items())[:1])
        state = "up" if row.pid else "down"
        table.add_row(row.name, state, ports, str(row.pid or ""), f"{row.memory_mb:.0f}" if row.memory_mb else "")
        links |= row.links
    table.add_row("total", "", "", "", f"{sum(row.memory_mb or 0 for row in rows):.0f}", style="bold")
    Console().print(table)
    lab_stream.show_progress()
    for title, url in links.items():
        print(f"{title}: {url}")


@app.command()
def env() -> None:
    """Print the variables that connect any client to the lab: eval "$(./lab env)"."""
    variables = card.environment(stand_in.home())
    home = {"LAB_HOME": str(stand_in.home().root.parent)} if variables else {}
    print(card.shell({**variables, **home}), end="")
    if not variables:
        raise LocalCloudError("The lab is not running, so these addresses don't answer. Try: ./lab up")


@app.command()
def doctor() -> None:
    """Check whether this machine can run the lab, and how to fix what it can't."""
    from localcloud.doctor import examine

    checks = examine(stand_in.home())
    for check in checks:
        print(f"{'[OK]  ' if check.ok else '[FAIL]'} {check.name:<22} {check.seen}")
        if not check.ok:
            print(f"       Try: {check.remedy}")
    raise typer.Exit(0 if all(check.ok for check in checks) else 1)


@app.command()
def logs(
    name: Annotated[str, typer.Argument(help="The service.")],
    lines: Annotated[int, typer.Option("--lines", "-n", help="Number of lines.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Follow the log until Ctrl-C.")] = False,
) -> None:
    """Show the last lines of a service's log."""
    services = stand_in.supervisor(stand_in.home()).services
    if name not in services:
        raise LocalCloudError(f"There is no service {name!r}. Try one of: {', '.join(services)}")
    path = stand_in.home().log(name)
    if not path.exists():
        raise LocalCloudError(f"{name} has no log yet. Try: ./lab up {name}")
    if follow:
        os.execvp("tail", ["tail", "-n", str(lines), "-F", str(path)])  # noqa: S606
    sys.stdout.write("".join(line + "\n" for line in path.read_text(errors="replace").splitlines()[-lines:]))


@app.command()
def clean(
    all_data: Annotated[
        bool, typer.Option("--all", help="Also delete the topics, the lake, the catalog and the warehouse.")
    ] = False,
) -> None:
    """Stop the services and delete results, logs and temporary files; --all deletes everything the lab made here."""
    supervisor().down()
    root = stand_in.home().root
    doomed = [root] if all_data else [root / name for name in ("logs", "tmp", "conf")]
    for folder in [*doomed, ROOT / "out"]:
        shutil.rmtree(folder, ignore_errors=True)
    console.print("Clean." if all_data else "Clean. Data is kept in .lab/data; to delete it too: ./lab clean --all")


@app.command()
def notebook(port: Annotated[int | None, typer.Option(help="Default: a free one.")] = None) -> None:
    """Start the services and open the notebooks in JupyterLab."""
    install()
    supervisor().up()
    home = stand_in.home()
    argv, env = jupyter_command(home, ROOT / "notebooks", port or home.port("jupyterlab.http"))
    card.apply(home)
    os.environ.update(env)
    os.execv(argv[0], argv)  # noqa: S606


def start() -> Supervisor:
    """Download what is missing, start the services, and return their supervisor."""
    install()
    keeper = supervisor()
    keeper.up()
    return keeper


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> None:
    """Run the tests and code checks; arguments go to pytest (`./lab test -m "not stack"` takes a minute)."""
    install()
    os.chdir(ROOT)
    # In this process's place, so that a signal to end reaches the tests, which then end what they started.
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *context.args])  # noqa: S606  the arguments are the caller's own


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(
    context: typer.Context, name: Annotated[str, typer.Argument(help="A file of bench/: athena, redshift, stream, ...")]
) -> None:
    """Run a benchmark; further arguments are passed on to it (`./lab bench stream --json`)."""
    script = ROOT / "bench" / f"{name}.py"
    if not script.exists():
        known = ", ".join(sorted(path.stem for path in script.parent.glob("*.py")))
        raise LocalCloudError(f"There is no benchmark {name!r}. Try one of: {known}")
    if not card.environment(stand_in.home()):
        start()
    os.execve(sys.executable, [sys.executable, str(script), *context.args], lab_stream.lab_environment())  # noqa: S606


app.command()(lab_simulate.simulate)
lab_stream.register(app)
lab_bi.register(app)
lab_aws.register(app)
lab_course.register(app, start)
lab_release.register(app)


def _asked_to_end(number: int, _frame: FrameType | None) -> None:
    # As an exception, so that a command ends what it started and removes what it needs no more.
    raise SystemExit(128 + number)


def main() -> None:
    """Run a command; report an error of the lab in one line."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _asked_to_end)
    try:
        app()
    except (LabError, LocalCloudError) as error:
        console.print(f"[red]lab: {type(error).__name__}:[/red]", end=" ")
        console.print(str(error), markup=False)
        sys.exit(getattr(error, "exit_code", 1))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()

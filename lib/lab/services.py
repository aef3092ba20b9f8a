"""The commands around the services: up, down, status, env, doctor, logs, clean, notebook."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from lab import progress
from lab.context import NOTEBOOKS, OUT, console, fetch, start, supervisor
from lab.options import ADDRESS
from localcloud import card
from localcloud import lab as stand_in
from localcloud.cluster import require_one_machine
from localcloud.disk import shortage
from localcloud.doctor import examine
from localcloud.errors import LocalCloudError
from localcloud.home import LOOPBACK, MAX_WORKERS
from localcloud.join import require_own_lab
from localcloud.jupyter import jupyter_command
from localcloud.network import set_address
from localcloud.services import kafka_open as kafka_door
from localcloud.services import spark_cluster
from localcloud.services import trino_workers as trino_nodes
from localcloud.supervisor import Supervisor

app = typer.Typer()


_CLUSTER = Annotated[
    int | None,
    typer.Option(min=0, max=MAX_WORKERS, help="Also start a Spark Master with this many Workers; 0 removes them."),
]
_TRINO_WORKERS = Annotated[
    int | None,
    typer.Option(min=0, max=MAX_WORKERS, help="Also start this many Trino workers, 0.5 GB each; 0 removes them."),
]
_KAFKA_OPEN = Annotated[
    bool | None,
    typer.Option(
        "--kafka-open/--kafka-closed",
        help="Also give Kafka an address without a login, for old clients: anyone here can then use topics.",
    ),
]
_OWN_ADDRESS = Annotated[
    str | None,
    typer.Option(help="Listen on this address of the machine, so that others can join; 127.0.0.1 ends that."),
]


@app.command()
def up(
    services: Annotated[list[str] | None, typer.Argument(help="Only these and the services they need.")] = None,
    cluster: _CLUSTER = None,
    trino_workers: _TRINO_WORKERS = None,
    kafka_open: _KAFKA_OPEN = None,
    address: _OWN_ADDRESS = None,
) -> None:
    """Start the services; leaves running ones alone and restarts those that died."""
    fetch()
    if (cluster, trino_workers, kafka_open, address) != (None, None, None, None):
        require_one_machine(stand_in.home(), "up with this option")
        require_own_lab(stand_in.home())
    if address is not None:
        set_address(supervisor(), address)
    if cluster is not None:
        _set_cluster(supervisor(), cluster)
    if kafka_open is not None:
        kafka_door.set_open(stand_in.home(), kafka_open)
    if trino_workers is not None:
        services = _with_trino_workers(services, trino_workers)
    supervisor().up(services)
    console.print("The lab is up. Next: ./lab status, ./lab notebook, ./lab run")


def _set_cluster(keeper: Supervisor, workers: int) -> None:
    """End the Spark cluster of before, and keep how many Workers the next `up` starts."""
    if before := list(spark_cluster.cluster_services(keeper.home)):
        keeper.down(before)
    spark_cluster.set_workers(keeper.home, workers)


def _with_trino_workers(services: list[str] | None, count: int) -> list[str] | None:
    """Keep how many Trino workers the lab has; return the services to start, the workers among them."""
    trino_nodes.set_workers(supervisor(), count)
    return services and [*services, *trino_nodes.worker_services(stand_in.home())]


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
    page = OUT / "run" / "index.html"
    links = {**stand_in.pages(stand_in.home()), "Dashboard": str(page) if page.exists() else "made by ./lab run"}
    for row in rows:
        ports = " ".join(f"{use}:{port}" for use, port in list(row.ports.items())[:1])
        table.add_row(row.name, row.state, ports, str(row.pid or ""), f"{row.memory_mb:.0f}" if row.memory_mb else "")
        links |= row.links
    table.add_row("total", "", "", "", f"{sum(row.memory_mb or 0 for row in rows):.0f}", style="bold")
    Console().print(table)
    progress.show()
    if short := shortage(stand_in.home()):
        console.print(short, markup=False)
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
    require_one_machine(stand_in.home(), "logs")
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
    for folder in [*doomed, OUT]:
        shutil.rmtree(folder, ignore_errors=True)
    console.print("Clean." if all_data else "Clean. Data is kept in .lab/data; to delete it too: ./lab clean --all")


@app.command()
def notebook(
    port: Annotated[int | None, typer.Option(help="Default: a free one.")] = None,
    address: ADDRESS = LOOPBACK,
) -> None:
    """Start the services and open the notebooks in JupyterLab."""
    home = start().home
    argv, env = jupyter_command(home, NOTEBOOKS, port or home.port("jupyterlab.http"), address)
    card.apply(home)
    os.environ.update(env)
    os.execv(argv[0], argv)  # noqa: S606

"""What the commands share: the folders of the repository, the console, the lab of this folder and its services."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn, TransferSpeedColumn

from localcloud import bundle, card
from localcloud import lab as stand_in
from localcloud.binaries import missing_bytes
from localcloud.errors import LocalCloudError
from localcloud.join import require_own_lab
from localcloud.supervisor import Supervisor
from release import ROOT

if TYPE_CHECKING:
    from smartcity.lake import Lake

NOTEBOOKS: Final = ROOT / "notebooks"
OUT: Final = ROOT / "out"

console = Console(stderr=True, highlight=False)


def say(name: str, what: str) -> None:
    """Print what happens to a service."""
    console.print(f"  {name:<10} {what}", markup=False)


def supervisor() -> Supervisor:
    """Return the supervisor of the lab in this folder; it prints what it does."""
    return stand_in.supervisor(stand_in.home(), say)


def fetch() -> None:
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


def start() -> Supervisor:
    """Download what is missing, start the services, and return their supervisor."""
    require_own_lab(stand_in.home())
    fetch()
    keeper = supervisor()
    keeper.up()
    return keeper


def fill_cache(file: Path) -> None:
    """Fill the cache from a file that `./lab bundle` made, instead of the network."""
    bundle.fill_cache(called_from(file), ROOT / "requirements.lock", stand_in.home().cache)


def lab_environment() -> dict[str, str]:
    """Return this process's environment with the addresses of the running lab in it."""
    require_own_lab(stand_in.home())
    if not card.apply(stand_in.home()):
        raise LocalCloudError("The lab is not running. Try: ./lab up")
    return dict(os.environ)


def lake_of(run_id: str) -> Lake:
    """Return the lake of a run."""
    from smartcity.lake import Lake  # noqa: PLC0415  late: with the settings it takes 0.7 s
    from smartcity.settings import settings  # noqa: PLC0415  as above

    return Lake(settings(run_id=run_id).lake_uri)


def called_from(path: Path) -> Path:
    """Return a path of the command line as an absolute one: `./lab` leaves the folder in which it was called."""
    return Path(os.environ.get("LAB_CALLED_FROM", ".")).resolve() / path

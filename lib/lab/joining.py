"""The commands of a lab on several machines: token, join."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lab.context import called_from, console, fetch, say
from localcloud import join as joined
from localcloud import lab as stand_in
from localcloud.home import MAX_WORKERS
from localcloud.join_token import Build, JoinToken
from release import ROOT

app = typer.Typer()


@app.command()
def token() -> None:
    """Write the file with which other machines join this lab. It holds secrets: copy it with scp."""
    home = stand_in.home()
    joined.require_own_lab(home)
    file = home.root / "join-token"
    JoinToken.of(home, Build.here(home, ROOT / "lib")).write(file)
    print(file)
    console.print("Copy this file to the other machine, and run there: ./lab join FILE")


@app.command()
def join(
    file: Annotated[Path, typer.Argument(help="The file that `./lab token` made on the machine of the lab.")],
    spark_workers: Annotated[int, typer.Option(min=0, max=MAX_WORKERS, help="Spark Workers, one core each.")] = 1,
    trino_workers: Annotated[int, typer.Option(min=0, max=MAX_WORKERS, help="Trino workers, 0.5 GB each.")] = 1,
    address: Annotated[
        str | None, typer.Option(help="This machine's address. Default: the one from which it reaches the lab.")
    ] = None,
) -> None:
    """Let this machine run Spark and Trino workers for the lab of another machine. To leave it: ./lab down."""
    home, received = stand_in.home(), JoinToken.read(called_from(file))
    joined.check(received, Build.here(home, ROOT / "lib"))
    fetch()
    joined.join(home, received, (spark_workers, trino_workers), address, say).up()
    console.print(
        f"This machine works for the lab on {joined.joined_lab(home)}. Next: ./lab status; to leave: ./lab down"
    )

"""PostgreSQL on the folders of an upgrade, and its programs. What they do goes to the disk at the end, at once."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg

from localcloud.errors import LocalCloudError
from localcloud.home import Home
from localcloud.process import OWNER, end, strays, variables, wait_until
from localcloud.services.postgres import ENGINE_USER, as_ordinary_user, binary, server, short_path

Connection = psycopg.Connection[Any]
NAME = "warehouse-upgrade"
"""The name of the log, and of the processes to the rest of the lab."""
_FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_wal_size=2GB")
_START_S = 120.0
_STOP_S = 60.0


class Server:
    """A running PostgreSQL on one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextlib.contextmanager
    def connect(self, database: str, **options: Any) -> Iterator[Connection]:
        """Connect as the superuser; everything outside a transaction is committed at once."""
        with short_path(self.folder) as socket:
            connection = psycopg.connect(host=socket, user=ENGINE_USER, dbname=database, autocommit=True, **options)
        with connection:
            yield connection

    def run(self, program: str, *arguments: str) -> str:
        """Run a program of PostgreSQL on this server, and return what it prints. Raises LocalCloudError."""
        with short_path(self.folder) as socket:
            number = socket.rpartition("/")[2]
            done = subprocess.run(
                (str(binary(program)), "-h", socket, "-U", ENGINE_USER, "-w", *arguments),
                env={**os.environ, "LC_ALL": "C"},
                capture_output=True,
                text=True,
                check=False,
                pass_fds=(int(number),) if number.isdigit() else (),
            )
        if done.returncode:
            raise LocalCloudError(f"{program}: {' '.join(done.stderr.split())[-1500:]}")
        return done.stdout


@contextlib.contextmanager
def running(home: Home, folder: Path) -> Iterator[Server]:
    """Start PostgreSQL on a folder, and end it afterwards. Raises LocalCloudError."""
    command = server(folder, *(word for option in _FAST for word in ("-c", option)), flushed=False)
    log = home.log(NAME)
    with log.open("ab") as output:
        process = subprocess.Popen(
            command.argv,
            env={**variables(command), OWNER: f"{home.root}|{NAME}"},
            cwd=command.cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        if (
            not wait_until(lambda: process.poll() is not None or _answers(folder), _START_S)
            or process.poll() is not None
        ):
            raise LocalCloudError(f"PostgreSQL does not start on {folder.name}. Try: ./lab logs {NAME}")
        yield Server(folder)
    finally:
        end(psutil.Process(process.pid), _STOP_S)
        process.wait()


def end_left(home: Home) -> None:
    """End the servers that an upgrade left running which was killed."""
    for process in strays(home).get(NAME, []):
        end(process, _STOP_S)


def flush(folder: Path) -> None:
    """Write all that a stopped server left in a folder to the disk."""
    argv = (*as_ordinary_user(), str(binary("initdb")), "--sync-only", "-D", str(folder))
    done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode:
        raise LocalCloudError(f"the new warehouse could not be written to the disk: {done.stderr.strip()[-300:]}")


def _answers(folder: Path) -> bool:
    try:
        with Server(folder).connect("postgres", connect_timeout=2) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False

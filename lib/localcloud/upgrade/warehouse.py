"""The upgrade, step by step."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass

from psycopg import Error, sql

from localcloud.errors import LocalCloudError
from localcloud.home import Home
from localcloud.redshift.engine import Engine, prepare
from localcloud.redshift.engine.stamp import mark, version
from localcloud.redshift.settings import SYSTEM_DATABASES
from localcloud.upgrade import books, equality, materialized, roles, routines, rows, schema, stamp
from localcloud.upgrade.folders import Folders, size_mb
from localcloud.upgrade.servers import Server, end_left, flush, running

Say = Callable[[str], None]
_DATABASES = (
    "SELECT d.datname::text, pg_catalog.pg_get_userbyid(d.datdba)::text FROM pg_catalog.pg_database d "
    "WHERE d.datname <> ALL (%s) AND d.datallowconn ORDER BY 1"
)


@dataclass
class Upgrade:
    """One upgrade: the two servers, and what is counted on the way."""

    home: Home
    folders: Folders
    copy: Server
    new: Server
    numbered: bool
    tables: int = 0
    rows: int = 0


def upgrade(home: Home, say: Say) -> None:
    """Bring the warehouse to this version, if another one made it. Raises LocalCloudError and leaves it as it was."""
    folders, begin = Folders(home), time.monotonic()
    with folders.locked():
        end_left(home)
        folders.finish()
        if not (folders.data / "PG_VERSION").exists() or (folders.data / mark()).exists():
            return
        stamp.require_same_engine(folders.data)
        folders.begin()
        try:
            done = _made(home, folders, say)
        except (LocalCloudError, Error, OSError) as error:
            raise LocalCloudError(f"{_shown(error)} (the warehouse in .lab/data/postgres is as it was)") from error
        finally:
            if not folders.ready.exists():
                shutil.rmtree(folders.work, ignore_errors=True)
        if done:
            _tell(folders, done, begin, say)


def _made(home: Home, folders: Folders, say: Say) -> Upgrade | None:
    """Make the new data folder and put it in place; None if the old one is of this version."""
    with running(home, folders.copy) as copy:
        with copy.connect("template1") as connection:
            made = stamp.read(connection)
        if made is None or made[0] == version():
            return None
        stamp.require_not_newer(made[1])
        say("another version of the lab made the warehouse; upgrading it")
        with running(home, folders.new) as new:
            done = Upgrade(home, folders, copy, new, numbered=made[1] > stamp.UNNUMBERED)
            _carry(done)
    flush(folders.new)
    folders.complete()
    return done


def _carry(run: Upgrade) -> None:
    roles.carry(run.copy, run.new)
    os.chdir(run.folders.new)
    asyncio.run(_prepare(run.home.secret("redshift_password")))
    for name, owner in _databases(run):
        _carry_database(run, name, owner)
    with run.copy.connect("postgres") as copy, run.new.connect("postgres") as new:
        equality.require_roles(copy, new)
    for journal in run.folders.copy.glob("*.json"):
        shutil.copy2(journal, run.folders.new)
        owner_of = run.folders.new.stat()
        os.chown(run.folders.new / journal.name, owner_of.st_uid, owner_of.st_gid)


async def _prepare(password: str) -> None:
    engine = Engine()
    try:
        await prepare(engine, password)
    finally:
        await engine.close()


def _databases(run: Upgrade) -> list[tuple[str, str]]:
    """Return the databases of users: name and owner."""
    with run.copy.connect("postgres") as connection:
        return connection.execute(_DATABASES, (sorted(SYSTEM_DATABASES),)).fetchall()


def _carry_database(run: Upgrade, name: str, owner: str) -> None:
    _create(run, name, owner)
    file = run.folders.work / "schema.dump"
    with run.copy.connect(name) as copy, run.new.connect(name) as new:
        routines.rename_as_in(copy, new)
        schema.prepare_copy(copy, numbered=run.numbered)
        schema.begin(new)
        routines.carry_missing(copy, new)
        contents = schema.dump(run.copy, run.new, name, file)
        schema.restore(run.new, new, contents, rows_are_there=False)
        schema.relax(new)
        tallies = rows.carry(copy, new)
        schema.restore(run.new, new, contents, rows_are_there=True)
        schema.restore_database(run.new, contents)
        equality.require_equal(copy, new)
        rows.require_equal(new, tallies)
        books.carry(copy, new)
        schema.end(new)
        materialized.note(new)
    run.tables += len(tallies)
    run.rows += sum(tally.rows for tally in tallies.values())


def _create(run: Upgrade, name: str, owner: str) -> None:
    """Make the database, if it is not there yet."""
    identifier = sql.Identifier(name)
    with run.new.connect("postgres") as connection:
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(identifier, sql.Identifier(owner)))


def _tell(folders: Folders, done: Upgrade, begin: float, say: Say) -> None:
    seconds, kept = time.monotonic() - begin, f".lab/data/{folders.before.name}"
    say(f"upgraded in {seconds:.0f} s: {done.tables} tables with {done.rows} rows, all compared with the old ones")
    say(f"the old warehouse stays in {kept} until the next upgrade ({size_mb(folders.before):.0f} MB, not needed)")


def _shown(error: Exception) -> str:
    return " ".join(str(error).split())

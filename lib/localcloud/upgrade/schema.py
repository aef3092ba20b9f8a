"""Schemas, tables, views and routines, by pg_dump and pg_restore: first everything that rows need, then the rest.

Keys are made while the tables are empty: Redshift does not enforce them, so rows may break them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from psycopg.conninfo import make_conninfo

from localcloud.errors import LocalCloudError
from localcloud.upgrade import typemods
from localcloud.upgrade.servers import Connection, Server

_BEFORE_ROWS: tuple[str, ...] = (
    "SCHEMA",
    "TABLE",
    "SEQUENCE",
    "SEQUENCE OWNED BY",
    "DEFAULT",
    "FUNCTION",
    "PROCEDURE",
    "VIEW",
)
_BEFORE_ROWS += ("MATERIALIZED VIEW", "CONSTRAINT", "FK CONSTRAINT", "RULE")
_AFTER_ROWS = ("TRIGGER", "COMMENT", "ACL", "DEFAULT ACL")
_UNUSED = (
    "ENCODING",
    "STDSTRINGS",
    "SEARCHPATH",
    "DATABASE",
    "DATABASE PROPERTIES",
    "EXTENSION",
    "MATERIALIZED VIEW DATA",
)
_OF_DATABASE = re.compile(r"^\d+; \d+ \d+ (DATABASE PROPERTIES |(ACL|COMMENT) - DATABASE )")
_CREATION = re.compile(r'^(CREATE DATABASE ("([^"]|"")*"|\S+) .*;|\\(connect|encoding) .*)$', re.MULTILINE)
"""What the script has besides: the database is there already."""
_KINDS = sorted((*_BEFORE_ROWS, *_AFTER_ROWS, *_UNUSED), key=len, reverse=True)
_LINE = re.compile(rf"^\d+; \d+ \d+ (?P<kind>{'|'.join(_KINDS)}) (?P<rest>.*)$")
_SYSTEM = "SET allow_system_table_mods = on; SET event_triggers = off; SET standard_conforming_strings = on; "
_QUIET = b"SET event_triggers = off; SET allow_system_table_mods = on; "
_KEY = re.compile(r"^\\restrict (\w+)$", re.MULTILINE)


def sql(name: str) -> str:
    """Return one of the scripts of this package."""
    return resources.files(__package__).joinpath("sql", name).read_text()


def prepare_copy(connection: Connection, *, numbered: bool) -> None:
    """Make the copy of a database ready to be read. Nothing of it is used afterwards."""
    connection.execute(_SYSTEM.encode())
    if not numbered:
        connection.execute(sql("migrate.sql").encode())
    connection.execute(sql("hide.sql").encode())


@dataclass
class Contents:
    """What pg_dump found in a database, as lines for `pg_restore --use-list`."""

    file: Path
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    of_database: list[str] = field(default_factory=list)


def dump(copy: Server, new: Server, database: str, file: Path) -> Contents:
    """Write the definitions of a database to a file. Raises LocalCloudError at an object that cannot be carried."""
    copy.run(
        "pg_dump",
        "--format=custom",
        "--schema-only",
        "--create",
        "--exclude-extension=*",
        f"--file={file}",
        f"--dbname={make_conninfo(dbname=database)}",  # a plain name with "=" in it would be read as parameters
    )
    contents = Contents(file)
    for line in new.run("pg_restore", "--list", "--create", str(file)).splitlines():
        if line.startswith(";") or not line.strip():
            continue
        entry = _LINE.match(line)
        if entry is None:
            raise LocalCloudError(
                f"the upgrade cannot carry this object of the database {database}: {line}; nothing was changed"
            )
        if _OF_DATABASE.match(line):
            contents.of_database.append(line)
        elif entry["kind"] in _BEFORE_ROWS:
            contents.before.append(line)
        elif entry["kind"] in _AFTER_ROWS and not entry["rest"].startswith("- EXTENSION"):
            contents.after.append(line)
    return contents


def restore(new: Server, connection: Connection, contents: Contents, *, rows_are_there: bool) -> None:
    """Make what a database's rows need, or the rest. Raises LocalCloudError."""
    lines = contents.after if rows_are_there else contents.before
    script = new.run("pg_restore", _chosen(contents, lines), "--file=-", str(contents.file))
    connection.execute(_QUIET + typemods.readable(_without_commands(script)).encode())


def restore_database(new: Server, contents: Contents) -> None:
    """Give a new database the settings, rights and comment of the old one."""
    script = new.run("pg_restore", "--create", _chosen(contents, contents.of_database), "--file=-", str(contents.file))
    with new.connect("postgres") as connection:
        connection.execute(_CREATION.sub("", _without_commands(script)).encode())


def _without_commands(script: str) -> str:
    """Return a script without the commands of psql that pg_restore puts around it."""
    key = _KEY.search(script)
    assert key is not None
    return re.sub(rf"^\\(un)?restrict {key[1]}$", "", script, flags=re.MULTILINE)


def _chosen(contents: Contents, lines: list[str]) -> str:
    chosen = contents.file.with_suffix(".list")
    chosen.write_text("\n".join(lines))
    return f"--use-list={chosen}"


def begin(connection: Connection) -> None:
    """Let the new database take the definitions: what hide.sql renamed in the copy has the same name here."""
    connection.execute(_SYSTEM.encode())
    connection.execute("UPDATE pg_namespace SET nspname = 'redshift_lab spectrum' WHERE nspname = 'pg_spectrum'")


def relax(connection: Connection) -> None:
    """Stop enforcing the keys, as the engine's event trigger does."""
    connection.execute("SELECT redshift_lab.relax_keys()")


def end(connection: Connection) -> None:
    """Undo `begin`."""
    connection.execute("UPDATE pg_namespace SET nspname = 'pg_spectrum' WHERE nspname = 'redshift_lab spectrum'")

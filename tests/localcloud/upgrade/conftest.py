"""A warehouse as version 1.0.0 made it, and what it holds.

`made_by_1_0_0.json.xz` has the engine's SQL of version 1.0.0 and the statements that its gateway sent to PostgreSQL while
a client filled a warehouse; `warehouse` runs them again.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from localcloud.home import Home
from localcloud.services.postgres import short_path
from localcloud.upgrade import equality, rows
from localcloud.upgrade.servers import Server, running

RECORDED = Path(__file__).with_name("made_by_1_0_0.json.xz")
DATABASES = ("city", "second")
BEGIN = "SET allow_system_table_mods = on; SET standard_conforming_strings = on; SET check_function_bodies = off;"


def _as_user(server: Server, statement: dict[str, Any]) -> None:
    with short_path(server.folder) as socket:
        connection = psycopg.connect(
            host=socket,
            user=statement["user"],
            dbname=statement["database"],
            autocommit=True,
            cursor_factory=psycopg.RawCursor,
        )
    with connection:
        connection.execute(statement["sql"].encode(), statement["values"] or None)


def _make(home: Home) -> None:
    recorded = json.loads(lzma.decompress(RECORDED.read_bytes()))
    version = hashlib.sha256("".join(recorded["scripts"]).encode()).hexdigest()[:16]
    stamp = f"INSERT INTO redshift_lab.prepared VALUES ('{version}');"
    with running(home, home.data("postgres")) as server:
        with server.connect("template1") as connection:
            connection.execute("\n".join([BEGIN, *recorded["scripts"], stamp]).encode())
            connection.execute("CREATE ROLE awsuser LOGIN CREATEROLE CREATEDB")
        with server.connect("postgres") as connection:
            connection.execute("CREATE DATABASE city OWNER awsuser")
        for statement in recorded["statements"]:
            _as_user(server, statement)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a lab with a warehouse of version 1.0.0; to be copied, not used."""
    root = tmp_path_factory.mktemp("lab of 1.0.0") / ".lab"
    _make(Home(root))
    return root


def _copied(made: Path, root: Path) -> Home:
    shutil.copytree(made, root)
    owner = (made / "data" / "postgres").stat()
    if os.getuid() == 0:
        for path in (root / "data" / "postgres", *(root / "data" / "postgres").rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid)
    return Home(root)


@pytest.fixture
def old(made_once: Path, tmp_path: Path) -> Home:
    """A lab whose warehouse version 1.0.0 made."""
    return _copied(made_once, tmp_path / ".lab")


@dataclass(frozen=True)
class Held:
    """What a warehouse holds: rows, and everything else."""

    rows: dict[str, list[str]]
    facts: dict[str, set[str]]


@pytest.fixture(scope="session")
def held(made_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Held:
    """What the warehouse of version 1.0.0 holds, read from a copy of it."""
    home = _copied(made_once, tmp_path_factory.mktemp("copy of 1.0.0") / ".lab")
    return Held(contents(home), facts(home))


def files(folder: Path) -> dict[str, str]:
    """Return a digest of each file of a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def contents(home: Home) -> dict[str, list[str]]:
    """Return the rows of each table and materialized view as text, and how far each identity column got."""
    held = dict[str, list[str]]()
    with running(home, home.data("postgres")) as server:
        for database in DATABASES:
            with server.connect(database) as connection:
                for relation in rows.relations(connection):
                    query = sql.SQL("COPY (SELECT * FROM {}) TO STDOUT").format(relation.identifier)
                    with connection.cursor() as cursor, cursor.copy(query) as copy:
                        held[f"{database}.{relation.shown}"] = sorted(bytes(row).decode() for row in copy)
                at = "SELECT schemaname || '.' || sequencename, last_value::text FROM pg_sequences WHERE schemaname <> 'redshift_lab'"
                held |= {name: [value] for name, value in connection.execute(at.encode()).fetchall()}
    return held


def facts(home: Home) -> dict[str, set[str]]:
    """Return everything else that each database holds: definitions, owners, rights, comments."""
    with running(home, home.data("postgres")) as server:
        found = dict[str, set[str]]()
        for database in DATABASES:
            with server.connect(database) as connection:
                found[database] = equality.inventory(connection)
    return found

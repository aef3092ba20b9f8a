"""What the engine keeps of users' objects, table by table."""

from __future__ import annotations

import hashlib
from pathlib import Path

from localcloud.home import Home
from localcloud.redshift.engine.stamp import FORMAT, scripts
from localcloud.upgrade.books import REFERENCES
from localcloud.upgrade.servers import running

COLUMNS = """
SELECT c.relname || '.' || a.attname, a.atttypid::regtype::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = 'redshift_lab'::regnamespace AND a.attnum > 0
"""
SHAPES = {2: "2aa723cb458d9ef5", 3: "f40959ee41180fdd"}
"""A digest of the names and types of all columns of the engine's tables, by format."""


def test_each_table_is_carried_by_name(tmp_path: Path) -> None:
    """Each column of object numbers has its line in REFERENCES. If the tables change, raise FORMAT and add a migration."""
    home = Home(tmp_path / ".lab")
    with running(home, home.data("postgres")) as server, server.connect("postgres") as connection:
        begin = (
            "SET allow_system_table_mods = on; SET standard_conforming_strings = on; SET check_function_bodies = off;"
        )
        connection.execute("\n".join([begin, *scripts()]).encode())
        columns = dict(connection.execute(COLUMNS.encode()).fetchall())
    numbers = {name for name, kind in columns.items() if kind.startswith(("oid", "reg"))}
    assert numbers == {f"{table}.{column}" for table, column in REFERENCES}
    assert hashlib.sha256(repr(sorted(columns.items())).encode()).hexdigest()[:16] == SHAPES[FORMAT]

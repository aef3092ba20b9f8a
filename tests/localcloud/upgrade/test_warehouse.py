"""A warehouse of another version is upgraded with everything that it holds."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from tests.localcloud.upgrade.conftest import DATABASES, Held, contents, facts, files

from localcloud import standalone
from localcloud.card import environment
from localcloud.errors import LocalCloudError
from localcloud.home import Home
from localcloud.process import strays, wait_until
from localcloud.redshift import engine
from localcloud.redshift.engine import stamp
from localcloud.upgrade import rows
from localcloud.upgrade.folders import Folders
from localcloud.upgrade.servers import NAME, running
from localcloud.upgrade.warehouse import upgrade

pytestmark = pytest.mark.stack  # each test starts PostgreSQL several times

LATE = "SELECT v.definition, v.listed, v.names FROM redshift_lab.late_views v WHERE view_id = %s::regclass"


def _upgrade(home: Home) -> list[str]:
    lines = list[str]()
    upgrade(home, lines.append)
    return lines


def _ask(home: Home, query: str, *values: Any) -> list[Any]:
    with running(home, home.data("postgres")) as server, server.connect("city") as connection:
        return connection.execute(query.encode(), values or None).fetchall()


def test_a_warehouse_of_1_0_0_keeps_every_row_and_every_fact(old: Home, held: Held) -> None:
    """Rows, definitions, owners, rights and comments are equal, except for what version 1.0.0 kept in another form."""
    lines = _upgrade(old)
    assert contents(old) == held.rows
    now = facts(old)
    changed = ("old_shop.late", "old_shop.told", "old_shop.add_customer", "trigger redshift_lab_change")
    for database in DATABASES:
        different = held.facts[database] ^ now[database]
        assert {line for line in different if not any(name in line for name in changed)} == set()
        assert len(now[database]) > 20
    assert "20 tables with 46 rows" in lines[-2]


def test_it_is_upgraded_once(old: Home) -> None:
    """The next start has nothing to do, and the old folder is kept as it was."""
    before = files(old.data("postgres"))
    _upgrade(old)
    assert _upgrade(old) == []
    kept = Folders(old).before
    assert files(kept) == before
    assert not Folders(old).work.exists()


def test_what_only_the_engine_keeps_comes_along(old: Home) -> None:
    """Distribution, sort keys, encodings, external schemas and rejected records are there under the new numbers."""
    _upgrade(old)
    keys = "SELECT name::text, distkey, sortkey, encoding, identity FROM redshift_lab.columns WHERE table_id = %s::regclass"
    assert sorted(_ask(old, keys, "old_shop.customers"))[0] == ("id", True, 2, None, "10,5")
    assert [row[:3] for row in sorted(_ask(old, keys, "old_shop.orders"))] == [
        ("day", True, -2),
        ("order_id", False, 1),
    ]
    external = (
        "SELECT e.name, database_name FROM redshift_lab.external_schemas e JOIN pg_namespace n ON n.oid = schema_id"
    )
    assert _ask(old, external) == [("lake_old", "default")]
    rejected = "SELECT raw_line, table_id::regclass::text FROM redshift_lab.load_errors JOIN redshift_lab.loads USING (query_id)"
    assert _ask(old, rejected) == [("x", "old_shop.empty")]
    assert _ask(old, LATE, "old_shop.late")[0][1:] == ("(who, many)", ["who", "many"])


@pytest.mark.parametrize("name", ["a=b", "host='x' dbname=city", 'q"u\\o-te', "təst_好$1`~!#%^&*()_+-"])
def test_a_database_of_any_name_comes_along(old: Home, name: str) -> None:
    """PostgreSQL's programs read some names as parameters of a connection, and write commands of psql for others."""
    database = sql.Identifier(name)
    with running(old, old.data("postgres")) as server:
        with server.connect("postgres") as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER awsuser").format(database))
            connection.execute(sql.SQL("COMMENT ON DATABASE {} IS 'kept'").format(database))
        with server.connect(name) as connection:
            connection.execute("CREATE TABLE public.t AS SELECT 7 AS a")
    _upgrade(old)
    with running(old, old.data("postgres")) as server, server.connect(name) as connection:
        assert connection.execute("SELECT a FROM public.t").fetchall() == [(7,)]
        comment = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        assert connection.execute(comment, (name,)).fetchall() == [("kept",)]


def test_a_later_change_of_the_engine_is_an_upgrade_too(old: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more line in the engine's SQL: everything is equal, the engine's own tables with it."""
    _upgrade(old)
    _use_what_is_new(old)
    before, known, late = contents(old), facts(old), _ask(old, LATE, "old_shop.late")
    more = [*stamp.scripts(), "-- one more line\n"]
    monkeypatch.setattr(stamp, "scripts", lambda: more)
    monkeypatch.setattr(engine, "scripts", lambda: more)
    assert "upgraded in" in _upgrade(old)[1]
    assert (contents(old), facts(old), _ask(old, LATE, "old_shop.late")) == (before, known, late)
    assert _ask(old, "SELECT version, format FROM redshift_lab.prepared") == [(stamp.version(), stamp.FORMAT)]
    assert len(_ask(old, "SELECT source FROM redshift_lab.procedures")) == 3


def _use_what_is_new(home: Home) -> None:
    """Make what version 1.0.0 did not have: types of intervals, and a materialized view over an external table."""
    with running(home, home.data("postgres")) as server, server.connect("city") as connection:
        for statement in (
            "CREATE TABLE old_shop.terms (m intervaly2m(6), s intervald2s(7176,3), p intervald2s)",
            "INSERT INTO old_shop.terms VALUES ('-3 years -2 months', '400 days 23:59:59.999', '1 day')",
            "CREATE VIEW old_shop.longer AS SELECT m + '1 month'::intervaly2m(6) AS m, s FROM old_shop.terms",
            "CREATE TABLE pg_spectrum.copy_1 (a integer)",
            "INSERT INTO pg_spectrum.copy_1 VALUES (7)",
            "SELECT redshift_lab.note_external_copy('pg_spectrum.copy_1', '{}')",
            "CREATE MATERIALIZED VIEW old_shop.from_lake AS SELECT a FROM pg_spectrum.copy_1",
        ):
            connection.execute(statement.encode())


def test_a_function_that_this_version_lacks_comes_along(old: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A view that calls a function of the old engine works on, and so do the functions that this one calls."""
    with running(old, old.data("postgres")) as server, server.connect("city") as connection:
        inner = "CREATE FUNCTION redshift_lab.gone_inner() RETURNS integer LANGUAGE sql AS 'SELECT 41'"
        outer = (
            "CREATE FUNCTION redshift_lab.gone() RETURNS integer LANGUAGE sql AS 'SELECT redshift_lab.gone_inner() + 1'"
        )
        for statement in (inner, outer, "CREATE VIEW old_shop.calls AS SELECT redshift_lab.gone() AS n"):
            connection.execute(statement.encode())
    _upgrade(old)
    assert _ask(old, "SELECT n FROM old_shop.calls") == [(42,)]


def test_a_row_that_differs_is_refused(old: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the table and both counts; the old folder stays as it was, and nothing else stays."""
    before, read = files(old.data("postgres")), rows._read

    def one_less(connection: Any, relation: rows.Relation) -> rows.Tally:
        tally = read(connection, relation)
        return rows.Tally(tally.rows - 1, tally.total) if relation.name == "dup" else tally

    monkeypatch.setattr(rows, "_read", one_less)
    with pytest.raises(LocalCloudError, match=r"old_shop\.dup had 3 rows .* it has 2 .* is as it was"):
        _upgrade(old)
    assert files(old.data("postgres")) == before
    assert sorted(path.name for path in (old.root / "data").iterdir()) == ["postgres"]


def test_a_full_disk_is_told_before_anything_happens(old: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says how much is needed and how much there is."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(10**9, 10**9, 5 * 10**6))
    with pytest.raises(LocalCloudError, match=r"needs \d+ MB on the disk, and 5 MB are free"):
        _upgrade(old)
    assert not Folders(old).work.exists()


@pytest.mark.parametrize(
    "reached",
    [
        lambda folders: (folders.copy / "base").exists(),
        lambda folders: (folders.new / "PG_VERSION").exists(),
        lambda folders: (folders.work / "schema.list").exists(),
    ],
    ids=["copying", "new server", "restoring"],
)
def test_a_kill_loses_nothing(old: Home, held: Held, reached: Callable[[Folders], bool]) -> None:
    """After kill -9 the old folder is as it was; the next start ends the servers that were left and upgrades it."""
    before = files(old.data("postgres"))
    program = subprocess.Popen(
        (sys.executable, "-m", "localcloud.upgrade", str(old.root)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert wait_until(lambda: reached(Folders(old)), 60, pause_s=0.005)
    os.kill(program.pid, signal.SIGKILL)
    program.wait()
    assert files(old.data("postgres")) == before
    _upgrade(old)
    assert contents(old) == held.rows
    assert NAME not in strays(old)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("INSERT INTO redshift_lab.prepared VALUES ('newer', 99)", r"by a newer version .*format 99.* git pull"),
        ("SELECT 1", "has no stamp that this version of the lab knows"),
        ("ALTER TABLE redshift_lab.prepared ADD x text, ADD y text", "has no stamp that this version of the lab knows"),
    ],
)
def test_other_stamps_are_refused(tmp_path: Path, statement: str, message: str) -> None:
    """A newer format, and a stamp that no version writes: the error says what to do, and nothing is changed."""
    home = Home(tmp_path / ".lab")
    with running(home, home.data("postgres")) as server, server.connect("template1") as connection:
        connection.execute(
            "CREATE SCHEMA redshift_lab; CREATE TABLE redshift_lab.prepared (version text, format integer)"
        )
        connection.execute(statement.encode())
    before = files(home.data("postgres"))
    with pytest.raises(LocalCloudError, match=message):
        _upgrade(home)
    assert files(home.data("postgres")) == before


def test_another_major_version_of_postgresql_is_refused(tmp_path: Path) -> None:
    """PostgreSQL reads no data folder of another major version; the message names both and the way out."""
    home = Home(tmp_path / ".lab")
    (home.data("postgres") / "PG_VERSION").write_text("17\n")
    with pytest.raises(LocalCloudError, match=r"made by PostgreSQL 17, .* has PostgreSQL \d+, which cannot read it"):
        _upgrade(home)


def test_clients_go_on(old: Home) -> None:
    """`up` upgrades it; then users log in with their passwords, call procedures, and read views of every kind."""
    said = list[tuple[str, str]]()
    keeper = standalone.start(old, ["redshift"], lambda name, what: said.append((name, what)))
    try:
        assert ("postgres", "another version of the lab made the warehouse; upgrading it") in said
        card = environment(old)
        place = {"host": card["REDSHIFT_HOST"], "port": card["REDSHIFT_PORT"], "dbname": "city", "autocommit": True}
        with psycopg.connect(**place, user="analyst", password="Analyst1pw") as analyst:
            assert analyst.execute("SELECT min(id) FROM customers").fetchall() == [(10,)]
        with psycopg.connect(**place, user="awsuser", password=card["REDSHIFT_PASSWORD"]) as admin:
            _go_on(admin)
    finally:
        keeper.down()


def _go_on(admin: psycopg.Connection[Any]) -> None:
    def ask(query: str) -> list[Any]:
        return admin.execute(query.encode()).fetchall()

    assert ask("CALL old_shop.add_customer('later', 0)") == [(5,)]
    assert ask("CALL old_shop.told(21)") == [(42,)]
    assert ask("SELECT id FROM old_shop.customers WHERE name = 'later'") == [(30,)]
    assert ask("SELECT many FROM old_shop.late WHERE who = 'first'") == [(1,)]
    assert ask("SELECT count(*) FROM old_shop.many") == ask("SELECT n FROM old_shop.over_plain") == [(5,)]
    assert ask("SELECT b, kind FROM old_shop.semi WHERE id = 1") == [("2", "object")]
    assert ask("SELECT count(*) FROM old_shop.totals") == [(3,)]
    assert ask("SELECT is_stale FROM svv_mv_info WHERE name = 'totals'") == [("t",)]
    assert ask("SELECT trim(raw_line) FROM stl_load_errors") == [("x",)]
    assert ask("SELECT schemaname FROM svv_external_schemas") == [("lake_old",)]

"""What a user without rights can call and read in the engine, and what comes of calling all of it with hostile values."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from localcloud.home import Home
from localcloud.services.postgres import ENGINE_USER, socket_folder

pytestmark = pytest.mark.stack
CALLS = int(os.environ.get("LAB_PRIVILEGE_CALLS", "3000"))
LOW = "low_user"
FIRST_OID = 16_384
"""PostgreSQL's own objects have smaller oids (FirstNormalObjectId)."""

DEFINERS = {
    "ask": "asks the process of the spatial functions, which has no data and runs no text",
    "begin_stream": "only the view's owner may call it",
    "close_view": "only the view's owner may call it",
    "connections": "the user's own connections; the admin sees all",
    "drop_unread_copies": "drops copies of external tables that no query of this session reads any more",
    "drop_unread_stages": "an event trigger",
    "end_stream": "only the view's owner may call it",
    "external_copies_of": "the copies that one view reads",
    "forget_changes": "only the view's owner may call it",
    "is_late_view": "one fact on a view",
    "keep_late_view": "only the view's owner may call it",
    "last_load": "the session's own last COPY",
    "last_statement": "the session's own last statement",
    "last_unload": "the session's own last UNLOAD",
    "late_columns": "columns of late-binding views that the user may read",
    "late_view_text": "the text of a late-binding view that the user may read",
    "note_refresh": "only the view's owner may call it",
    "note_stream": "only the owner of the stage may call it",
    "note_stream_schema": "only the schema's owner may call it",
    "offsets_of": "how far one view has read its topic",
    "open_view": "only the view's owner may call it",
    "note_external_copy": "only the owner of the copy may call it",
    "note_external_schema": "only the schema's owner may call it",
    "on_change": "a trigger",
    "on_drop": "an event trigger",
    "on_drop_procedure": "an event trigger",
    "on_drop_schema": "an event trigger",
    "procedure_source": "the source of a procedure that the user may execute",
    "relax_keys": "an event trigger: PRIMARY KEY and UNIQUE are not enforced, as in Redshift",
    "row_count": "the number of rows of a table that the user may read",
    "stage_of": "one fact on a view",
    "statements": "the user's own statements; the admin sees all",
    "store_autorefresh": "only the view's owner may call it",
    "store_argument_modifiers": "only the routine's owner may call it",
    "store_notes": "only the table's owner may call it",
    "store_procedure": "only the procedure's owner may call it",
    "store_view": "only the view's owner may call it",
    "view_definition": "the text of a materialized view that the user may read",
    "view_is_stale": "one fact on a view",
    "view_state": "one fact on a view",
}
"""Functions that PUBLIC may execute and that run with the engine's rights, and why."""
TABLES = {
    "argument_modifiers": "lengths and precisions of arguments, as every driver shows them",
    "columns": "DISTKEY, SORTKEY, ENCODE and IDENTITY, as PG_TABLE_DEF shows them",
    "external_columns": "SVV_EXTERNAL_COLUMNS",
    "external_partitions": "SVV_EXTERNAL_PARTITIONS",
    "external_schemas": "SVV_EXTERNAL_SCHEMAS",
    "tables": "DISTSTYLE and BACKUP, as SVV_TABLE_INFO shows them",
}
"""Tables of the lab that PUBLIC may read, and why."""

_DEFINERS = """
SELECT p.proname::text, array_to_string(p.proconfig, ',') FROM pg_proc p
WHERE p.prosecdef AND has_function_privilege('public', p.oid, 'execute')
"""
_TABLES = """
SELECT relname::text FROM pg_class
WHERE oid >= %s AND relkind IN ('r', 'p', 'S') AND relnamespace = 'redshift_lab'::regnamespace
  AND has_table_privilege('public', oid, 'select')
"""
_WRITABLE = """
SELECT relname::text FROM pg_class
WHERE relkind IN ('r', 'p', 'v', 'S', 'm') AND relname <> 'pg_settings'
  AND has_table_privilege('public', oid, 'insert, update, delete, truncate, trigger')
"""
_CALLABLE = """
SELECT p.oid::regprocedure::text, n.nspname::text, p.proname::text, p.proargtypes::regtype[]::text[]
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.oid >= %s AND p.prokind = 'f' AND has_function_privilege('public', p.oid, 'execute')
  AND NOT 'internal'::regtype = ANY (p.proargtypes)
ORDER BY 1
"""
_SNAPSHOT = """
SELECT 'relation', oid, relname::text, relacl::text, relowner::text, CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END
FROM pg_class WHERE relowner <> %(low)s::regrole
UNION ALL
SELECT 'routine', oid, proname::text, proacl::text, proowner::text, md5(prosrc) FROM pg_proc WHERE proowner <> %(low)s::regrole
UNION ALL
SELECT 'schema', oid, nspname::text, nspacl::text, nspowner::text, NULL FROM pg_namespace WHERE nspowner <> %(low)s::regrole
UNION ALL
SELECT 'role', oid, rolname::text, NULL, concat_ws(' ', rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls), rolpassword
FROM pg_authid
UNION ALL
SELECT 'membership', member, roleid::text, NULL, NULL, NULL FROM pg_auth_members
UNION ALL
SELECT 'setting', setdatabase, setrole::text, setconfig::text, NULL, NULL FROM pg_db_role_setting
UNION ALL
SELECT 'trigger', t.oid, tgname::text, tgrelid::text, NULL, NULL FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
WHERE relowner <> %(low)s::regrole
UNION ALL
SELECT 'database', oid, datname::text, datacl::text, datdba::text, NULL FROM pg_database
"""
_NOTES = {"tables": "table_id", "columns": "table_id", "late_views": "view_id", "argument_modifiers": "routine_id"}
_NOTES |= {"materialized_views": "view_id", "view_changes": "view_id"}
_NOTES |= {"external_schemas": "schema_id", "external_copies": "relation", "procedures": "routine_id"}
"""Tables in which the lab notes facts on objects, and the column of the object."""


@pytest.fixture
def engine(lab_home: Home) -> Iterator[psycopg.Connection[Any]]:
    """Give a connection to the engine itself, past the gateway, as its superuser, with a user without rights."""
    with (
        socket_folder(lab_home) as folder,
        psycopg.connect(f"host={folder} user={ENGINE_USER} dbname=city", autocommit=True) as connection,
    ):
        _clean(connection)
        for statement in _SETTING.split(";"):
            connection.execute(statement.encode())
        yield connection
        connection.execute("RESET SESSION AUTHORIZATION")
        _clean(connection)


_SETTING = """
CREATE ROLE low_user LOGIN;
CREATE SCHEMA low_home AUTHORIZATION low_user;
CREATE SCHEMA guarded;
CREATE TABLE guarded.secret AS SELECT 'the secret'::varchar AS word;
CREATE VIEW guarded.view AS SELECT word FROM guarded.secret;
CREATE MATERIALIZED VIEW guarded.stored AS SELECT word FROM guarded.secret;
INSERT INTO redshift_lab.materialized_views VALUES ('guarded.stored'::regclass, false, false, false, 'SELECT ''the secret''');
CREATE FUNCTION guarded.routine() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TABLE low_home.own (word varchar);
ALTER TABLE low_home.own OWNER TO low_user;
CREATE VIEW low_home.view AS SELECT word FROM low_home.own;
ALTER VIEW low_home.view OWNER TO low_user
"""


def _clean(connection: psycopg.Connection[Any]) -> None:
    for schema in ("guarded", "low_home"):
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (LOW,)).fetchone():
        connection.execute("DROP OWNED BY low_user CASCADE")
        connection.execute("DROP ROLE low_user")


def test_functions_with_the_engines_rights_are_listed(engine: psycopg.Connection[Any]) -> None:
    """Whatever PUBLIC may execute with other rights than its own is in the list above, with its reason."""
    assert {name for name, _ in engine.execute(_DEFINERS)} == set(DEFINERS)


def test_functions_with_the_engines_rights_fix_their_search_path(engine: psycopg.Connection[Any]) -> None:
    """No caller's schema can put a function of its own in the way."""
    paths = {name: (settings or "").split(",") for name, settings in engine.execute(_DEFINERS)}
    assert not [name for name, settings in paths.items() if "search_path=pg_catalog" not in settings]


def test_tables_of_the_lab_that_everyone_reads_are_listed(engine: psycopg.Connection[Any]) -> None:
    """Whatever table of the lab PUBLIC may read is in the list above, with its reason."""
    assert {name for (name,) in engine.execute(_TABLES, (FIRST_OID,))} == set(TABLES)


def test_nobody_without_rights_writes_into_a_table(engine: psycopg.Connection[Any]) -> None:
    """PUBLIC has a right to change rows of no table, view or sequence."""
    assert engine.execute(_WRITABLE).fetchall() == []


def _values(engine: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """Return hostile values by type, as SQL."""
    names = (
        "guarded.secret",
        "guarded.view",
        "guarded.stored",
        "low_home.own",
        "low_home.view",
        "pg_catalog.pg_authid",
        "pg_class",
        "redshift_lab.late_views",
        "redshift_lab.procedures",
    )

    oids = [row[0] for name in names if (row := engine.execute("SELECT %s::regclass::oid::text", (name,)).fetchone())]
    oids += [str(engine.execute("SELECT 'guarded.routine()'::regprocedure::oid").fetchone()[0])]  # type: ignore[index]
    grant = "GRANT SELECT ON guarded.secret TO low_user"
    texts = [
        "",
        "guarded.secret",
        "guarded",
        "low_home",
        "secret",
        "awsuser",
        f"'; {grant}; --",
        f"x) AS t; {grant}; --",
    ]
    texts += [
        f'"; {grant}; --',
        "SELECT word FROM guarded.secret",
        "word",
        "$1",
        "%I",
        "\\",
        "{}",
        "[1]",
        "1",
        "2026-01-01",
    ]
    quoted = [sql.Literal(text).as_string(engine) for text in texts]
    return {
        "oid": ["NULL", "0", "999999999", *oids],
        "regclass": ["NULL", "0", *oids],
        "text": ["NULL", *quoted],
        "number": ["NULL", "0", "1", "-1", "2147483647", *oids[:3]],
        "json": ["NULL", "'{}'", "'[]'", "'null'", """'{"definition": "SELECT word FROM guarded.secret"}'"""],
        "array": ["NULL", "'{}'", "'{1}'", "'{NULL}'", "'{guarded.secret}'"],
    }


def _kind(type_: str) -> str:
    if type_.endswith("[]"):
        return "array"
    if type_ in ("oid", "regclass"):
        return type_
    if type_ in ("integer", "bigint", "smallint", "numeric", "double precision", "real"):
        return "number"
    return "json" if type_ in ("json", "jsonb", "super") else "text"


def _state(engine: psycopg.Connection[Any]) -> set[tuple[Any, ...]]:
    """Return all that the low user must not change: others' objects, rights, the lab's notes on them, the secret."""
    rows = {tuple(row) for row in engine.execute(_SNAPSHOT, {"low": LOW})}
    own = [row[0] for row in engine.execute(_OWN, {"low": LOW})]
    for table, column in _NOTES.items():
        query = sql.SQL("SELECT {}, t::text FROM redshift_lab.{} t WHERE NOT {} = ANY (%s)")
        parts = (sql.Literal(table), sql.Identifier(table), sql.Identifier(column))
        rows |= {tuple(row) for row in engine.execute(query.format(*parts), (own,))}
    return rows | {tuple(row) for row in engine.execute("SELECT 'secret', word FROM guarded.secret")}


_OWN = """
SELECT oid FROM pg_class WHERE relowner = %(low)s::regrole
UNION ALL SELECT oid FROM pg_namespace WHERE nspowner = %(low)s::regrole
UNION ALL SELECT oid FROM pg_proc WHERE proowner = %(low)s::regrole
"""


def test_no_call_of_a_user_without_rights_changes_or_shows_what_is_not_his(engine: psycopg.Connection[Any]) -> None:
    """After thousands of calls with hostile values, rights and others' objects are as before, and no answer had the secret."""
    values, chance = _values(engine), random.Random(5)
    routines = engine.execute(_CALLABLE, (FIRST_OID,)).fetchall()
    own_first = sorted(routines, key=lambda row: row[2] not in DEFINERS)
    before, shown, answered = _state(engine), list[str](), 0
    engine.execute("SET SESSION AUTHORIZATION low_user")
    engine.execute("SET statement_timeout = 2000")
    for _, schema, name, types in itertools.islice(_often(own_first), CALLS):
        chosen = [f"{chance.choice(values[_kind(type_)])}::{type_}" for type_ in types if not type_.startswith("any")]
        if len(chosen) < len(types):
            continue
        call = f"SELECT x::text FROM {schema}.{sql.Identifier(name).as_string(engine)}({', '.join(chosen)}) AS x"
        try:
            rows = engine.execute(call.encode()).fetchall()
        except psycopg.Error:  # refused; a crash would fail the next call
            assert not engine.broken, call
            continue
        answered += 1
        # What the caller himself passed comes back from many functions; the secret's own word was never passed.
        shown += [call for row in rows if "the secret" in str(row[0])]
    engine.execute("RESET SESSION AUTHORIZATION")
    assert shown == []
    assert answered > CALLS / 20
    assert _state(engine) == before
    assert engine.execute("SELECT has_table_privilege('low_user', 'guarded.secret', 'select')").fetchone() == (False,)


def _often(routines: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Yield those that run with other rights first and most often, and all others in turn."""
    definers = [routine for routine in routines if routine[2] in DEFINERS]
    others = itertools.cycle(routines)
    while True:
        yield from definers
        yield from itertools.islice(others, 2 * len(definers))

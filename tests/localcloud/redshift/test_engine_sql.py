"""The SQL that prepares the engine is checked by the engine: it is created with its bodies unread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from localcloud.home import Home
from localcloud.redshift.settings import DATABASE
from localcloud.services.postgres import ENGINE_USER, socket_folder

OURS = """
    SELECT p.oid::regprocedure::text, p.oid, l.lanname FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
    WHERE l.lanname IN ('sql', 'plpgsql') AND p.oid >= 16384 AND p.prorettype <> 'trigger'::regtype
    AND p.pronamespace::regnamespace::text IN ('redshift_lab', 'pg_catalog', 'pg_spectrum', 'information_schema')
"""
VALIDATORS = {"sql": "fmgr_sql_validator", "plpgsql": "plpgsql_validator"}


@pytest.fixture
def engine(lab_home: Home, in_lab: object) -> Iterator[psycopg.Connection[Any]]:
    """Connect to PostgreSQL itself, past the gateway, as the user that owns the catalog."""
    with (
        socket_folder(lab_home) as folder,
        psycopg.connect(host=folder, user=ENGINE_USER, dbname=DATABASE, autocommit=True) as connection,
    ):
        yield connection


def test_every_body_holds(engine: psycopg.Connection[Any]) -> None:
    """Each function's body can be parsed, and a query in it names tables, columns and functions that exist."""
    engine.execute("SET check_function_bodies = on")
    functions, wrong = engine.execute(OURS).fetchall(), list[str]()
    for name, oid, language in functions:
        try:
            engine.execute(f"SELECT {VALIDATORS[language]}(%s)", (oid,))
        except psycopg.Error as error:
            wrong.append(f"{name}: {error}")
    assert len(functions) > 300
    assert not wrong, "\n".join(wrong)


def test_a_wrong_body_does_not_hold(engine: psycopg.Connection[Any]) -> None:
    """A function whose query names a column that does not exist is found."""
    engine.execute("SET check_function_bodies = off")
    engine.execute("CREATE FUNCTION pg_temp.wrong() RETURNS integer LANGUAGE sql AS 'SELECT nothing'")
    engine.execute("SET check_function_bodies = on")
    with pytest.raises(psycopg.errors.UndefinedColumn):
        engine.execute("SELECT fmgr_sql_validator('pg_temp.wrong'::regproc)")

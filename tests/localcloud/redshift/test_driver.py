"""What Redshift's own driver relies on, after its tests in amazon-redshift-python-driver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import pytest
import redshift_connector

pytestmark = pytest.mark.stack
Open = Any


@pytest.fixture
def driver(in_lab: Mapping[str, str]) -> Open:
    """Open connections of redshift_connector."""

    def open_one(**other: Any) -> redshift_connector.Connection:
        names = {"host": "HOST", "user": "USER", "password": "PASSWORD", "database": "DATABASE"}
        given: dict[str, Any] = {key: in_lab[f"REDSHIFT_{name}"] for key, name in names.items()}
        return redshift_connector.connect(**{**given, "port": int(in_lab["REDSHIFT_PORT"]), "ssl": False, **other})

    return open_one


@pytest.fixture
def cursor(driver: Open, schema: psycopg.Connection[Any]) -> Iterator[redshift_connector.Cursor]:
    """Give a cursor of the driver in the tests' schema."""
    with driver() as connection, connection.cursor() as cursor:
        cursor.execute("SET search_path TO gateway_test")
        yield cursor


def test_varbyte_comes_in_hexadecimal_digits(
    cursor: redshift_connector.Cursor, schema: psycopg.Connection[Any]
) -> None:
    """The driver reads back the text that was cast; a plain client gets the digits, and null stays null."""
    cursor.execute("SELECT 'a\u00e9'::VARBYTE, NULL::VARBYTE")
    assert cursor.fetchall() == (["a\u00e9", None],)
    assert schema.execute("SELECT 'abc'::VARBYTE, NULL::VARBYTE, 1").fetchone() == ("616263", None, 1)


def test_values_for_no_place_are_passed_over(cursor: redshift_connector.Cursor) -> None:
    """More values than places are taken, as the server takes a parameter that a statement does not use."""
    cursor.execute("SELECT %s", "abc")
    assert cursor.fetchall() == (["a"],)


@pytest.mark.parametrize("password", ["C1cccccha\uff6fs", "C1cccccha\uff6fs".encode()], ids=["text", "bytes"])
def test_a_password_with_wide_signs_opens(driver: Open, schema: psycopg.Connection[Any], password: Any) -> None:
    """A password that the engine keeps in another form is right when it is given as it was set."""
    schema.execute("CREATE USER wide PASSWORD 'C1cccccha\uff6fs'")
    try:
        with driver(user="wide", password=password) as connection:
            assert connection.cursor().execute("SELECT current_user").fetchall() == (["wide"],)
    finally:
        schema.execute("DROP USER wide")


@pytest.mark.parametrize(
    "name", ["interval", "smallserial", "oid", "regclass", "int4range", "record", "name", '"char"']
)
def test_a_column_of_another_type_is_refused(cursor: redshift_connector.Cursor, name: str) -> None:
    """Types of PostgreSQL that Redshift does not have are refused with the column's name."""
    with pytest.raises(redshift_connector.ProgrammingError, match='Column "t1.a" has unsupported type'):
        cursor.execute(f"CREATE TABLE t1 (a {name})")


def test_the_log_of_connections_has_what_a_driver_says_of_itself(driver: Open, schema: psycopg.Connection[Any]) -> None:
    """A login is logged with driver, system, name and version of the protocol; plain users see their own logins only."""
    with driver(application_name="told by name", client_protocol_version=1) as connection:
        found = connection.cursor().execute(
            "SELECT event, driver_version, os_version, protocol_version, pid = pg_backend_pid() FROM stl_connection_log "
            "WHERE application_name = 'told by name' ORDER BY recordtime DESC, event LIMIT 2"
        )
        events = [[one.strip() if isinstance(one, str) else one for one in row] for row in found.fetchall()]
        told = [f"Redshift Python Driver {redshift_connector.__version__}", connection.client_os_version[:64], 1, True]
    assert events == [["authenticated", *told], ["initiating session", *told]]
    schema.execute("CREATE USER logged PASSWORD 'Secret123'")
    try:
        with driver(user="logged", password="Secret123") as connection:
            names = connection.cursor().execute("SELECT DISTINCT TRIM(username) FROM stl_connection_log").fetchall()
            assert names == (["logged"],)
    finally:
        schema.execute("DROP USER logged")


def test_rowcount_of_a_select_is_unknown(cursor: redshift_connector.Cursor) -> None:
    """The driver goes by Redshift's version: the count of a SELECT is -1, and what was fetched is counted apart."""
    cursor.execute("SELECT 1 UNION ALL SELECT 2")
    assert (cursor.rowcount, cursor.redshift_rowcount) == (-1, 2)

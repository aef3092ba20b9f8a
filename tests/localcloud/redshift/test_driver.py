"""What Redshift's own driver relies on, after its tests in amazon-redshift-python-driver."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import pytest
import redshift_connector

from .conftest import wait_for

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
    name = f"told {secrets.token_hex(6)}"
    with driver(application_name=name, client_protocol_version=1) as connection:
        told = [f"Redshift Python Driver {redshift_connector.__version__}", connection.client_os_version[:64], 1]
    logged = f"FROM stl_connection_log WHERE application_name = '{name}'"
    wait_for(lambda: schema.execute(f"SELECT 1 {logged} AND event = 'disconnecting session'".encode()).fetchall())
    found = schema.execute(
        f"SELECT trim(event), trim(driver_version), trim(os_version), protocol_version, duration > 0 {logged} "
        "ORDER BY recordtime".encode()
    ).fetchall()
    assert [list(row) for row in found] == [
        ["authenticated", *told, False],
        ["initiating session", *told, False],
        ["disconnecting session", *told, True],
    ]


def test_the_log_of_connections_has_failures(driver: Open, schema: psycopg.Connection[Any]) -> None:
    """A wrong password is logged; a plain user sees its own logins and nobody else's."""
    user = f"logged_{secrets.token_hex(6)}"
    schema.execute(f"CREATE USER {user} PASSWORD 'Secret123'".encode())
    try:
        with pytest.raises(redshift_connector.ProgrammingError, match="28P01"):
            driver(user=user, password="Wrong-123").__enter__()
        with driver(user=user, password="Secret123") as connection:
            asked = "SELECT TRIM(username), TRIM(event) FROM stl_connection_log ORDER BY recordtime"
            found = connection.cursor().execute(asked).fetchall()
    finally:
        schema.execute(f"DROP USER {user}".encode())
    events = ["authentication failure", "authenticated", "initiating session"]
    assert [list(row) for row in found] == [[user, event] for event in events]


def test_rowcount_of_a_select_is_unknown(cursor: redshift_connector.Cursor) -> None:
    """The driver goes by Redshift's version: the count of a SELECT is -1, and what was fetched is counted apart."""
    cursor.execute("SELECT 1 UNION ALL SELECT 2")
    assert (cursor.rowcount, cursor.redshift_rowcount) == (-1, 2)

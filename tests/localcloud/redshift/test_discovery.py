"""SHOW lists, by which drivers read metadata: after the tests in amazon-redshift-python-driver, and AWS's pages on SHOW."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import psycopg
import pytest
import redshift_connector

pytestmark = pytest.mark.stack
Connect = Callable[..., psycopg.Connection[Any]]
OTHER, USER, PASSWORD = "discovery_test", "discovery_user", "Discovery-of-tests-1"
OBJECTS = (
    "CREATE SCHEMA s",
    "CREATE TABLE s.t (a INT PRIMARY KEY, b VARCHAR(20))",
    "CREATE TABLE s.u (a INT REFERENCES s.t (a))",
    "CREATE PROCEDURE s.p(x NUMERIC(10,5), o OUT INT) AS $$ BEGIN o := 1; END; $$ LANGUAGE plpgsql",
    "CREATE FUNCTION s.f(INT) RETURNS INT STABLE AS $$ SELECT 1 $$ LANGUAGE sql",
    f"GRANT SELECT, UPDATE ON s.t TO {USER} WITH GRANT OPTION",
    f"GRANT SELECT (b) ON s.t TO {USER}",
    "GRANT ALL ON s.u TO PUBLIC",
)
_GRANT = [
    *("object_type", "privilege_type", "identity_id", "identity_name", "identity_type", "admin_option"),
    *("privilege_scope", "grantor_name"),
]
_PATH = ["database_name", "schema_name"]
_FOREIGN = [
    *(f"{side}_{part}_name" for side in ("pk", "fk") for part in ("database", "schema", "table", "column")),
    *("key_seq", "fk_name", "pk_name", "update_rule", "delete_rule", "deferrability"),
]
_TYPE = ["data_type", "character_maximum_length", "numeric_precision", "numeric_scale"]
_PARAMETER = ["parameter_name", "ordinal_position", "parameter_type", *_TYPE]
LISTS = {
    "SHOW SCHEMAS FROM DATABASE {}": [
        *(*_PATH, "schema_owner", "schema_type", "schema_acl", "source_database", "schema_option")
    ],
    "SHOW TABLES FROM SCHEMA {}.s": [
        *(*_PATH, "table_name", "table_type", "table_acl", "remarks", "owner", "last_altered_time"),
        *("last_modified_time", "dist_style", "table_subtype"),
    ],
    "SHOW COLUMNS FROM TABLE {}.s.t": [
        *(*_PATH, "table_name", "column_name", "ordinal_position", "column_default", "is_nullable", *_TYPE),
        *("remarks", "sort_key_type", "sort_key", "dist_key", "encoding", "collation"),
    ],
    "SHOW CONSTRAINTS PRIMARY KEYS FROM TABLE {}.s.t": [*_PATH, "table_name", "pk_name", "column_name", "key_seq"],
    "SHOW CONSTRAINTS FOREIGN KEYS FROM TABLE {}.s.u": _FOREIGN,
    "SHOW CONSTRAINTS FOREIGN KEYS EXPORTED FROM TABLE {}.s.t": _FOREIGN,
    "SHOW GRANTS ON TABLE {}.s.t": [*_PATH, "object_name", *_GRANT],
    "SHOW COLUMN GRANTS ON TABLE {}.s.t": [*_PATH, "table_name", "column_name", *_GRANT],
    "SHOW PROCEDURES FROM SCHEMA {}.s": [
        *(*_PATH, "procedure_name", "number_of_arguments", "argument_list", "return_type", "remarks")
    ],
    "SHOW FUNCTIONS FROM SCHEMA {}.s": [
        *(*_PATH, "function_name", "number_of_arguments", "argument_list", "return_type", "remarks")
    ],
    "SHOW PARAMETERS OF PROCEDURE {}.s.p(NUMERIC)": [*_PATH, "procedure_name", *_PARAMETER],
    "SHOW PARAMETERS OF FUNCTION {}.s.f(INT)": [*_PATH, "function_name", *_PARAMETER],
}
"""A SHOW -> its columns as AWS's pages have them."""
DATABASES = [
    *("database_name", "database_owner", "database_type", "database_acl", "parameters", "database_isolation_level")
]


@pytest.fixture
def other(connect: Connect) -> Iterator[str]:
    """Give the name of another database that has some of everything, and a user who was granted some of it."""
    admin = connect()
    for statement in (f"DROP DATABASE IF EXISTS {OTHER}", f"DROP USER IF EXISTS {USER}", f"CREATE DATABASE {OTHER}"):
        admin.execute(statement.encode())
    admin.execute(f"CREATE USER {USER} PASSWORD '{PASSWORD}'".encode())
    inside = connect(dbname=OTHER)
    for statement in OBJECTS:
        inside.execute(statement.encode())
    inside.close()
    yield OTHER
    admin.execute(f"DROP DATABASE {OTHER}".encode())
    admin.execute(f"DROP USER {USER}".encode())


@pytest.fixture
def cursor(in_lab: Mapping[str, str], other: str) -> Iterator[redshift_connector.Cursor]:
    """Give a cursor of Redshift's driver that asks over all databases."""
    assert other
    names = {"host": "HOST", "user": "USER", "password": "PASSWORD", "database": "DATABASE"}
    given: dict[str, Any] = {key: in_lab[f"REDSHIFT_{name}"] for key, name in names.items()}
    given["database_metadata_current_db_only"] = False
    with redshift_connector.connect(**given, port=int(in_lab["REDSHIFT_PORT"]), ssl=False) as connection:
        yield connection.cursor()


def rows(connection: psycopg.Connection[Any], sql: str) -> list[Any]:
    """Return the rows of a statement."""
    return connection.execute(sql.encode()).fetchall()


def test_each_list_is_of_any_database_with_the_documented_columns(connect: Connect, other: str) -> None:
    """A list has the columns of AWS's page, and from another database the rows that the database itself lists."""
    here = connect()
    with connect(dbname=other) as inside:
        for form, columns in LISTS.items():
            asked = here.execute(form.format(other).encode())
            assert [column.name for column in asked.description or ()] == columns, form
            found = asked.fetchall()
            assert found, form
            assert found == rows(inside, form.format(other)), form


def test_databases_are_listed_by_pattern_and_limit(connect: Connect, other: str) -> None:
    """SHOW DATABASES takes LIKE and LIMIT; the engine's own databases are not among them."""
    asked = connect().execute("SHOW DATABASES")
    assert [column.name for column in asked.description or ()] == DATABASES
    found = [row[0] for row in asked]
    assert {"city", other} <= set(found)
    assert not {"postgres", "template0", "template1"} & set(found)
    assert [row[0] for row in rows(connect(), "SHOW DATABASES LIKE 'discovery%' LIMIT 1")] == [other]
    assert rows(connect(), "SHOW TABLES FROM SCHEMA postgres.public") == []


def test_grants_are_listed_by_grantee_but_not_the_owner(connect: Connect, other: str) -> None:
    """Grants name right, grantee, option and grantor; GRANT ALL has the rights of Redshift; FOR picks a grantee."""
    here = connect()

    def listed(table: str, more: str = "") -> list[Any]:
        found = rows(here, f"SHOW GRANTS ON TABLE {other}.s.{table} {more}")
        return [(row[4], row[6], row[8], row[10]) for row in found]

    granted = [("SELECT", USER, True, "awsuser"), ("UPDATE", USER, True, "awsuser")]
    assert listed("t") == granted
    assert listed("t", f"FOR {USER} LIMIT 1") == granted[:1]
    assert listed("t", "FOR PUBLIC") == listed("t", "FOR ROLE nobody") == []
    every = {right for right, *_ in listed("u")}
    assert every == {
        *("SELECT", "INSERT", "UPDATE", "DELETE", "REFERENCES", "TRIGGER", "TRUNCATE", "ALTER", "DROP", "RULE")
    }
    column = rows(here, f"SHOW COLUMN GRANTS ON TABLE {other}.s.t")
    assert [(row[3], row[5], row[7], row[9], row[11]) for row in column] == [("b", "SELECT", USER, False, "awsuser")]


def test_the_driver_reads_all_databases_by_show(cursor: redshift_connector.Cursor, other: str) -> None:
    """The driver hears of version 4 of SHOW discovery, and reads columns, keys and arguments of another database."""
    assert cursor.get_show_discovery_version() == 4
    assert [other] in [list(row) for row in cursor.get_catalogs()]
    assert [row[3:7] for row in cursor.get_columns(other, "s", "t", None)] == [
        ["a", 4, "int4", 10],
        ["b", 12, "varchar", 20],
    ]
    assert [row[:4] for row in cursor.get_primary_keys(other, "s", "t")] == [[other, "s", "t", "a"]]
    found = cursor.get_procedure_columns(other, "s", "p", None)
    assert [row[3:8] for row in found] == [["x", 1, 2, "numeric", 10], ["o", 3, 4, "int4", 10]]


def test_a_bound_name_stands_as_it_is(cursor: redshift_connector.Cursor, other: str) -> None:
    """A bound name is not folded, a bound pattern escapes by backslash, and a value with a zero byte finds nothing."""
    for path, pattern, names in (
        ((other, "s"), "t", ["t"]),
        ((other, "s"), "_", ["t", "u"]),
        ((other, "s"), "\\_", []),
        ((other, "S"), "%", []),
        ((other, "s"), "t\0", []),
        ((other + "\0", "s"), "%", []),
        (("'; DROP DATABASE city; --", "s"), "%", []),
    ):
        cursor.execute("SHOW TABLES FROM SCHEMA %s.%s LIKE %s", (*path, pattern))
        assert [row[2] for row in cursor.fetchall()] == names, (path, pattern)


def test_another_database_is_asked_as_the_user(connect: Connect, other: str) -> None:
    """A user who may not connect to a database gets an error, and the transaction fails; a new one works."""
    connect().execute(f"REVOKE ALL ON DATABASE {other} FROM PUBLIC".encode())
    connection = connect(user=USER, password=PASSWORD, autocommit=False)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match=f'permission denied for database "{other}"'):
        rows(connection, f"SHOW TABLES FROM SCHEMA {other}.s")
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        rows(connection, f"SHOW TABLES FROM SCHEMA {other}.s")
    connection.rollback()
    assert connection.execute("SELECT 1").fetchone() == (1,)


def test_the_admin_acts_as_another_user(connect: Connect, other: str) -> None:
    """SET SESSION AUTHORIZATION, or the parameter, lets the admin act as a user, and RESET ends it; others may not."""
    with connect(dbname=other) as admin:
        admin.execute(f"GRANT USAGE ON SCHEMA s TO {USER}".encode())
        admin.execute(f"SET SESSION AUTHORIZATION {USER}".encode())
        assert admin.execute("SELECT current_user").fetchone() == (USER,)
        admin.execute("GRANT SELECT ON s.t TO PUBLIC")
        admin.execute("RESET SESSION AUTHORIZATION")
        assert rows(admin, "SHOW GRANTS ON TABLE s.t FOR PUBLIC")[0][10] == USER
        admin.execute(f"SET SESSION AUTHORIZATION '{USER}'".encode())
        admin.execute("SET SESSION AUTHORIZATION DEFAULT")
        assert admin.execute("SELECT current_user").fetchone() == ("awsuser",)
        admin.execute(f"SET session_authorization TO {USER}".encode())
        assert admin.execute("SELECT current_user").fetchone() == (USER,)
        admin.execute("RESET session_authorization")
        assert admin.execute("SELECT current_user").fetchone() == ("awsuser",)
        with pytest.raises(psycopg.errors.SyntaxError):
            admin.execute(f"SET session_authorization {USER}".encode())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connect(user=USER, password=PASSWORD).execute("SET SESSION AUTHORIZATION awsuser")

"""Passwords that are given as hashes, and the system-defined role (r_CREATE_USER, r_roles-default)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import redshift_connector

pytestmark = pytest.mark.stack
Connect = Callable[..., psycopg.Connection[Any]]


@pytest.fixture
def admin(connect: Connect) -> Iterator[psycopg.Connection[Any]]:
    """Give the admin's connection; the users that the tests make are gone after it."""
    connection = connect()
    yield connection
    connection.execute("DROP USER IF EXISTS hashed")


def hash_of(password: str) -> str:
    """Return the MD5 hash that Redshift makes of a password, the name of the user being the salt."""
    return "md5" + hashlib.md5(f"{password}hashed".encode()).hexdigest()


@pytest.mark.parametrize(
    "given", [hash_of("Secret123"), hash_of("Secret123").upper().replace("MD5", "md5"), "sha256|Secret123"]
)
def test_a_password_given_as_a_hash_opens(admin: psycopg.Connection[Any], connect: Connect, given: str) -> None:
    """The password that the hash is of opens, for psycopg and for Redshift's driver; another one does not."""
    admin.execute(f"CREATE USER hashed PASSWORD '{given}'".encode())
    assert connect(user="hashed", password="Secret123").execute("SELECT current_user").fetchone() == ("hashed",)
    info = admin.info
    place: dict[str, Any] = {"host": info.host, "port": info.port, "database": info.dbname, "ssl": False}
    with redshift_connector.connect(user="hashed", password="Secret123", **place) as driver:
        assert driver.cursor().execute("SELECT current_user").fetchall() == (["hashed"],)
    for wrong in ("Secret124", given):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            connect(user="hashed", password=wrong)
        with pytest.raises(redshift_connector.Error, match="password authentication failed"):
            redshift_connector.connect(user="hashed", password=wrong, **place)


def test_a_digest_with_its_salt_is_refused(admin: psycopg.Connection[Any]) -> None:
    """A digest that the client made with a salt of its own is refused with the form that is taken."""
    with pytest.raises(psycopg.errors.FeatureNotSupported, match="digest of SHA-256"):
        admin.execute(f"CREATE USER hashed PASSWORD 'sha256|{'a' * 64}|{'b' * 64}'".encode())
    with pytest.raises(psycopg.Error, match="8 to 64 characters"):
        admin.execute("CREATE USER hashed PASSWORD 'sha256|short'")


def test_the_role_of_a_monitor_sees_what_others_do(admin: psycopg.Connection[Any], connect: Connect) -> None:
    """One who has sys:monitor is shown as such; the other system-defined roles are refused by name."""
    admin.execute("CREATE USER hashed PASSWORD 'Secret123'")
    admin.execute("GRANT ROLE sys:monitor TO hashed")
    shown = "SELECT role_name FROM svv_user_grants WHERE user_name = 'hashed'"
    assert admin.execute(shown.encode()).fetchall() == [("sys:monitor",)]
    assert admin.execute("SELECT user_is_member_of('hashed', 'sys:monitor')").fetchone() == (True,)
    admin.execute("REVOKE ROLE sys:monitor FROM hashed")
    assert admin.execute(shown.encode()).fetchall() == []
    with pytest.raises(psycopg.errors.FeatureNotSupported, match="sys:dba"):
        admin.execute("GRANT ROLE sys:dba TO hashed")

"""Decimals of more than 38 digits, which the engine computes and Redshift does not have.

https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html ("Numeric overflows")
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import psycopg
import pytest
import redshift_connector

from localcloud.redshift.protocol import decimals

pytestmark = pytest.mark.stack
LONGEST = "9" * 38


@pytest.fixture
def table(schema: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    """Give a connection and a table of one row with the largest decimal, and one with a long fraction."""
    schema.execute("CREATE TABLE longest (whole DECIMAL(38,0), part DECIMAL(38,37))")
    schema.execute(f"INSERT INTO longest VALUES ({LONGEST}, 9.{'9' * 37})".encode())
    yield schema
    schema.execute("DROP TABLE longest")


OVERFLOWS = [
    "SELECT SUM(x) FROM (SELECT whole AS x FROM longest UNION ALL SELECT whole FROM longest)",
    "SELECT -SUM(x) FROM (SELECT whole AS x FROM longest UNION ALL SELECT whole FROM longest)",
    "SELECT SUM(x) FROM (SELECT part AS x FROM longest UNION ALL SELECT part FROM longest)",
    "SELECT 'a', SUM(x) OVER () FROM (SELECT whole AS x FROM longest UNION ALL SELECT whole FROM longest)",
]


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
@pytest.mark.parametrize("sql", OVERFLOWS)
def test_a_longer_decimal_is_an_overflow(table: psycopg.Connection[Any], sql: str, binary: bool) -> None:
    """A sum of more than 38 digits, before and after the point together, is an error in either format."""
    with pytest.raises(psycopg.errors.NumericValueOutOfRange, match="Numeric data overflow"):
        table.cursor(binary=binary).execute(sql.encode()).fetchall()


@pytest.mark.parametrize("sql", OVERFLOWS)
def test_a_driver_of_redshift_gets_the_same_error(in_lab: Mapping[str, str], table: object, sql: str) -> None:
    """Redshift's own driver, which reads decimals in its own binary form, gets the error too."""
    names = {"host": "HOST", "user": "USER", "password": "PASSWORD", "database": "DATABASE"}
    given: dict[str, Any] = {key: in_lab[f"REDSHIFT_{name}"] for key, name in names.items()}
    with redshift_connector.connect(**given, port=int(in_lab["REDSHIFT_PORT"]), ssl=False) as connection:
        cursor = connection.cursor()
        cursor.execute("SET search_path TO gateway_test")
        with pytest.raises(redshift_connector.error.ProgrammingError, match=r"Numeric data overflow|does not fit"):
            cursor.execute(sql)


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
def test_the_longest_decimals_are_shown(table: psycopg.Connection[Any], binary: bool) -> None:
    """38 digits arrive unchanged, also with a point, a sign and zeros in front, and next to a long text of digits."""
    text = "1" * 60
    sql = f"SELECT SUM(whole), SUM(-part), '{text}', SUM(0.{'0' * 30}1::DECIMAL(38,31)), NULL::DECIMAL FROM longest"
    row = table.cursor(binary=binary).execute(sql.encode()).fetchone()
    assert row == (Decimal(LONGEST), Decimal(f"-9.{'9' * 37}"), text, Decimal(f"0.{'0' * 30}1"), None)


@pytest.mark.parametrize("form", ["CSV", "PARQUET", "JSON"])
def test_unload_writes_no_longer_decimal(table: psycopg.Connection[Any], bucket: str, form: str) -> None:
    """UNLOAD of a sum that is too long is the same error, and leaves no file."""
    with pytest.raises(psycopg.errors.NumericValueOutOfRange, match="Numeric data overflow"):
        table.execute(
            f"UNLOAD ('{OVERFLOWS[0]}') TO 's3://{bucket}/long/{form}/' IAM_ROLE DEFAULT FORMAT {form}".encode()
        )
    table.execute(
        f"UNLOAD ('SELECT SUM(whole) FROM longest') TO 's3://{bucket}/fits/{form}/' IAM_ROLE DEFAULT FORMAT {form}".encode()
    )


@pytest.mark.parametrize("value", ["0", "NaN", "-0.00", LONGEST, f"-0.{LONGEST}", f"{LONGEST[:10]}.{LONGEST[10:]}"])
def test_what_is_short_enough_passes(value: str) -> None:
    """Signs, the point and zeros in front are no digits."""
    assert decimals.checked_text(value.encode()) == value.encode()

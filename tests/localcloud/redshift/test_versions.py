"""The versions of Redshift's protocol, after the decoders of amazon-redshift-python-driver (utils/type_utils.py)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import psycopg
import pytest
import redshift_connector
from redshift_connector.interval import Interval, IntervalDayToSecond, IntervalYearToMonth

from localcloud.redshift.errors import SqlError
from localcloud.redshift.protocol import client, values
from localcloud.redshift.protocol.frames import Column

UTC = dt.UTC
VERSIONS = (0, 1, 2)
Open = Callable[[int], redshift_connector.Connection]


@pytest.fixture
def speaking(in_lab: Mapping[str, str], schema: psycopg.Connection[Any]) -> Open:
    """Open connections of the driver that ask for a version, in the tests' schema."""

    def open_one(version: int) -> redshift_connector.Connection:
        names = {"host": "HOST", "user": "USER", "password": "PASSWORD", "database": "DATABASE"}
        given: dict[str, Any] = {key: in_lab[f"REDSHIFT_{name}"] for key, name in names.items()}
        port = int(in_lab["REDSHIFT_PORT"])
        connection = redshift_connector.connect(**given, port=port, ssl=False, client_protocol_version=version)
        connection.autocommit = True
        connection.cursor().execute("SET search_path TO gateway_test")
        return connection

    return open_one


def rows(connection: redshift_connector.Connection, sql: str, *given: Any) -> Any:
    """Return the rows of a statement."""
    cursor = connection.cursor()
    cursor.execute(sql, given or None)
    return cursor.fetchall()


@pytest.mark.parametrize(
    ("asked", "answered"),
    [(None, None), ("0", 0), ("1", 1), ("2", 2), ("3", 2), ("x", 0), ("\u00b2", 0), ("9" * 5000, 0)],
    ids=lambda one: str(one)[:9],
)
def test_a_client_is_answered_the_version_it_asks_for(asked: str | None, answered: int | None) -> None:
    """A client that asks for more than version 2 gets version 2; one that does not ask gets no version."""
    assert client.version_of({} if asked is None else {client.VERSION_PARAMETER: asked}) == answered


GOLDEN = (
    ("32767::int2, (-32768)::int2", [32767, -32768]),
    ("2147483647, -2147483648", [2147483647, -2147483648]),
    ("9223372036854775807, (-9223372036854775808)::int8", [2**63 - 1, -(2**63)]),
    ("1.5, -0.25, 0.00", [Decimal("1.5"), Decimal("-0.25"), Decimal("0.00")]),
    ("-1234567890.12345678::numeric(18,8)", [Decimal("-1234567890.12345678")]),
    ("9223372036854775807::numeric(19,0)", [Decimal("9223372036854775807")]),
    ("99999999999999999999::numeric(38,0), 10000::numeric(5,0)", [Decimal("99999999999999999999"), Decimal(10000)]),
    ("0.0001::numeric(10,4), 10000.0001::numeric(10,4)", [Decimal("0.0001"), Decimal("10000.0001")]),
    ("-12345678901234567.12345678901::numeric(38,11)", [Decimal("-12345678901234567.12345678901")]),
    ("1.5::float4, -2.25::float8", [1.5, -2.25]),
    ("true, false", [True, False]),
    ("'a\u00e9'::varchar(10), 'ab'::char(4), 'text'", ["a\u00e9", "ab  ", "text"]),
    (
        "date '2020-02-29', date '1900-01-01', date '9999-12-31'",
        [dt.date(2020, 2, 29), dt.date(1900, 1, 1), dt.date.max],
    ),
    ("time '00:00:00', time '23:59:59.25'", [dt.time(0), dt.time(23, 59, 59, 250000)]),
    ("time '24:00:00', time '00:00:00'", [dt.time(0), dt.time(0)]),
    ("timetz '22:44:54+02', timetz '22:44:54-07'", [dt.time(20, 44, 54, tzinfo=UTC), dt.time(5, 44, 54, tzinfo=UTC)]),
    ("timetz '24:00:00-06', timetz '03:00:00+05'", [dt.time(6, tzinfo=UTC), dt.time(22, tzinfo=UTC)]),
    ("timestamp '2008-06-01 09:59:59.5'", [dt.datetime(2008, 6, 1, 9, 59, 59, 500000)]),
    ("timestamptz '2008-06-01 09:59:59-05'", [dt.datetime(2008, 6, 1, 14, 59, 59, tzinfo=UTC)]),
    ("interval '1 day 2 hours', interval '-1 hour'", [dt.timedelta(days=1, hours=2), dt.timedelta(hours=-1)]),
    ("interval '2 months'", [Interval(0, 0, 2)]),
    ("interval '1-1' year to month, interval '-3' year", [IntervalYearToMonth(13), IntervalYearToMonth(-36)]),
    ("'10 days 48 hours'::intervald2s", [IntervalDayToSecond(12 * 86_400_000_000)]),
    (
        "'-106751991 -04:00:54.775808'::intervald2s, '178956970-7'::intervaly2m",
        [IntervalDayToSecond(-(2**63)), IntervalYearToMonth(2**31 - 1)],
    ),
    (
        "'infinity'::abstime, '-infinity'::abstime, '2022-06-10 10:00:00.7'::abstime",
        [
            dt.datetime(2038, 1, 19, 3, 14, 4, tzinfo=UTC),
            dt.datetime(1901, 12, 13, 20, 45, 52, tzinfo=UTC),
            dt.datetime(2022, 6, 10, 10, tzinfo=UTC),
        ],
    ),
    ("'a\u00e9'::VARBYTE, null::VARBYTE", ["a\u00e9", None]),
    ("json_parse('{\"a\": [1, 2.50]}')", ['{"a":[1,2.50]}']),
    ("null::int, null::numeric(10,2), null::date, null::time", [None] * 4),
)
"""What a SELECT gives -> the values that the driver makes of it."""


@pytest.mark.stack
@pytest.mark.parametrize("version", VERSIONS)
def test_every_type_is_the_same_value_in_every_version(speaking: Open, version: int) -> None:
    """A value comes out of the driver as it went in, whichever version it speaks."""
    with speaking(version) as connection:
        assert connection._client_protocol_version == version
        for listed, expected in GOLDEN:
            assert rows(connection, f"SELECT {listed}") == (expected,), listed


@pytest.mark.stack
@pytest.mark.parametrize(("version", "form"), [(0, 0), (1, 0), (2, 1)])
def test_varbyte_is_described_as_it_is_sent(speaking: Open, version: int, form: int) -> None:
    """Version 2 sends the bytes and says so, as redshift-jdbc42 goes by the form that is told (isBinary)."""
    with speaking(version) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 'abc'::VARBYTE")
        assert cursor.fetchall() == (["abc"],)
        assert cursor.ps["row_desc"][0]["format"] == form


@pytest.mark.stack
@pytest.mark.parametrize("version", VERSIONS)
def test_lists_of_privileges_are_read_in_every_version(speaking: Open, version: int) -> None:
    """An array of ACLITEM, which version 2 reads in binary, comes as the texts of its elements."""
    with speaking(version) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE shared (id INT)")
        cursor.execute("GRANT SELECT ON shared TO PUBLIC")
        (found,) = rows(connection, "SELECT relacl FROM pg_class WHERE relname = 'shared'")[0]
        assert "=r/awsuser" in found


@pytest.mark.stack
@pytest.mark.parametrize("version", VERSIONS)
def test_a_stored_table_is_the_same_in_every_version(speaking: Open, version: int) -> None:
    """Columns of a table, with nulls among them and computed from, have the same values in each version."""
    with speaking(version) as connection:
        connection.cursor().execute("CREATE TABLE goods (id INT NOT NULL, price DECIMAL(8,2), sold DATE)")
        connection.cursor().execute(
            "INSERT INTO goods VALUES (1, 2.50, '2024-02-29'), (2, NULL, NULL), (3, -0.05, NULL)"
        )
        assert rows(connection, "SELECT * FROM goods ORDER BY id") == (
            [1, Decimal("2.50"), dt.date(2024, 2, 29)],
            [2, None, None],
            [3, Decimal("-0.05"), None],
        )
        (found,) = rows(
            connection, "SELECT SUM(price), AVG(price), MAX(price * 1.19), COALESCE(SUM(price), 0) FROM goods"
        )
        assert [str(one) for one in found] == ["2.45", "1.22", "2.9750", "2.45"]
        assert rows(connection, "SELECT id FROM goods WHERE price = %s", Decimal("2.5")) == ([1],)


@pytest.mark.stack
@pytest.mark.parametrize("version", VERSIONS)
def test_intervals_are_sent_as_they_come_back(speaking: Open, version: int) -> None:
    """A parameter of each of the three interval types, in the driver's binary form, is stored as it was given."""
    given = (
        [IntervalYearToMonth(-(2**31)), IntervalDayToSecond(2**63 - 1)],
        [IntervalYearToMonth(13), IntervalDayToSecond(-1)],
    )
    with speaking(version) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE spans (id INT, y INTERVALY2M, d INTERVALD2S)")
        for number, pair in enumerate(given):
            cursor.execute("INSERT INTO spans VALUES (%s, %s, %s)", (number, *pair))
        assert rows(connection, "SELECT y, d FROM spans ORDER BY id") == given
        assert rows(connection, "SELECT %s + TIMESTAMP '2024-01-01'", dt.timedelta(days=1, hours=1)) == (
            [dt.datetime(2024, 1, 2, 1)],
        )


@pytest.mark.stack
def test_a_decimal_of_no_known_scale_has_its_value(speaking: Open) -> None:
    """What nothing tells the scale of is described with 20 places; one that needs more is an error that names CAST."""
    with speaking(2) as connection:
        assert rows(connection, "SELECT TO_NUMBER('12.5-', '99D9S'), 2") == ([Decimal("-12.5"), 2],)
        with pytest.raises(redshift_connector.ProgrammingError, match="22003.*CAST"):
            rows(connection, "SELECT LN(1.0000000000000000000000001)")
        assert rows(connection, "SELECT 1") == ([1],)


@pytest.mark.stack
@pytest.mark.parametrize("version", [1, 2])
def test_columns_are_described_with_their_origin(speaking: Open, version: int) -> None:
    """A column of a table has its names, and the bits 0 and 4 where it is NOT NULL or an identity; another has neither."""
    with speaking(version) as connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE origin (id BIGINT IDENTITY(1,1) NOT NULL, name VARCHAR(9) NOT NULL, price DECIMAL(8,2))"
        )
        cursor.execute("SELECT o.name AS n, id, price, price * 2 AS twice FROM origin o")
        keys = ("schema_name", "table_name", "column_name", "catalog_name", "nullable", "autoincrement", "searchable")
        found = [[column[key] for key in keys] for column in cursor.ps["row_desc"]]
    table = [b"gateway_test", b"origin"]
    assert found == [
        [*table, b"name", b"city", 1, 0, 1],
        [*table, b"id", b"city", 1, 1, 1],
        [*table, b"price", b"city", 0, 0, 1],
        [b"", b"", b"", b"", 0, 0, 1],
    ]


@pytest.mark.stack
def test_origins_are_found_within_a_transaction(speaking: Open) -> None:
    """A table that is not committed yet is named, and a statement without a name is still there after that."""
    with speaking(1) as connection, connection.cursor() as cursor:
        connection.autocommit = False
        cursor.execute("CREATE TABLE fresh (id INT)")
        cursor.execute("SELECT id FROM fresh")
        assert cursor.ps["row_desc"][0]["table_name"] == b"fresh"
        connection.rollback()


@pytest.mark.stack
def test_the_end_of_a_day_is_sent_as_its_beginning(schema: psycopg.Connection[Any]) -> None:
    """A TIME of 24:00:00 is 00:00:00 for every client, among others and in a large result."""
    schema.execute("CREATE TABLE ends (id INT, t TIME, word VARCHAR)")
    schema.execute("INSERT INTO ends VALUES (1, '24:00:00', '24:00:00'), (2, '23:59:59', ''), (3, NULL, NULL)")
    found = schema.execute("SELECT t, word FROM ends ORDER BY id").fetchall()
    assert found == [(dt.time(0), "24:00:00"), (dt.time(23, 59, 59), ""), (None, None)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("000200000000000100011388", 15000),  # 1.5 with scale 4
        ("0000000000000000", 0),
        ("000100014000000003e8", -100000000000),  # -10000000
    ],
)
def test_a_decimal_is_one_number_of_its_digits(value: str, expected: int) -> None:
    """The groups of four digits that the engine sends become one number of 8 bytes, by the scale of the column."""
    change = values.change_of(Column("n", 0, 0, values.NUMERIC, -1, (18 << 16 | 4) + 4, 1), 2)
    assert change is not None
    assert int.from_bytes(change(bytes.fromhex(value)), "big", signed=True) == expected


@pytest.mark.parametrize("value", ["00010000c00000000001", "0001fffe000000080001", "000100050000000003e8"])
def test_a_decimal_without_a_form_is_refused(value: str) -> None:
    """A value that is not a number, or has more places or digits than its column, is an error, not another value."""
    change = values.change_of(Column("n", 0, 0, values.NUMERIC, -1, (18 << 16 | 4) + 4, 1), 2)
    assert change is not None
    with pytest.raises(SqlError, match="does not fit"):
        change(bytes.fromhex(value))

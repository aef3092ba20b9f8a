"""OpenCSVSerDe with typed columns, on the running lab. https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ..conftest import Athena

pytestmark = pytest.mark.stack
Name = Callable[[], str]
SERDE = "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'"


def create(athena: Athena, table: str, columns: str, body: str, more: str = "") -> None:
    athena.put(f"{table}/a.csv", body)
    athena.rows(f"CREATE EXTERNAL TABLE {table} ({columns}) {SERDE} LOCATION '{athena.root}/{table}/' {more}")


def test_columns_have_their_types_in_every_statement(athena: Athena, name: Name) -> None:
    """SELECT, joins, CTAS, UNLOAD and views compute with the types, and the catalog shows the table as it was made."""
    table, copy, view, out = name(), name(), name(), name()
    create(athena, table, "n bigint, ok boolean", '"7","false"\n"8","TRUE"\n')
    assert athena.rows(f"SELECT n * 2 FROM {table} WHERE NOT ok") == [["14"]]
    assert athena.rows(f"SELECT sum(a.n) FROM {table} a JOIN {table} b ON a.n = b.n + 1") == [["8"]]
    athena.rows(f"CREATE TABLE {copy} AS SELECT * FROM {table}")
    assert athena.rows(f"DESCRIBE {copy}") == athena.rows(f"DESCRIBE {table}")
    athena.rows(f"CREATE VIEW {view} AS SELECT n + 1 AS m FROM {table}")
    assert athena.rows(f"SELECT max(m) FROM {view}") == [["9"]]
    athena.rows(
        f"UNLOAD (SELECT * FROM {table}) TO '{athena.root}/{out}/' WITH (format = 'JSON', compression = 'NONE')"
    )
    columns = f"SELECT data_type FROM information_schema.columns WHERE table_schema = '{athena.database}'"
    assert athena.rows(f"{columns} AND table_name = '{table}' ORDER BY ordinal_position") == [["bigint"], ["boolean"]]
    entry = athena.glue.get_table(DatabaseName=athena.database, Name=table)["Table"]
    assert (entry["TableType"], entry["StorageDescriptor"]["Columns"][0]["Type"]) == ("EXTERNAL_TABLE", "bigint")
    assert [f"{table}"] in athena.rows("SHOW TABLES")
    assert not [row for row in athena.rows("SHOW TABLES") if "$" in str(row[0])]


def test_the_pages_example(athena: Athena, name: Name) -> None:
    """A date is the days, a timestamp the milliseconds since 1970; the page prints 15 January 2020."""
    table = name()
    row = '"unixvalue creationdate 18276 creationdatetime 1579059880000","18276","1579059880000"\n'
    create(athena, table, "profile_id string, creationdate date, creationdatetime timestamp", row)
    text, date, timestamp = athena.rows(f"SELECT * FROM {table}")[0]
    assert (date, timestamp) == ("2020-01-15", "2020-01-15 03:44:40.000")
    assert str(text).startswith("unixvalue")


VALUES = [
    ("bigint", "-5", "-5"),
    ("int", "+7", "7"),
    ("tinyint", "127", "127"),
    ("double", "1e3", "1000.0"),
    ("float", "0.5", "0.5"),
    ("decimal(5,2)", "12.5", "12.50"),
    ("decimal(20)", "12345678901234567890", "12345678901234567890"),
    ("date", "-5", "1969-12-27"),
    ("timestamp", "-1500", "1969-12-31 23:59:58.500"),
    ("boolean", "False", "false"),
    ("varchar(2)", "abc", "ab"),
    ("char(3)", "ab", "ab "),
    ("string", "", ""),
]
BROKEN = [
    ("bigint", ""),
    ("int", "x"),
    ("int", "1.5"),
    ("int", "99999999999"),
    ("tinyint", "300"),
    ("double", ""),
    ("decimal(5,2)", "1234.5"),
    ("boolean", "yes"),
    ("date", "2020-01-01"),
    ("date", "99999999999999"),
    ("timestamp", "2020-01-01 00:00:00"),
    ("timestamp", "9223372036854775807"),
    ("timestamp", "-9223372036854775808"),
]


def test_every_type_is_read(athena: Athena, name: Name) -> None:
    """Each type reads its text; a field that a line lacks is NULL."""
    table = name()
    columns = ", ".join(f"c{number} {kind}" for number, (kind, _, _) in enumerate(VALUES))
    line = ",".join(f'"{text}"' for _, text, _ in VALUES)
    create(athena, table, columns, f'{line}\n"1"\n')
    assert athena.rows(f"SELECT * FROM {table} ORDER BY c0") == [
        [value for _, _, value in VALUES],
        ["1", *[None] * (len(VALUES) - 1)],
    ]


def test_a_text_that_is_no_value_is_an_error_or_null(athena: Athena, name: Name) -> None:
    """It is HIVE_BAD_DATA with the field, or NULL with `use.null.for.invalid.data`; no row vanishes."""
    table = name()
    columns = ", ".join(f"c{number} {kind}" for number, (kind, _) in enumerate(BROKEN))
    create(athena, table, columns, ",".join(f'"{text}"' for _, text in BROKEN) + "\n")
    for number, (_, text) in enumerate(BROKEN):
        expected = f"HIVE_BAD_DATA: Error parsing field value '{text}' for field {number}: For input string: \"{text}\""
        assert athena.reason(f"SELECT c{number} FROM {table}") == expected
    athena.rows(f"ALTER TABLE {table} SET TBLPROPERTIES ('use.null.for.invalid.data' = 'TRUE')")
    assert athena.rows(f"SELECT * FROM {table}") == [[None] * len(BROKEN)]


def test_partitions_keep_their_types(athena: Athena, name: Name) -> None:
    """Partition columns are read and pruned as in any other table."""
    table = name()
    for number in (1, 2):
        athena.put(f"{table}/p={number}/a.csv", f'"{number}5"\n')
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} (v int) PARTITIONED BY (p int) {SERDE} LOCATION '{athena.root}/{table}/'"
    )
    athena.rows(f"MSCK REPAIR TABLE {table}")
    assert athena.rows(f"SELECT v + p FROM {table} WHERE p = 2") == [["27"]]


def test_insert_is_refused(athena: Athena, name: Name) -> None:
    """Page insert-into does not list this SerDe."""
    table = name()
    create(athena, table, "n int", '"1"\n')
    assert athena.reason(f"INSERT INTO {table} VALUES (2)").startswith("NOT_SUPPORTED: ")
    assert athena.rows(f"SELECT count(*) FROM {table}") == [["1"]]


def test_quotes_separators_and_headers(athena: Athena, name: Name) -> None:
    """The characters of the page's example, a header line and the end of a line of Windows."""
    table = name()
    properties = "WITH SERDEPROPERTIES ('separatorChar' = ';', 'quoteChar' = '`', 'escapeChar' = '\\\\')"
    athena.put(f"{table}/a.csv", "a;b\r\n`1;2`;3\r\n`x\\`y`;4\r\n")
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} (a string, b int) {SERDE} {properties} LOCATION '{athena.root}/{table}/' "
        "TBLPROPERTIES ('skip.header.line.count' = '1')"
    )
    assert athena.rows(f"SELECT * FROM {table} ORDER BY b") == [["1;2", "3"], ["x`y", "4"]]

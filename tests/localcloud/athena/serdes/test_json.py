"""The JSON SerDes on the running lab: a row for each line, or an error that names the line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ..conftest import Athena
from .case import HIVE, OPENX, Case, wrong

pytestmark = pytest.mark.stack
Name = Callable[[], str]

BROKEN = '{"a":1}\n{"a":\n{"a":3}\n'
NOT_JSON = "HIVE_CURSOR_ERROR: Row is not a valid JSON Object - "
DUPLICATE = f'{NOT_JSON}JSONException: Duplicate key "url"'
CASE_SENSITIVE = {"case.insensitive": "FALSE"}
NULLS = {"use.null.for.invalid.data": "TRUE"}

OPENX_CASES = [
    Case("keys that differ in case", OPENX, "url string", '{"URL":"a","Url":"b"}\n', DUPLICATE),
    Case("equal keys", OPENX, "url string", '{"x":0}\n{"url":"a","url":"b"}\n', "/a, line 2)"),
    Case("keys of a struct", OPENX, "s struct<url:string>", '{"s":{"URL":"a","url":"b"}}\n', DUPLICATE),
    Case("keys of a map", OPENX, "m map<string,string>", '{"m":{"url":"a","url":"b"}}\n', DUPLICATE),
    Case("keys in a list", OPENX, "l array<map<string,int>>", '{"l":[{"url":1,"URL":2}]}\n', DUPLICATE),
    Case(
        "both keys by mappings",
        OPENX,
        "url1 string, url2 string",
        '{"URL":"a","Url":"b"}\n',
        [["a", "b"]],
        {**CASE_SENSITIVE, "mapping.url1": "URL", "mapping.url2": "Url"},
    ),
    Case("one of both keys", OPENX, "url string", '{"URL":"a","url":"b"}\n', [["b"]], CASE_SENSITIVE),
    Case("a key that is a keyword", OPENX, "ts string", '{"timestamp":"x"}\n', [["x"]], {"mapping.ts": "timestamp"}),
    Case(
        "a key with colons",
        OPENX,
        "item struct<my_struct_field:string>",
        '{"item":{"my:struct:field":"x"}}\n',
        [["{my_struct_field=x}"]],
        {"mapping.my_struct_field": "my:struct:field"},
    ),
    Case("dots.in.keys", OPENX, "a_b int", '{"a.b":1}\n', [["1"]], {"dots.in.keys": "true"}),
    Case("its new name", OPENX, "a_b int", '{"a.b":1}\n', [["1"]], {"ConvertDotsInJsonKeysToUnderscores": "true"}),
    Case("a broken line", OPENX, "a int", BROKEN, "/a, line 2)"),
    Case("the reason", OPENX, "a int", BROKEN, NOT_JSON + "InvalidJsonException: End of input"),
    Case("a broken line ignored", OPENX, "a int", BROKEN, [["1"], [None], ["3"]], {"ignore.malformed.json": "true"}),
    Case("pretty print", OPENX, "a int", '{\n"a":1\n}\n', "/a, line 1)"),
    Case("no line vanishes", OPENX, "a int", '{"a":1}\n\nhello\n{"a":2}\n', [["1"], [None], [None], ["2"]]),
    Case("Windows' lines and a mark", OPENX, "a int", b'\xef\xbb\xbf{"a":1}\r\n{"a":2}', [["1"], ["2"]]),
    Case("a missing key", OPENX, "a int, b int", '{"b":1}\n{}\n', [[None, "1"], [None, None]]),
    Case("a word as a number", OPENX, "a int", '{"a":1}\n{"a":"x"}\n', "HIVE_BAD_DATA: Error parsing field value 'x'"),
    Case("its line", OPENX, "a int", '{"a":1}\n{"a":"x"}\n', "/a, line 2)"),
    Case("too large", OPENX, "a int, b tinyint", '{"b":300}\n', "for field 1"),
    Case("in a struct", OPENX, "s struct<n:int>", '{"s":{"n":"x"}}\n', "HIVE_BAD_DATA"),
    Case("in a list", OPENX, "l array<bigint>", '{"l":[1,"x"]}\n', "HIVE_BAD_DATA"),
    Case("in a map", OPENX, "m map<string,double>", '{"m":{"k":"x"}}\n', "HIVE_BAD_DATA"),
    Case("no date", OPENX, "d date", '{"d":"yesterday"}\n', "HIVE_BAD_DATA"),
    Case("no timestamp", OPENX, "t timestamp", '{"t":"noon"}\n', "HIVE_BAD_DATA"),
    Case("a decimal too wide", OPENX, "n decimal(4,2)", '{"n":123.4}\n', "HIVE_BAD_DATA"),
    Case("an object as a number", OPENX, "n bigint", '{"n":{"x":1}}\n', "HIVE_BAD_DATA"),
    Case("NULL for invalid data", OPENX, "a int, b int", '{"a":"x","b":2}\n', [[None, "2"]], NULLS),
    Case("as a table property", OPENX, "a int", '{"a":"x"}\n', [[None]], table=NULLS),
    Case("numbers as text", OPENX, "a int, d double", '{"a":"7","d":"1.5"}\n', [["7", "1.5"]]),
    Case("an object as text", OPENX, "s string", '{"s":{"x":1,"Y":[1,2]}}\n', [['{"x":1,"Y":[1,2]}']]),
    Case("a header", OPENX, "a int", '{"a":1}\n{"a":2}\n', [["2"]], table={"skip.header.line.count": "1"}),
]
FORMATS = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z',yyyy-MM-dd'T'HH:mm:ss"
HIVE_CASES = [
    Case(
        "timestamp.formats",
        HIVE,
        "t timestamp",
        '{"t":"2024-01-02T03:04:05"}\n{"t":"2024-01-02T03:04:05.123Z"}\n',
        [["2024-01-02 03:04:05.000"], ["2024-01-02 03:04:05.123"]],
        {"timestamp.formats": FORMATS},
    ),
    Case("keys that differ in case", HIVE, "url string", '{"URL":"a","Url":"b"}\n', "Duplicate key"),
    Case("a broken line", HIVE, "a int", BROKEN, "/a, line 2)"),
    Case("an empty line", HIVE, "a int", '{"a":1}\n\n{"a":2}\n', "/a, line 2)"),
    Case("a word as a number", HIVE, "a int", '{"a":1}\n{"a":"x"}\n', "/a, line 2)"),
    Case("too large", HIVE, "a int", '{"a":99999999999}\n', "Numeric value (99999999999) out of range of int"),
    Case("a missing key", HIVE, "a int, b int", '{"b":1}\n', [[None, "1"]]),
]


@pytest.mark.parametrize("cases", [OPENX_CASES, HIVE_CASES], ids=["openx-json-serde", "hive-json-serde"])
def test_the_rules_of_the_pages(athena: Athena, cases: list[Case]) -> None:
    """Every line is a row, NULL where the page says so, or an error with its reason, file and line."""
    assert wrong(athena, cases) == []


def test_a_wrong_record_is_seen_through_views_joins_and_ctas(athena: Athena, name: Name) -> None:
    """It stops every statement that reads the table, before anything is written. Once it is fixed, the table can be read."""
    table, view, copy = name(), name(), name()
    athena.put(f"{table}/a", '{"url":"a","URL":"b"}\n')
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} (url string) ROW FORMAT SERDE '{OPENX}' LOCATION '{athena.root}/{table}/'"
    )
    athena.rows(f"CREATE VIEW {view} AS SELECT url FROM {table}")
    for sql in (
        f"SELECT count(*) FROM {view}",
        f"WITH x AS (SELECT 1 AS n) SELECT * FROM x, {athena.database}.{table}",
        f"SELECT 1 WHERE EXISTS (SELECT 1 FROM awsdatacatalog.{athena.database}.{table})",
        f"CREATE TABLE {copy} AS SELECT * FROM {view}",
        f"UNLOAD (SELECT * FROM {table}) TO '{athena.root}/{copy}/' WITH (format = 'PARQUET')",
    ):
        assert athena.reason(sql).startswith(DUPLICATE), sql
    assert athena.keys(f"{athena.root}/{copy}/") == []
    athena.put(f"{table}/a", '{"url":"a"}\n')
    assert athena.rows(f"SELECT count(*) FROM {view}") == [["1"]]


def test_the_files_of_many_partitions(athena: Athena, name: Name) -> None:
    """Each partition that the catalog knows is looked at; a folder that it does not know is not."""
    table = name()
    for number in range(8):
        athena.put(f"{table}/p={number}/a", f'{{"a":{number}}}\n')
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} (a int) PARTITIONED BY (p int) ROW FORMAT SERDE '{OPENX}' "
        f"LOCATION '{athena.root}/{table}/'"
    )
    athena.rows(f"MSCK REPAIR TABLE {table}")
    athena.put(f"{table}/p=99/a", '{"a":"x"}\n')
    assert athena.rows(f"SELECT sum(a), count(*) FROM {table}") == [["28", "8"]]
    athena.put(f"{table}/p=3/deep/b", '{"a":"x"}\n')
    assert "/p=3/deep/b, line 1)" in athena.reason(f"SELECT sum(a) FROM {table}")


def test_a_wrong_record_of_a_partition_that_the_query_skips(athena: Athena, name: Name) -> None:
    """It affects only queries that read the partition (page openx-json-serde)."""
    table = name()
    for number, value in ((1, "1"), (2, '"x"'), (3, "3")):
        athena.put(f"{table}/p={number}/a", f'{{"a":{value}}}\n')
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} (a int) PARTITIONED BY (p int) ROW FORMAT SERDE '{OPENX}' "
        f"LOCATION '{athena.root}/{table}/'"
    )
    athena.rows(f"MSCK REPAIR TABLE {table}")
    for where, total in (("p = 1", "1"), ("p % 2 = 1", "4"), ("p > 2 AND 1.5 > 1", "3"), ("p IN (1, 3) OR p = 9", "4")):
        assert athena.rows(f"SELECT sum(a) FROM {table} WHERE {where}") == [[total]], where
    assert athena.rows(f"SELECT sum(a) FROM {table} WHERE p = ?", ExecutionParameters=["3"]) == [["3"]]
    assert athena.ask(f"EXPLAIN ANALYZE SELECT sum(a) FROM {table} WHERE p = 1").state == "SUCCEEDED"
    assert athena.rows(f"SELECT * FROM {table} WHERE false") == []
    for where in ("p = 2", "p < 3", "a = 1", "p = 1 OR a = 7"):
        assert "/p=2/a, line 1)" in athena.reason(f"SELECT sum(a) FROM {table} WHERE {where}"), where
    assert "/p=2/a, line 1)" in athena.reason(f"SELECT * FROM {table} WHERE p = ?", ExecutionParameters=["2"])
    wrong_name = athena.reason(f"SELECT 1.5, nosuch FROM {table}")
    assert wrong_name.startswith("COLUMN_NOT_FOUND: line 1:13: ")


def test_a_wrong_record_below_a_projected_template(athena: Athena, name: Name) -> None:
    """The values of a file's partition are read off its path (page partition-projection-setting-up)."""
    table = name()
    for day, value in (("2024/01/01", "1"), ("2024/01/02", '"x"')):
        athena.put(f"{table}/{day}/a", f'{{"a":{value}}}\n')
    athena.rows(
        f"CREATE EXTERNAL TABLE {table} (a int) PARTITIONED BY (day string) ROW FORMAT SERDE '{OPENX}' "
        f"LOCATION '{athena.root}/{table}/' TBLPROPERTIES ('projection.enabled'='true', 'projection.day.type'='date', "
        f"'projection.day.format'='yyyy/MM/dd', 'projection.day.range'='2024/01/01,2024/01/03', "
        f"'storage.location.template'='{athena.root}/{table}/${{day}}/')"
    )
    assert athena.rows(f"SELECT a FROM {table} WHERE day = '2024/01/01'") == [["1"]]
    assert "/2024/01/02/a, line 1)" in athena.reason(f"SELECT a FROM {table} WHERE day >= '2024/01/02'")

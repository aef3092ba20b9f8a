"""Types of columns in DDL. https://docs.aws.amazon.com/athena/latest/ug/data-types.html"""

from __future__ import annotations

import pytest

from localcloud.athena.failure import QueryFailed
from localcloud.athena.reader import Reader
from localcloud.athena.statements.columns import read_columns, read_keys


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("TINYINT", "tinyint"),
        ("decimal", "decimal(10,0)"),
        ("decimal(15)", "decimal(15,0)"),
        ("decimal(38, 38)", "decimal(38,38)"),
        ("char(255)", "char(255)"),
        ("varchar(65535)", "varchar(65535)"),
        ("array<integer>", "array<int>"),
        ("map<string, array<double>>", "map<string,array<double>>"),
        ("struct<name:varchar(10) COMMENT 'x', age:integer>", "struct<name:varchar(10),age:int>"),
        ("binary", "binary"),
    ],
)
def test_types_of_the_page(written: str, kept: str) -> None:
    """The catalog keeps a type in lower case, with its sizes."""
    assert read_columns(Reader(f"(a {written})", hive=True)) == [{"Name": "a", "Type": kept}]


@pytest.mark.parametrize(
    "written",
    [
        "uniontype<int,string>",
        "interval",
        "timestamp with time zone",
        "time",
        "double precision",
        "numeric(5,2)",
        "real",
        "text",
        "varchar",
        "char(256)",
        "varchar(0)",
        "varchar(65536)",
        "decimal(39)",
        "decimal(5,6)",
        "array<int,int>",
        "map<string>",
        "map<array<int>,int>",
        "struct<>",
    ],
)
def test_other_types_are_refused(written: str) -> None:
    """What the page does not have is an error, not another type."""
    with pytest.raises(QueryFailed):
        read_columns(Reader(f"(a {written})", hive=True))


@pytest.mark.parametrize("written", ["array<int>", "map<string,int>", "struct<a:int>"])
def test_partition_keys_are_primitive(written: str) -> None:
    """A folder's name is one value."""
    with pytest.raises(QueryFailed, match="must have a primitive type"):
        read_keys(Reader(f"(a {written})", hive=True))

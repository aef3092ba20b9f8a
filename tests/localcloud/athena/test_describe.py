"""DESCRIBE as its page has it: https://docs.aws.amazon.com/athena/latest/ug/describe-table.html"""

from __future__ import annotations

import uuid

import pytest

from localcloud.athena.failure import QueryFailed
from localcloud.athena.statements import types

from .conftest import Athena


@pytest.mark.parametrize(
    ("hive_type", "parts"),
    [
        ("int", []),
        ("array<int>", [("$elem$", "int")]),
        ("map<string,array<int>>", [("$key$", "string"), ("$value$", "array<int>")]),
        ("struct<a:int,b:struct<c:decimal(4,2),d:string>>", [("a", "int"), ("b", "struct<c:decimal(4,2),d:string>")]),
        ("map<decimal(4,2),struct<a:int>>", [("$key$", "decimal(4,2)"), ("$value$", "struct<a:int>")]),
    ],
)
def test_a_type_has_the_parts_that_hive_names(hive_type: str, parts: list[tuple[str, str]]) -> None:
    """Commas and colons inside a nested type do not split the outer one."""
    assert types.split(hive_type)[1] == parts


def test_a_part_that_a_type_lacks_is_an_error() -> None:
    """The message names the part and the type."""
    with pytest.raises(QueryFailed, match=r"Invalid column reference x: s is struct<a:int>"):
        types.step("s", "struct<a:int>", "x")


@pytest.fixture(scope="module")
def table(athena: Athena) -> str:
    """A table with columns of every nested type, and one partition."""
    made = f"x{uuid.uuid4().hex[:8]}"
    athena.rows(
        f"CREATE EXTERNAL TABLE {made} (id int COMMENT 'number', s struct<x:int,y:array<string>>, "
        f"m map<string,struct<q:bigint>>, a array<map<string,int>>) PARTITIONED BY (state string, zip int) "
        f"LOCATION '{athena.root}/{made}/' TBLPROPERTIES ('note'='x')"
    )
    athena.rows(f"ALTER TABLE {made} ADD PARTITION (zip=98040, state='WA')")
    return made


CASES = [
    ("{t} id", [("id", "int", "number")]),
    ("{t} s.x", [("x", "int", "from deserializer")]),
    ("{t} s.y.'$elem$'", [("$elem$", "string", "from deserializer")]),
    ("{t} s", [("x", "int", "from deserializer"), ("y", "array<string>", "from deserializer")]),
    ("{t} m.'$key$'", [("$key$", "string", "from deserializer")]),
    ("{t} m.'$value$'.q", [("q", "bigint", "from deserializer")]),
    ("{t} m.'$value$'", [("q", "bigint", "from deserializer")]),
    ("{t} a.'$elem$'", [("$elem$", "map<string,int>", "from deserializer")]),
    ("{t} a.'$elem$'.'$value$'", [("$value$", "int", "from deserializer")]),
    ("{db}.{t} zip", [("zip", "int", "")]),
    ("{t} PARTITION (zip=98040, state='WA') id", [("id", "int", "number")]),
    ("FORMATTED {t} PARTITION (state='WA', zip=98040) s.x", [("x", "int", "from deserializer")]),
    ("EXTENDED {t} a.'$elem$'", [("$elem$", "map<string,int>", "from deserializer")]),
]


@pytest.mark.stack
@pytest.mark.parametrize(("sql", "described"), CASES)
def test_columns_and_their_parts(athena: Athena, table: str, sql: str, described: list[tuple[str, ...]]) -> None:
    """A column, a field, an element, a key and a value are described, of a table and of a partition."""
    rows = athena.rows("DESCRIBE " + sql.replace("{t}", table).replace("{db}", athena.database))
    assert [tuple(part.strip() for part in str(row[0]).split("\t")) for row in rows] == described


@pytest.mark.stack
@pytest.mark.parametrize(
    "sql", ["{t} nosuch", "{t} s.nosuch", "{t} id.x", "{t} PARTITION (state='OR', zip=1)", "{t} PARTITION (zip=1)"]
)
def test_what_does_not_exist_is_an_error(athena: Athena, table: str, sql: str) -> None:
    """Hive's error names what is missing."""
    assert athena.reason("DESCRIBE " + sql.replace("{t}", table)).startswith("FAILED: SemanticException ")


@pytest.mark.stack
def test_formatted_shows_storage(athena: Athena, table: str) -> None:
    """FORMATTED shows the sections of the page for a table, and a partition's own location for a partition."""
    lines = [str(row[0]) for row in athena.rows(f"DESCRIBE FORMATTED {table}")]
    facts = {line.split("\t")[0].strip(): line.split("\t")[1].strip() for line in lines if line.count("\t") == 2}
    assert facts["Location:"] == f"{athena.root}/{table}"
    assert facts["Num Buckets:"] == "-1"
    assert "# Storage Information\t \t " in lines
    of_partition = "\n".join(
        str(row[0]) for row in athena.rows(f"DESCRIBE FORMATTED {table} PARTITION (zip=98040, state='WA')")
    )
    assert "# Detailed Partition Information" in of_partition
    assert f"{athena.root}/{table}/state=WA/zip=98040" in of_partition


@pytest.mark.stack
def test_extended_is_one_line(athena: Athena, table: str) -> None:
    """EXTENDED ends in one line with the whole entry in Thrift's form."""
    last = str(athena.rows(f"DESCRIBE EXTENDED {table}")[-1][0])
    assert last.startswith(f"Detailed Table Information\tTable(tableName:{table}, dbName:{athena.database}, ")
    assert "FieldSchema(name:id, type:int, comment:number)" in last
    assert "note=x" in last

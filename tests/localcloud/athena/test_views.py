"""Views: the columns that the catalog shows, and what keeps a view a view."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from localcloud.athena import views

from .conftest import Athena

Name = Callable[[], str]


@pytest.mark.parametrize(
    ("engine", "hive"),
    [
        ("integer", "int"),
        ("bigint", "bigint"),
        ("varchar", "string"),
        ("varchar(3)", "varchar(3)"),
        ("char(2)", "char(2)"),
        ("real", "float"),
        ("varbinary", "binary"),
        ("decimal(12,2)", "decimal(12,2)"),
        ("timestamp(3)", "timestamp"),
        ("timestamp(3) with time zone", "timestamp(3) with time zone"),
        ("time(0)", "time(0)"),
        ("interval day to second", "interval day to second"),
        ("json", "json"),
        ("array(integer)", "array<int>"),
        ("map(varchar(1),array(real))", "map<varchar(1),array<float>>"),
        ('row("p" integer,"q" varchar(3))', "struct<p:int,q:varchar(3)>"),
        ('row("with time" timestamp(3) with time zone,"b" row("c" varchar))',
         "struct<with time:timestamp(3) with time zone,b:struct<c:string>>"),
        ("row(integer,varchar)", "struct<field0:int,field1:string>"),
    ],
)  # fmt: skip
def test_types_of_the_engine_have_names_of_hive(engine: str, hive: str) -> None:
    """A column's type is named as Glue names types, nested ones too."""
    assert views.hive_type(engine) == hive


def entry(**more: Any) -> dict[str, Any]:
    """Return a view as the engine stores it."""
    stored = {"columns": [{"name": "n", "type": "bigint", "comment": "how many"}]}
    text = base64.b64encode(json.dumps(stored).encode()).decode()
    view = {
        "Name": "v",
        "TableType": "VIRTUAL_VIEW",
        "ViewOriginalText": f"/* Presto View: {text} */",
        "StorageDescriptor": {"Columns": [{"Name": "dummy", "Type": "string"}]},
    }
    return {**view, **more}


def test_a_view_is_described_with_its_own_columns() -> None:
    """The engine's single column `dummy` becomes the columns of the query; other tables stay as they are."""
    columns = views.described(entry())["StorageDescriptor"]["Columns"]
    assert columns == [{"Name": "n", "Type": "bigint", "Comment": "how many"}]
    table = {"Name": "t", "StorageDescriptor": {"Columns": [{"Name": "dummy", "Type": "string"}]}}
    assert views.described(table) == table


def test_columns_that_a_client_has_described_are_kept() -> None:
    """A comment that a client wrote on a column of a view is not lost."""
    described = {"Columns": [{"Name": "n", "Type": "bigint", "Comment": "mine"}]}
    assert views.described(entry(StorageDescriptor=described))["StorageDescriptor"] == described


@pytest.mark.parametrize("parameters", [{}, {"comment": "mine"}, {"presto_view": "false"}, None])
def test_the_engine_is_told_that_a_view_is_one(parameters: dict[str, str] | None) -> None:
    """Whatever a client wrote into parameters and description, the engine recognizes the view."""
    told = views.for_engine(entry(Parameters=parameters, Description="all of it"))
    assert told["Parameters"]["presto_view"] == "true"
    assert told["Parameters"]["comment"] == "Presto View"
    assert "Description" not in told


@pytest.mark.parametrize(
    "text", ["/* Presto View: %%% */", "/* Presto View: YQ== */", "/* Presto View: e30=", "SELECT 1"]
)
def test_a_text_that_is_not_understood_is_an_error(text: str) -> None:
    """A view whose text cannot be decoded is never shown with wrong columns."""
    with pytest.raises(ValueError, match="."):
        views.definition({"ViewOriginalText": text})


DEFINITIONS = [
    ("SELECT 1 AS n, 'x' AS s", [("n", "int"), ("s", "varchar(1)")]),
    ("SELECT a, CAST(b AS varchar) AS b FROM (VALUES (1, 'x')) t(a, b)", [("a", "int"), ("b", "string")]),
    ("SELECT TIMESTAMP '2026-01-02 03:04:05' AS t, DATE '2026-01-02' AS d", [("t", "timestamp"), ("d", "date")]),
    (
        "SELECT ARRAY[1] AS l, MAP(ARRAY['k'], ARRAY[true]) AS m",
        [("l", "array<int>"), ("m", "map<varchar(1),boolean>")],
    ),
    ("SELECT CAST(ROW(1, 'x') AS ROW(p bigint, q varchar)) AS r", [("r", "struct<p:bigint,q:string>")]),
    ("SELECT DECIMAL '1.50' AS d, 1.5 AS e, REAL '1' AS f", [("d", "decimal(3,2)"), ("e", "double"), ("f", "float")]),
]


@pytest.mark.stack
@pytest.mark.parametrize(("query", "columns"), DEFINITIONS)
def test_every_catalog_shows_the_columns_of_a_view(
    athena: Athena, name: Name, query: str, columns: list[tuple[str, str]]
) -> None:
    """DESCRIBE, SHOW COLUMNS, Glue's GetTable and GetTables, Athena's GetTableMetadata and ListTableMetadata agree."""
    view = name()
    athena.rows(f"CREATE VIEW {view} AS {query}")

    described = [tuple(str(row[0]).split("\t")[:2]) for row in athena.rows(f"DESCRIBE {view}")]
    shown = [str(row[0]).strip() for row in athena.rows(f"SHOW COLUMNS IN {view}")]
    table = athena.glue.get_table(DatabaseName=athena.database, Name=view)["Table"]
    listed = athena.glue.get_tables(DatabaseName=athena.database, Expression=view)["TableList"]
    where = {"CatalogName": "AwsDataCatalog", "DatabaseName": athena.database}
    metadata = athena.client.get_table_metadata(**where, TableName=view)["TableMetadata"]
    found = athena.client.list_table_metadata(**where, Expression=view)["TableMetadataList"]

    assert [(column.strip(), kind.strip()) for column, kind in described] == columns
    assert shown == [column for column, _ in columns]
    for entry in (*[table["StorageDescriptor"]], *[one["StorageDescriptor"] for one in listed], metadata, found[0]):
        assert [(column["Name"], column["Type"]) for column in entry["Columns"]] == columns
    assert metadata["TableType"] == "VIRTUAL_VIEW"


@pytest.mark.stack
@pytest.mark.parametrize(
    "changes",
    [
        {"Description": "what it is"},
        {"Parameters": {"comment": "what it is"}},
        {"Parameters": {"presto_view": "true", "comment": "what it is", "owner": "me"}, "Description": "x"},
        {"Parameters": {}},
    ],
)
def test_a_view_stays_a_view_when_a_client_updates_it(athena: Athena, name: Name, changes: dict[str, Any]) -> None:
    """After Glue's UpdateTable a view can be read, described, replaced, listed and dropped."""
    view = name()
    athena.rows(f"CREATE VIEW {view} AS SELECT 1 AS a")
    table = athena.glue.get_table(DatabaseName=athena.database, Name=view)["Table"]
    keep = (
        "Name",
        "Owner",
        "StorageDescriptor",
        "PartitionKeys",
        "ViewOriginalText",
        "ViewExpandedText",
        "TableType",
        "Parameters",
    )
    athena.glue.update_table(DatabaseName=athena.database, TableInput={**{key: table[key] for key in keep}, **changes})

    assert athena.rows(f"SELECT * FROM {view}") == [["1"]]
    assert athena.rows(f"SHOW CREATE VIEW {view}")[0] == [f"CREATE VIEW {athena.database}.{view} AS"]
    assert [view] in athena.rows("SHOW VIEWS")
    for key, value in changes.items():
        assert athena.glue.get_table(DatabaseName=athena.database, Name=view)["Table"][key] == value
    athena.rows(f"CREATE OR REPLACE VIEW {view} AS SELECT 2 AS b, 'y' AS c")
    assert athena.rows(f"SELECT b, c FROM {view}") == [["2", "y"]]
    assert [str(row[0]).strip() for row in athena.rows(f"SHOW COLUMNS IN {view}")] == ["b", "c"]
    athena.rows(f"DROP VIEW {view}")
    assert [view] not in athena.rows("SHOW VIEWS")


@pytest.mark.stack
def test_nested_views_and_views_over_iceberg_tables(athena: Athena, name: Name) -> None:
    """A view may stand on a view and on an Iceberg table, and shows the types of its own query."""
    table, inner, outer = name(), name(), name()
    athena.rows(
        f"CREATE TABLE {table} (id bigint, at timestamp, s struct<x: double>) LOCATION '{athena.root}/{table}/' "
        "TBLPROPERTIES ('table_type'='ICEBERG')"
    )
    athena.rows(f"INSERT INTO {table} VALUES (1, TIMESTAMP '2026-01-02 03:04:05', ROW(1.5))")
    athena.rows(f"CREATE VIEW {inner} AS SELECT * FROM {table}")
    athena.rows(f"CREATE VIEW {outer} AS SELECT id, s.x AS x, at FROM {inner}")
    assert athena.rows(f"SELECT id, x FROM {outer}") == [["1", "1.5"]]
    described = [str(row[0]).split() for row in athena.rows(f"DESCRIBE {outer}")]
    assert described == [["id", "bigint"], ["x", "double"], ["at", "timestamp"]]

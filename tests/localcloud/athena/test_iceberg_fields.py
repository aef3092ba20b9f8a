"""The notes on the columns of Iceberg tables."""

from __future__ import annotations

from localcloud.athena.iceberg_fields import with_fields


def test_the_columns_of_an_iceberg_table_are_marked_as_current() -> None:
    """Each column says that it belongs to the table's schema of today; what it said already stays."""
    columns = [{"Name": "a", "Parameters": {"iceberg.field.id": "1"}}, {"Name": "b"}]
    table = {"Parameters": {"table_type": "ICEBERG"}, "StorageDescriptor": {"Columns": columns}}
    marked = with_fields(table)["StorageDescriptor"]["Columns"]
    assert [one["Parameters"]["iceberg.field.current"] for one in marked] == ["true", "true"]
    assert marked[0]["Parameters"]["iceberg.field.id"] == "1"


def test_other_tables_are_not_touched() -> None:
    """A table that is not of that kind stays as it is."""
    table = {"Parameters": {}, "StorageDescriptor": {"Columns": [{"Name": "a"}]}}
    assert with_fields(table) is table

"""The catalog through boto3: what Trino, Spark, awswrangler and PyAthena rely on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

KEYS = [{"Name": "day", "Type": "date"}, {"Name": "n", "Type": "int"}]
COLUMNS = [{"Name": "a", "Type": "int"}, {"Name": "b", "Type": "string", "Comment": "a street"}]
T = {"DatabaseName": "city", "TableName": "sensors"}


@pytest.fixture
def glue(client: Callable[..., Any]) -> Any:
    """A Glue client; database `city` has the table `sensors` with 30 partitions."""
    made = client("glue")
    made.create_database(DatabaseInput={"Name": "City", "LocationUri": "s3://lake/city/"})
    storage = {"Columns": COLUMNS, "Location": "s3://lake/city/sensors/"}
    table = {"Name": "Sensors", "PartitionKeys": KEYS, "StorageDescriptor": storage, "Parameters": {"k": "v"}}
    made.create_table(DatabaseName="CITY", TableInput=table)
    inputs = [
        {
            "Values": [f"2024-01-{day:02}", str(day % 3)],
            "StorageDescriptor": {"Columns": COLUMNS, "Location": f"s3://x/{day}"},
        }
        for day in range(1, 31)
    ]
    assert made.batch_create_partition(**T, PartitionInputList=inputs)["Errors"] == []
    return made


def code(call: Callable[..., Any], **given: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**given)
    return str(caught.value.response["Error"]["Code"])


def test_names_are_folded(glue: Any) -> None:
    """Databases and tables are stored in lower case and found in any."""
    assert glue.get_database(Name="ciTY")["Database"]["Name"] == "city"
    found = glue.get_table(DatabaseName="CITY", Name="SENSORS")["Table"]
    assert (found["DatabaseName"], found["Name"], found["VersionId"]) == ("city", "sensors", "0")
    assert code(glue.create_table, DatabaseName="city", TableInput={"Name": "SENSORS"}) == "AlreadyExistsException"


@pytest.mark.parametrize(
    ("call", "given"),
    [
        ("get_database", {"Name": "x"}),
        ("delete_database", {"Name": "x"}),
        ("get_tables", {"DatabaseName": "x"}),
        ("get_table", {"DatabaseName": "city", "Name": "x"}),
        ("update_table", {"DatabaseName": "city", "TableInput": {"Name": "x"}}),
        ("get_table_version", {**T, "VersionId": "9"}),
        ("get_partition", {**T, "PartitionValues": ["2030-01-01", "0"]}),
        ("delete_partition", {**T, "PartitionValues": ["2030-01-01", "0"]}),
        ("update_partition", {**T, "PartitionValueList": ["x", "0"], "PartitionInput": {"Values": ["y", "0"]}}),
        ("get_user_defined_function", {"DatabaseName": "city", "FunctionName": "f"}),
        ("delete_partition_index", {**T, "IndexName": "i"}),
    ],
)
def test_what_is_not_there(glue: Any, call: str, given: dict[str, Any]) -> None:
    """Whatever does not exist is an EntityNotFoundException."""
    assert code(getattr(glue, call), **given) == "EntityNotFoundException"


def test_pages_and_segments_hold_every_partition_once(glue: Any) -> None:
    """NextToken, MaxResults and Segment split the partitions without loss or repetition."""
    pages = glue.get_paginator("get_partitions")
    seen = [
        tuple(one["Values"])
        for number in range(5)
        for page in pages.paginate(
            **T, Segment={"SegmentNumber": number, "TotalSegments": 5}, PaginationConfig={"PageSize": 2}
        )
        for one in page["Partitions"]
    ]
    assert (len(seen), len(set(seen))) == (30, 30)


@pytest.mark.parametrize(
    ("expression", "count"),
    [
        ("", 30),
        ("  ", 30),
        ("day = '2024-01-02'", 1),
        ("(day >= '2024-01-10') AND (n = 1)", 7),
        ("n IN (0, 1)", 20),
        ("n <> 0 OR day = '2024-01-03'", 21),
        ("day BETWEEN '2024-01-01' AND '2024-01-10'", 10),
        ("NOT n = 1", 20),
        ("N >= '0' AND Day = '2024-01-02'", 1),
        ("colour = 'red'", "InvalidInputException"),
        ("n = 'x'", "InvalidInputException"),
        ("(" * 900, "InvalidInputException"),
        ("n = 1 " + "OR n = 1 " * 250, "ValidationException"),
    ],
)
def test_partition_expressions(glue: Any, expression: str, count: int | str) -> None:
    """GetPartitions filters by the types of the keys; a blank expression means all, a bad one is refused."""
    if isinstance(count, str):
        assert code(glue.get_partitions, **T, Expression=expression) == count
    else:
        assert len(glue.get_partitions(**T, Expression=expression)["Partitions"]) == count


def test_partitions_without_their_columns(glue: Any) -> None:
    """ExcludeColumnSchema leaves the columns out of the answer, not out of the catalog."""
    (found,) = glue.get_partitions(**T, Expression="day = '2024-01-02'", ExcludeColumnSchema=True)["Partitions"]
    assert (found["StorageDescriptor"]["Columns"], found["StorageDescriptor"]["Location"]) == ([], "s3://x/2")
    assert (
        len(glue.get_partition(**T, PartitionValues=found["Values"])["Partition"]["StorageDescriptor"]["Columns"]) == 2
    )


def test_batches_go_on_after_an_error(glue: Any) -> None:
    """A batch lists what failed and does the rest."""
    inputs = [{"Values": ["2024-01-01", "1"]}, {"Values": ["only one"]}, {"Values": ["2024-02-01", "1"]}]
    errors = glue.batch_create_partition(**T, PartitionInputList=inputs)["Errors"]
    codes = [one["ErrorDetail"]["ErrorCode"] for one in errors]
    assert codes == ["AlreadyExistsException", "InvalidInputException"]
    wanted = [{"Values": ["2024-02-01", "1"]}, {"Values": ["2030-01-01", "1"]}]
    assert len(glue.batch_get_partition(**T, PartitionsToGet=wanted)["Partitions"]) == 1
    assert len(glue.batch_delete_partition(**T, PartitionsToDelete=wanted)["Errors"]) == 1
    entry = {"PartitionValueList": ["2024-01-01", "1"], "PartitionInput": {"Values": ["2024-03-01", "9"]}}
    assert glue.batch_update_partition(**T, Entries=[entry])["Errors"] == []
    assert glue.get_partition(**T, PartitionValues=["2024-03-01", "9"])


def test_versions(glue: Any) -> None:
    """An update keeps the version before, unless SkipArchive; a stale VersionId is refused (Iceberg's commit)."""
    change = {"DatabaseName": "city", "TableInput": {"Name": "sensors", "Description": "new"}}
    glue.update_table(**change)
    glue.update_table(**change, SkipArchive=True)
    versions = [one["VersionId"] for one in glue.get_table_versions(**T)["TableVersions"]]
    assert versions == ["2", "0"]
    assert code(glue.update_table, **change, VersionId="1") == "ConcurrentModificationException"
    glue.update_table(**change, VersionId="2")
    assert glue.batch_delete_table_version(**T, VersionIds=["0", "7"])["Errors"][0]["VersionId"] == "7"


def test_concurrent_commits_have_one_winner(glue: Any) -> None:
    """Of many updates that start from one version, exactly one succeeds."""

    def commit(number: int) -> bool:
        try:
            table = {"Name": "sensors", "Description": str(number)}
            glue.update_table(DatabaseName="city", TableInput=table, VersionId="0")
        except ClientError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(commit, range(16))) == 1


def test_parallel_changes_are_all_kept(glue: Any, client: Callable[..., Any]) -> None:
    """Many clients that create partitions at once lose none, in memory and on disk."""

    def create(number: int) -> None:
        own = client("glue")
        for step in range(10):
            own.create_partition(**T, PartitionInput={"Values": [f"2025-{number + 1:02}-{step + 1:02}", "0"]})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(create, range(8)))
    assert len(glue.get_partitions(**T)["Partitions"]) == 110


@pytest.mark.parametrize(
    ("expression", "names"),
    [("sen*", ["sensors"]), ("*ors|x", ["sensors"]), ("SEN.*", ["sensors"]), ("s[a-f]nsors", ["sensors"]), ("ens", []),
     ("(a+)+$", []), ("(", "InvalidInputException")],
)  # fmt: skip
def test_table_expressions(glue: Any, expression: str, names: list[str] | str) -> None:
    """GetTables takes Hive's `*` and `|`, and regular expressions in linear time."""
    if isinstance(names, str):
        assert code(glue.get_tables, DatabaseName="city", Expression=expression) == names
    else:
        found = glue.get_tables(DatabaseName="city", Expression=expression)["TableList"]
        assert [table["Name"] for table in found] == names


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({}, 1),
        ({"SearchText": "STREET"}, 1),
        ({"SearchText": "boat"}, 0),
        ({"Filters": [{"Key": "DatabaseName", "Value": "city"}]}, 1),
        ({"Filters": [{"Key": "Name", "Value": "other"}]}, 0),
        ({"Filters": [{"Key": "k", "Value": "v"}]}, 1),
    ],
)
def test_search(glue: Any, given: dict[str, Any], count: int) -> None:
    """SearchTables looks through names, comments and parameters."""
    assert len(glue.search_tables(**given)["TableList"]) == count


def test_column_statistics(glue: Any) -> None:
    """Statistics of tables and partitions are kept by column; an unknown column is refused."""
    data = {"Type": "LONG", "LongColumnStatisticsData": {"NumberOfNulls": 0, "NumberOfDistinctValues": 7}}
    one = {"ColumnName": "a", "ColumnType": "int", "AnalyzedTime": 0, "StatisticsData": data}
    for kind, where in (("table", {}), ("partition", {"PartitionValues": ["2024-01-02", "2"]})):
        getattr(glue, f"update_column_statistics_for_{kind}")(**T, **where, ColumnStatisticsList=[one])
        read = getattr(glue, f"get_column_statistics_for_{kind}")
        (found,) = read(**T, **where, ColumnNames=["a", "b"])["ColumnStatisticsList"]
        assert found["StatisticsData"]["LongColumnStatisticsData"]["NumberOfDistinctValues"] == 7
    wrong = {**one, "ColumnName": "nope"}
    assert code(glue.update_column_statistics_for_table, **T, ColumnStatisticsList=[wrong]) == "InvalidInputException"


def test_functions(glue: Any) -> None:
    """User-defined functions are created, listed by pattern, and dropped."""
    function = {"FunctionName": "trino__f", "ClassName": "x", "OwnerName": "o", "OwnerType": "USER", "ResourceUris": []}
    glue.create_user_defined_function(DatabaseName="city", FunctionInput=function)
    names = [one["FunctionName"] for one in glue.get_user_defined_functions(Pattern="trino__*")["UserDefinedFunctions"]]
    assert names == ["trino__f"]
    glue.delete_user_defined_function(DatabaseName="city", FunctionName="TRINO__F")
    assert glue.get_user_defined_functions(DatabaseName="city", Pattern="*")["UserDefinedFunctions"] == []


def test_a_dropped_database_takes_its_tables(glue: Any) -> None:
    """DeleteDatabase drops the tables, too; the database `default` is always there at first."""
    assert glue.get_database(Name="default")
    glue.delete_database(Name="city")
    assert code(glue.get_table, DatabaseName="city", Name="sensors") == "EntityNotFoundException"


def test_a_table_cannot_take_its_columns_from_a_schema(client: Callable[..., Any]) -> None:
    """SchemaReference is refused by name, for a new table and for a changed one: it would have no columns."""
    glue = client("glue")
    glue.create_database(DatabaseInput={"Name": "d"})
    glue.create_table(DatabaseName="d", TableInput={"Name": "t"})
    storage = {"SchemaReference": {"SchemaVersionId": "00000000-0000-0000-0000-000000000000"}}
    for call, name in ((glue.create_table, "u"), (glue.update_table, "t")):
        with pytest.raises(ClientError, match="with SchemaReference is not supported"):
            call(DatabaseName="d", TableInput={"Name": name, "StorageDescriptor": storage})

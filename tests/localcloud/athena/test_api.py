"""The API around the queries, on the running lab."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pyathena.util import _get_error_code

from .conftest import BUCKET, Athena

pytestmark = pytest.mark.stack

LONG = "SELECT count(*) FROM UNNEST(sequence(1, 9999)) a(x), UNNEST(sequence(1, 9999)) b(y), UNNEST(sequence(1, 99)) c(z) WHERE sin(x * y * z) > 2"


def test_a_query_can_be_stopped(athena: Athena) -> None:
    """A running query ends CANCELLED when it is stopped, and its rows cannot be read."""
    query_id = athena.start(LONG)
    athena.wait(query_id, ("RUNNING",))
    athena.client.stop_query_execution(QueryExecutionId=query_id)
    assert athena.wait(query_id)["Status"]["State"] == "CANCELLED"
    with pytest.raises(ClientError, match="did not finish successfully"):
        athena.client.get_query_results(QueryExecutionId=query_id)


def test_rows_of_an_unfinished_query_cannot_be_read(athena: Athena) -> None:
    """GetQueryResults says that the query has not finished."""
    query_id = athena.start(LONG)
    with pytest.raises(ClientError, match="Query has not yet finished"):
        athena.client.get_query_results(QueryExecutionId=query_id)
    athena.client.stop_query_execution(QueryExecutionId=query_id)
    athena.wait(query_id)


def test_a_value_that_looks_like_the_answer_is_kept(athena: Athena) -> None:
    """A text with a RequestId tag inside comes back as it is, in the rows and in the query."""
    text = "<RequestId>mine</RequestId>"
    answer = athena.ask(f"SELECT '{text}' AS x")
    assert (answer.rows, text in answer.execution["Query"]) == ([[text]], True)


def test_the_same_token_starts_one_query(athena: Athena) -> None:
    """A request that is sent twice runs once; the token with another text is refused."""
    token = "token-of-at-least-32-characters-" + athena.database
    first = athena.start("SELECT 1", ClientRequestToken=token)
    assert athena.start("SELECT 1", ClientRequestToken=token) == first
    with pytest.raises(ClientError, match="Idempotent parameters do not match"):
        athena.start("SELECT 2", ClientRequestToken=token)


def test_two_statements_are_refused_as_they_come_in(athena: Athena) -> None:
    """StartQueryExecution takes one statement: users of PyAthena report this message, and nothing is run."""
    for sql in ("SELECT 1; SELECT 2", "DROP TABLE IF EXISTS a; CREATE TABLE a AS SELECT 1 AS b"):
        with pytest.raises(ClientError, match="InvalidRequestException.*Only one sql statement is allowed. Got: "):
            athena.start(sql)
    assert athena.rows("SELECT ';';\n") == [[";"]]


def test_results_are_reused_while_they_are_young(athena: Athena) -> None:
    """With result reuse the second query has the first one's result, and says so."""
    reuse = {"ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": 5}}}
    sql = f"SELECT random() AS r -- {athena.database}"
    first, second = athena.ask(sql, **reuse), athena.ask(sql, **reuse)
    assert first.rows == second.rows
    flags = [one.execution["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"] for one in (first, second)]
    assert flags == [False, True]


def test_a_workgroup_that_no_query_could_run_in_is_refused(athena: Athena, name: Callable[[], str]) -> None:
    """Results go to S3, and the engine is version 3 (CreateWorkGroup, page engine-versions); so it is for updates."""
    group = name()
    wrong: list[Any] = [
        {"ResultConfiguration": {"OutputLocation": "results"}},
        {"EngineVersion": {"SelectedEngineVersion": "Athena engine version 2"}},
    ]
    for configuration in wrong:
        with pytest.raises(ClientError, match="InvalidRequestException"):
            athena.client.create_work_group(Name=group, Configuration=configuration)
    athena.client.create_work_group(Name=group)
    updates: Any = {"EngineVersion": {"SelectedEngineVersion": "Athena engine version 2"}}
    with pytest.raises(ClientError, match="Engine version Athena engine version 2 is not available"):
        athena.client.update_work_group(WorkGroup=group, ConfigurationUpdates=updates)
    athena.client.delete_work_group(WorkGroup=group)


def test_a_workgroup_decides_where_results_go(athena: Athena, name: Callable[[], str]) -> None:
    """An enforced workgroup wins over the request, and refuses an external_location."""
    group, out = name(), f"{athena.root}/enforced/"
    configuration = {"ResultConfiguration": {"OutputLocation": out}, "EnforceWorkGroupConfiguration": True}
    athena.client.create_work_group(Name=group, Configuration=configuration)
    answer = athena.ask("SELECT 1", WorkGroup=group)
    assert answer.execution["ResultConfiguration"]["OutputLocation"].startswith(out)
    ctas = f"CREATE TABLE {name()} WITH (external_location = '{athena.root}/x/') AS SELECT 1 AS a"
    assert "external_location" in athena.reason(ctas, WorkGroup=group)
    with pytest.raises(ClientError, match="is not empty"):
        athena.client.delete_work_group(WorkGroup=group)
    athena.client.delete_work_group(WorkGroup=group, RecursiveDeleteOption=True)


def test_a_query_that_scans_too_much_is_stopped(athena: Athena, name: Callable[[], str]) -> None:
    """The bytes cutoff of a workgroup ends a query with the state CANCELLED."""
    group, table = name(), name()
    athena.client.create_work_group(Name=group, Configuration={"BytesScannedCutoffPerQuery": 10_000_000})
    athena.put(f"{table}/a.csv", "0123456789" * 3_000_000)
    athena.rows(f"CREATE EXTERNAL TABLE {table} (text string) LOCATION '{athena.root}/{table}/'")
    answer = athena.ask(f"SELECT length(text) FROM {table}", WorkGroup=group)
    assert (answer.state, answer.reason) == ("CANCELLED", "Bytes scanned limit was exceeded")
    assert athena.rows("SELECT 1", WorkGroup=group) == [["1"]]


def test_managed_results_have_no_location(athena: Athena, name: Callable[[], str]) -> None:
    """A workgroup with managed results needs no output location and shows none."""
    group = name()
    athena.client.create_work_group(Name=group, Configuration={"ManagedQueryResultsConfiguration": {"Enabled": True}})
    query_id = athena.client.start_query_execution(QueryString="SELECT 7", WorkGroup=group)["QueryExecutionId"]
    assert "ResultConfiguration" not in athena.wait(query_id)
    rows = athena.client.get_query_results(QueryExecutionId=query_id)["ResultSet"]["Rows"]
    assert rows[1]["Data"] == [{"VarCharValue": "7"}]


def test_pages_of_results(athena: Athena) -> None:
    """All pages together are all rows, in order; the header is the first row of the first page only."""
    query_id = athena.start("SELECT x FROM UNNEST(sequence(1, 2500)) t(x) ORDER BY x")
    athena.wait(query_id)
    pages = athena.client.get_paginator("get_query_results").paginate(QueryExecutionId=query_id)
    counts, values = [], []
    for page in pages:
        counts.append(len(page["ResultSet"]["Rows"]))
        values += [row["Data"][0]["VarCharValue"] for row in page["ResultSet"]["Rows"]]
    assert counts == [1000, 1000, 501]
    assert values == ["x", *map(str, range(1, 2501))]


def test_queries_are_listed_from_new_to_old(athena: Athena, name: Callable[[], str]) -> None:
    """The list of a workgroup is paged, newest first."""
    group = name()
    athena.client.create_work_group(Name=group)
    ids = [athena.start(f"SELECT {number}", WorkGroup=group) for number in range(3)]
    pages = athena.client.get_paginator("list_query_executions").paginate(
        WorkGroup=group, PaginationConfig={"PageSize": 2}
    )
    assert [one for page in pages for one in page["QueryExecutionIds"]] == ids[::-1]
    described = athena.client.batch_get_query_execution(QueryExecutionIds=[ids[0], "0" * 36])
    assert len(described["QueryExecutions"]) == len(described["UnprocessedQueryExecutionIds"]) == 1


def test_metadata_calls(athena: Athena, name: Callable[[], str]) -> None:
    """Databases and tables are shown in Athena's shapes, unknown ones are MetadataExceptions."""
    table = name()
    athena.rows(f"CREATE TABLE {table} WITH (partitioned_by = ARRAY['p']) AS SELECT 1 AS id, 'a' AS p")
    catalog = {"CatalogName": "AwsDataCatalog"}
    listed = athena.client.list_databases(**catalog)["DatabaseList"]
    assert athena.database in [one["Name"] for one in listed]
    found = athena.client.get_table_metadata(**catalog, DatabaseName=athena.database, TableName=table)["TableMetadata"]
    assert [[one["Name"] for one in found[key]] for key in ("Columns", "PartitionKeys")] == [["id"], ["p"]]
    with pytest.raises(ClientError, match="MetadataException"):
        athena.client.get_table_metadata(**catalog, DatabaseName=athena.database, TableName="nope")


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("get_table_metadata", {"DatabaseName": "{db}", "TableName": "nope"}),
        ("get_table_metadata", {"DatabaseName": "nope", "TableName": "nope"}),
        ("get_database", {"DatabaseName": "nope"}),
        ("list_table_metadata", {"DatabaseName": "nope"}),
    ],
)
def test_what_is_missing_is_told_in_the_words_that_clients_read(
    athena: Athena, operation: str, members: dict[str, str]
) -> None:
    """PyAthena finds the code of the catalog's error inside the message, and so can tell that a table is missing."""
    given = {key: value.replace("{db}", athena.database) for key, value in members.items()}
    with pytest.raises(ClientError, match="MetadataException") as caught:
        getattr(athena.client, operation)(CatalogName="AwsDataCatalog", **given)
    form = r"\(Service: AmazonDataCatalog; Status Code: 400; Error Code: EntityNotFoundException; Request ID: [-\w]+"
    assert re.search(form, caught.value.response["Error"]["Message"])
    assert _get_error_code(caught.value, unwrap_metadata=True) == "EntityNotFoundException"


def test_an_output_that_cannot_be_written_is_refused(athena: Athena) -> None:
    """A bucket that does not exist is an error of the request."""
    with pytest.raises(ClientError, match="Unable to verify/create output bucket"):
        athena.start("SELECT 1", ResultConfiguration={"OutputLocation": "s3://no-such-bucket-here/"})


def test_the_files_of_a_result(athena: Athena) -> None:
    """The description of the columns is stored next to the rows."""
    answer = athena.ask("SELECT 1 AS a, NULL AS b, '' AS c, 'q\"q' AS d")
    key = answer.execution["ResultConfiguration"]["OutputLocation"].removeprefix(f"s3://{BUCKET}/")
    body = athena.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    assert body == b'"a","b","c","d"\n"1",,"","q""q"\n'
    assert b"integer" in athena.s3.get_object(Bucket=BUCKET, Key=f"{key}.metadata")["Body"].read()


def test_results_and_data_are_encrypted_by_a_key(athena: Athena, name: Callable[[], str]) -> None:
    """With SSE_KMS the result, and the files of a CTAS, are encrypted by that key, and are read as others are."""
    key, table = str(athena.kms.create_key()["KeyMetadata"]["Arn"]), name()
    output = {"OutputLocation": f"{athena.root}/kms/"}
    encrypted = {**output, "EncryptionConfiguration": {"EncryptionOption": "SSE_KMS", "KmsKey": key}}
    athena.rows(f"CREATE TABLE {table} AS SELECT 7 AS a", ResultConfiguration=encrypted)
    assert athena.rows(f"SELECT a FROM {table}", ResultConfiguration=encrypted) == [["7"]]
    heads = [athena.s3.head_object(Bucket=BUCKET, Key=one) for one in athena.keys(f"{athena.root}/kms/")]
    assert len(heads) == 5  # data, manifest, rows, and the descriptions of both results
    assert {head.get("SSEKMSKeyId") for head in heads} == {key}
    without = {**output, "EncryptionConfiguration": {"EncryptionOption": "SSE_KMS"}}
    with pytest.raises(ClientError, match="KmsKey"):
        athena.start("SELECT 1", ResultConfiguration=without)


def test_rows_that_were_deleted_are_an_error_of_the_request(athena: Athena) -> None:
    """GetQueryResults says that the result file is gone."""
    answer = athena.ask("SELECT 1")
    key = answer.execution["ResultConfiguration"]["OutputLocation"].removeprefix(f"s3://{BUCKET}/")
    athena.s3.delete_object(Bucket=BUCKET, Key=key)
    with pytest.raises(ClientError, match="Could not find results"):
        athena.client.get_query_results(QueryExecutionId=answer.execution["QueryExecutionId"])

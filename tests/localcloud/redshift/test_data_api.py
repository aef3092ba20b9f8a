"""SQL over HTTP, by boto3 and awswrangler."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import awswrangler as wr
import boto3
import psycopg
import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.stack
WHERE = {"ClusterIdentifier": "smartcity", "Database": "city"}


def ended(client: Any, statement: str) -> dict[str, Any]:
    """Return the description of a statement as soon as it has ended."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        told: dict[str, Any] = client.describe_statement(Id=statement)
        if told["Status"] in ("FINISHED", "FAILED", "ABORTED"):
            return told
        time.sleep(0.05)
    raise AssertionError(f"the statement did not end within 60 s: {told}")


@pytest.fixture
def data(in_lab: Mapping[str, str]) -> Any:
    """Give a client of the Data API."""
    return boto3.client("redshift-data")


def test_a_statement_runs_and_gives_typed_rows(data: Any) -> None:
    """Named parameters go in, typed fields come out."""
    sql = "SELECT :n::INT + 1 AS a, :s::VARCHAR AS b, NULL AS c, 1.50::NUMERIC(5, 2) AS d"
    given = [{"name": "n", "value": "4"}, {"name": "s", "value": "é':n"}]
    told = ended(data, data.execute_statement(**WHERE, Sql=sql, Parameters=given)["Id"])
    result = data.get_statement_result(Id=told["Id"])
    assert told["HasResultSet"]
    assert result["Records"] == [[{"longValue": 5}, {"stringValue": "é':n"}, {"isNull": True}, {"stringValue": "1.50"}]]
    assert [column["typeName"] for column in result["ColumnMetadata"]] == ["int4", "varchar", "varchar", "numeric"]


def test_a_failing_statement_says_why(data: Any) -> None:
    """A wrong statement ends FAILED with the engine's message, and has no result."""
    told = ended(data, data.execute_statement(**WHERE, Sql="SELECT nope")["Id"])
    assert told["Status"] == "FAILED"
    assert 'column "nope" does not exist' in told["Error"]
    with pytest.raises(ClientError, match="does not have result"):
        data.get_statement_result(Id=told["Id"])


def test_a_batch_is_one_transaction(data: Any) -> None:
    """When one of a batch fails, nothing of it stays."""
    sqls = ["CREATE TABLE data_api_batch (a INT)", "SELECT nope"]
    told = ended(data, data.batch_execute_statement(**WHERE, Sqls=sqls)["Id"])
    assert [part["Status"] for part in told["SubStatements"]] == ["FINISHED", "FAILED"]
    found = data.list_tables(**WHERE, TablePattern="data_api_batch")["Tables"]
    assert found == []


def test_a_running_statement_is_cancelled(data: Any) -> None:
    """CancelStatement ends a statement on its way."""
    started = data.execute_statement(**WHERE, Sql="SELECT COUNT(*) FROM generate_series(1, 100000000000)")["Id"]
    limit = time.monotonic() + 30
    while data.describe_statement(Id=started)["Status"] != "STARTED" and time.monotonic() < limit:
        time.sleep(0.05)
    assert data.cancel_statement(Id=started)["Status"]
    assert ended(data, started)["Status"] == "ABORTED"


@pytest.mark.parametrize("where", [{"cluster_id": "smartcity", "db_user": "awsuser"}, {"workgroup_name": "smartcity"}])
def test_awswrangler_reads_by_the_data_api(in_lab: Mapping[str, str], where: dict[str, str]) -> None:
    """`wr.data_api.redshift` reads by cluster and by workgroup."""
    connection = wr.data_api.redshift.connect(database="city", **where)
    assert wr.data_api.redshift.read_sql_query("SELECT 2 AS x", con=connection)["x"].tolist() == [2]


def test_serverless_credentials_log_in(
    in_lab: Mapping[str, str], connect: Callable[..., psycopg.Connection[Any]]
) -> None:
    """GetCredentials of the workgroup gives a password that the gateway takes."""
    given = boto3.client("redshift-serverless").get_credentials(workgroupName="smartcity")
    assert connect(user=given["dbUser"], password=given["dbPassword"]).execute("SELECT 1").fetchone() == (1,)


def test_another_cluster_is_refused(data: Any) -> None:
    """A cluster that is not there is an error, not another's data."""
    with pytest.raises(ClientError, match="doesn't exist"):
        data.execute_statement(ClusterIdentifier="other", Database="city", Sql="SELECT 1")
    with pytest.raises(ClientError, match="one Redshift cluster"):
        boto3.client("redshift").create_cluster(
            ClusterIdentifier="other", NodeType="ra3.xlplus", MasterUsername="a", MasterUserPassword="Abcdef12"
        )


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"Parameters": [{"name": "x", "value": "1"}]}, "unused parameters"),
        ({"Parameters": [{"name": "n", "value": "1"}, {"name": "n", "value": "2"}]}, "more than once"),
        ({"WithEvent": True}, "EventBridge"),
        ({"SessionKeepAliveSeconds": 60}, "no sessions"),
    ],
)
def test_a_request_that_cannot_be_honoured_is_refused(data: Any, more: dict[str, Any], message: str) -> None:
    """A wrong parameter, or what the lab does not do, is a ValidationException (ExecuteStatement)."""
    with pytest.raises(ClientError, match=message):
        data.execute_statement(**WHERE, Sql="SELECT :n::INT", **more)


@pytest.mark.parametrize("call", ["list_statements", "list_schemas", "list_tables", "list_databases"])
def test_a_wrong_token_is_a_validation_error(data: Any, call: str) -> None:
    """A NextToken that no page gave is the caller's fault, not the server's."""
    where = {} if call == "list_statements" else WHERE
    with pytest.raises(ClientError, match="NextToken is not valid") as told:
        getattr(data, call)(NextToken="nonsense", **where)
    assert told.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_the_query_id_is_the_system_tables(data: Any, in_lab: Mapping[str, str], connect: Callable[..., Any]) -> None:
    """RedshiftQueryId finds the statement in STL_QUERY (DescribeStatement)."""
    told = ended(data, data.execute_statement(**WHERE, Sql="SELECT 41 + 1 AS found_by_its_number")["Id"])
    sql = "SELECT trim(querytxt) FROM stl_query WHERE query = %s"
    assert connect().execute(sql, [told["RedshiftQueryId"]]).fetchone() == ("SELECT 41 + 1 AS found_by_its_number",)


def test_pages_hold_each_row_once(data: Any) -> None:
    """GetStatementResult and its second version give 2,500 rows in three pages; CSV names the columns once."""
    sql = "SELECT n FROM generate_series(1, 2500) AS t(n) ORDER BY n"
    typed = ended(data, data.execute_statement(**WHERE, Sql=sql)["Id"])["Id"]
    pages = list(data.get_paginator("get_statement_result").paginate(Id=typed))
    assert [len(page["Records"]) for page in pages] == [1000, 1000, 500]
    assert [row[0]["longValue"] for page in pages for row in page["Records"]] == list(range(1, 2501))
    text = ended(data, data.execute_statement(**WHERE, Sql=sql, ResultFormat="CSV")["Id"])["Id"]
    pages = list(data.get_paginator("get_statement_result_v2").paginate(Id=text))
    lines = [line for page in pages for part in page["Records"] for line in part["CSVRecords"].split()]
    assert lines == ["n", *map(str, range(1, 2501))]


def test_a_page_of_another_statement_cannot_be_asked_for_by_number(data: Any) -> None:
    """A token is what an answer held: a plain number is none."""
    statement = ended(data, data.execute_statement(**WHERE, Sql="SELECT 1")["Id"])["Id"]
    with pytest.raises(ClientError, match="NextToken is not valid"):
        data.get_statement_result(Id=statement, NextToken="0")


def test_metadata_comes_in_pages(data: Any) -> None:
    """ListSchemas gives every schema once, however short its pages are."""
    whole = data.list_schemas(**WHERE)["Schemas"]
    pages = data.get_paginator("list_schemas").paginate(**WHERE, PaginationConfig={"PageSize": 2})
    assert [schema for page in pages for schema in page["Schemas"]] == whole

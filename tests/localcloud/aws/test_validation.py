"""Hostile requests end in errors of AWS's form, and the server keeps running."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

Post = Callable[[str, Any], tuple[int, dict[str, Any]]]


@pytest.fixture
def post(endpoint: str) -> Post:
    """Send a raw, well signed Glue request; return status and answer."""

    def send(operation: str, body: Any) -> tuple[int, dict[str, Any]]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"X-Amz-Target": f"AWSGlue.{operation}", "Content-Type": "application/x-amz-json-1.1"}
        request = AWSRequest("POST", endpoint, headers, data)
        SigV4Auth(Credentials("test-key-id", "test-secret"), "glue", "us-east-1").add_auth(request)
        answer = requests.post(endpoint, data=data, headers=dict(request.headers.items()), timeout=30)
        return answer.status_code, answer.json()

    return send


@pytest.mark.parametrize(
    ("operation", "body", "code"),
    [
        ("GetDatabase", b"{", "SerializationException"),
        ("GetDatabase", b"[1]", "SerializationException"),
        ("GetDatabase", b"[" * 100_000, "SerializationException"),
        ("GetDatabase", b"\xff\xfe", "SerializationException"),
        ("GetDatabase", {}, "ValidationException"),
        ("GetDatabase", {"Name": 7}, "SerializationException"),
        ("GetDatabase", {"Name": "x" * 300}, "ValidationException"),
        ("CreateDatabase", {"DatabaseInput": {"Name": "a/b"}}, "InvalidInputException"),
        ("GetDatabases", {"MaxResults": 10**9}, "ValidationException"),
        ("GetDatabases", {"MaxResults": 2**31}, "SerializationException"),
        ("GetDatabases", {"MaxResults": -(2**31)}, "ValidationException"),
        ("GetDatabases", {"NextToken": "made up"}, "InvalidInputException"),
        ("GetDatabases", {"CatalogId": "999999999999"}, "EntityNotFoundException"),
        ("NoSuchThing", {}, "UnknownOperationException"),
        ("__class__", {}, "UnknownOperationException"),
        ("GetMLTaskRuns", {"TransformId": "t"}, "UnsupportedOperation"),
    ],
)
def test_a_bad_request_is_a_clear_error(post: Post, operation: str, body: Any, code: str) -> None:
    """What does not satisfy the API's model is refused with AWS's code before any state is touched."""
    status, answer = post(operation, body)
    assert (status // 100 in (4, 5), answer["__type"]) == (True, code)


def test_the_message_names_the_member(post: Post) -> None:
    """A validation error names the member, the value and the rule."""
    entries = [{"Values": ["a"]}] * 101
    _, answer = post("BatchCreatePartition", {"DatabaseName": "d", "TableName": "t", "PartitionInputList": entries})
    assert (
        "'partitionInputList' failed to satisfy constraint: Member must have length less than or equal to 100"
        in (answer["message"])
    )


@pytest.mark.parametrize("average", [{}, {"AverageLength": None}, {"AverageLength": "NaN"}])
def test_an_average_over_no_values_is_taken(post: Post, average: dict[str, Any]) -> None:
    """Trino sends none, or NaN (in a word, as JSON has none), for a column without values; it is kept as 0."""
    post("CreateDatabase", {"DatabaseInput": {"Name": "d"}})
    stored = {"Columns": [{"Name": "c", "Type": "string"}]}
    post("CreateTable", {"DatabaseName": "d", "TableInput": {"Name": "t", "StorageDescriptor": stored}})
    text = {"MaximumLength": 0, "NumberOfNulls": 1, "NumberOfDistinctValues": 0}
    data = {"Type": "STRING", "StringColumnStatisticsData": text | average}
    one = {"ColumnName": "c", "ColumnType": "string", "AnalyzedTime": 0, "StatisticsData": data}
    named = {"DatabaseName": "d", "TableName": "t"}
    assert post("UpdateColumnStatisticsForTable", {**named, "ColumnStatisticsList": [one]})[0] == 200
    _, answer = post("GetColumnStatisticsForTable", {**named, "ColumnNames": ["c"]})
    assert answer["ColumnStatisticsList"][0]["StatisticsData"]["StringColumnStatisticsData"] == text | {
        "AverageLength": 0
    }


@pytest.mark.parametrize(
    "given", [7, [7], [{"StatisticsData": 7}], [{"StatisticsData": {"StringColumnStatisticsData": 7}}]]
)
def test_statistics_of_another_form_are_refused(post: Post, given: Any) -> None:
    """Anything but a list of statistics is refused."""
    status, answer = post(
        "UpdateColumnStatisticsForTable", {"DatabaseName": "d", "TableName": "t", "ColumnStatisticsList": given}
    )
    assert (status, answer["__type"]) == (400, "SerializationException")

"""Ask the lab's Athena as any client does, and wait for the answer."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

BUCKET = "athena-tests"
LIMIT_S = 90


@dataclass(frozen=True)
class Answer:
    """How a query ended, its rows without a header, and its description."""

    state: str
    reason: str
    rows: list[list[str | None]]
    columns: list[dict[str, Any]]
    execution: dict[str, Any]


class Athena:
    """The client, a bucket, and a database that lives as long as the tests of a file."""

    def __init__(self, env: Mapping[str, str]) -> None:
        session = boto3.session.Session(
            env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], region_name=env["AWS_DEFAULT_REGION"]
        )
        self.client = session.client("athena", endpoint_url=env["AWS_ENDPOINT_URL"])
        self.glue = session.client("glue", endpoint_url=env["AWS_ENDPOINT_URL"])
        self.kms = session.client("kms", endpoint_url=env["AWS_ENDPOINT_URL"])
        self.s3 = session.client("s3", endpoint_url=env["AWS_ENDPOINT_URL_S3"])
        self.database = f"t{uuid.uuid4().hex[:8]}"
        self.root = f"s3://{BUCKET}/{self.database}"

    def start(self, sql: str, **more: Any) -> str:
        """Start a query and return its id."""
        asked = {"ResultConfiguration": {"OutputLocation": f"{self.root}/results/"}, **more}
        context = {"QueryExecutionContext": {"Database": self.database}}
        return str(self.client.start_query_execution(QueryString=sql, **context | asked)["QueryExecutionId"])

    def wait(
        self, query_id: str, states: tuple[str, ...] = ("SUCCEEDED", "FAILED", "CANCELLED"), limit_s: float = LIMIT_S
    ) -> dict[str, Any]:
        """Return the description of a query when it is in one of the states."""
        limit = time.monotonic() + limit_s
        while time.monotonic() < limit:
            described = self.client.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
            if described["Status"]["State"] in states:
                return dict(described)
            time.sleep(0.02)
        raise AssertionError(f"{query_id} was not {states} within {limit_s} s but {described['Status']}")

    def ask(self, sql: str, **more: Any) -> Answer:
        """Run a query to its end and read all its rows."""
        execution = self.wait(self.start(sql, **more))
        state, reason = execution["Status"]["State"], execution["Status"].get("StateChangeReason", "")
        if state != "SUCCEEDED":
            return Answer(state, reason, [], [], execution)
        pages = list(
            self.client.get_paginator("get_query_results").paginate(QueryExecutionId=execution["QueryExecutionId"])
        )
        rows = [
            [datum.get("VarCharValue") for datum in row["Data"]] for page in pages for row in page["ResultSet"]["Rows"]
        ]
        location = execution["ResultConfiguration"]["OutputLocation"]
        columns = pages[0]["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
        return Answer(state, reason, rows[1:] if location.endswith(".csv") else rows, columns, execution)

    def rows(self, sql: str, **more: Any) -> list[list[str | None]]:
        """Return the rows of a query that must succeed."""
        answer = self.ask(sql, **more)
        assert answer.state == "SUCCEEDED", answer.reason
        return answer.rows

    def reason(self, sql: str, **more: Any) -> str:
        """Return why a query failed that must fail."""
        answer = self.ask(sql, **more)
        assert answer.state == "FAILED", answer
        return answer.reason

    def put(self, key: str, body: str | bytes) -> None:
        """Put an object below the folder of these tests."""
        content = body.encode() if isinstance(body, str) else body
        self.s3.put_object(Bucket=BUCKET, Key=f"{self.database}/{key}", Body=content)

    def keys(self, url: str) -> list[str]:
        """Return the objects below a URL."""
        prefix = url.removeprefix(f"s3://{BUCKET}/")
        listed = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        return [one["Key"] for one in listed]


@pytest.fixture(scope="module")
def athena(lab_env: Mapping[str, str]) -> Iterator[Athena]:
    """Athena of the running lab, with a database of this file's own."""
    athena = Athena(lab_env)
    if BUCKET not in [one["Name"] for one in athena.s3.list_buckets()["Buckets"]]:
        athena.s3.create_bucket(Bucket=BUCKET)
    athena.glue.create_database(DatabaseInput={"Name": athena.database})
    yield athena
    athena.rows(f"DROP DATABASE {athena.database} CASCADE")


@pytest.fixture
def name() -> Callable[[], str]:
    """Make a table name that no other test uses."""
    return lambda: f"x{uuid.uuid4().hex[:8]}"

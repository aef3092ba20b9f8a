"""The examples of the Developer Guide whose results it prints: they come out as printed.

A case of `printed.jsonl` or `printed_spatial.jsonl`: the files that the examples load, and steps. A step has a statement with its rows (`sorted`:
their order isn't defined), its error, or what the client is told; or an object of S3 with its text. The tables of
TICKIT hold the rows that the guide prints. https://docs.aws.amazon.com/redshift/latest/dg/
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest

from .golden import fresh, plain

pytestmark = pytest.mark.stack
FILES = [Path(__file__).with_name(name) for name in ("printed.jsonl", "printed_spatial.jsonl")]
CASES = [json.loads(line) for file in FILES for line in file.read_text().splitlines()]
BUCKET = "mybucket"


@pytest.fixture
def mybucket(in_lab: Mapping[str, str]) -> Iterator[Any]:
    """Give the bucket of the examples, empty, and delete it afterwards."""
    made = boto3.resource("s3").Bucket(BUCKET)
    made.create()
    made.objects.all().delete()
    yield made
    made.objects.all().delete()
    made.delete()


def run(connection: psycopg.Connection[Any], sql: str) -> dict[str, Any]:
    """Run a statement; return its rows, its error, and what the client was told."""
    told = list[str]()
    connection.add_notice_handler(hear := lambda notice: told.append(notice.message_primary or ""))
    try:
        cursor = psycopg.ClientCursor(connection)
        cursor.execute(sql.encode())
        rows = [[plain(value) for value in row] for row in cursor.fetchall()] if cursor.description else []
        return {"rows": rows, "told": told, "error": ""}
    except psycopg.Error as error:
        return {"rows": [], "told": told, "error": str(error)}
    finally:
        connection.remove_notice_handler(hear)


def difference(connection: psycopg.Connection[Any], bucket: Any, step: dict[str, Any]) -> Any:
    """Return what came of a step that isn't as printed; nothing if all is."""
    if "object" in step:
        text = bucket.Object(step["object"]).get()["Body"].read().decode()
        return text if text != step["text"] else None
    result = run(connection, step["sql"])
    if bool(result["error"]) != ("error" in step) or step.get("error", "").lower() not in result["error"].lower():
        return result["error"] or "no error"
    if "told" in step and result["told"] != step["told"]:
        return result["told"]
    rows = sorted(result["rows"], key=str) if step.get("sorted") else result["rows"]
    return rows if "rows" in step and rows != step["rows"] else None


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_printed_results_come_out(
    connect: Callable[..., psycopg.Connection[Any]], mybucket: Any, case: dict[str, Any]
) -> None:
    """The examples of a page give the rows, the errors, the messages and the files that the page prints."""
    connection = fresh(connect)
    for key, text in case.get("files", {}).items():
        mybucket.put_object(Key=key, Body=text.encode())
    results = [(step.get("sql", step.get("object")), difference(connection, mybucket, step)) for step in case["steps"]]
    assert not [(what, result) for what, result in results if result is not None]

"""COPY as the guide's pages describe it, through the gateway: each case names its page.

A case: the table's columns, a file (`latin1`: its characters are bytes; `encoding`: it is written so), options, and the
rows that load or the error. `errors` are rows of STL_LOAD_ERRORS: line, column, type, code, position, a part of the
reason, the field (null: any). `files` are further objects next to it, `{bucket}` stands for the bucket.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest

pytestmark = pytest.mark.stack
CASES = [json.loads(line) for line in Path(__file__).with_name("copy_rules.jsonl").read_text().splitlines()]
LOGGED = (
    "SELECT line_number, trim(colname), trim(type), err_code, position, trim(err_reason), trim(raw_field_value) "
    "FROM stl_load_errors WHERE query = pg_last_copy_id() ORDER BY line_number"
)


def put(bucket: str, case: dict[str, Any]) -> str:
    """Upload the files of a case; return the address to load."""
    s3, encoding = boto3.client("s3"), "latin-1" if case.get("latin1") else case.get("encoding", "utf-8")
    s3.put_object(Bucket=bucket, Key="rules/data", Body=case["file"].encode(encoding))
    for name, text in case.get("files", {}).items():
        s3.put_object(Bucket=bucket, Key=f"rules/{name}", Body=text.replace("{bucket}", bucket).encode())
    return str(case.get("source", "s3://{bucket}/rules/data")).replace("{bucket}", bucket)


def copy(connection: psycopg.Connection[Any], case: dict[str, Any], url: str, bucket: str) -> str:
    """Run the COPY; return its error, nothing where it ends well."""
    options = case["options"].replace("{bucket}", bucket)
    try:
        connection.execute(f"copy t{case.get('list', '')} from '{url}' iam_role default {options}".encode())
    except psycopg.Error as error:
        return str(error)
    return ""


def loaded(connection: psycopg.Connection[Any], case: dict[str, Any], bucket: str) -> dict[str, Any]:
    """Return what became of a case: the error, the rows, the rejects, what the client was told."""
    told = list[str]()
    connection.execute("drop table if exists t")
    connection.execute(f"create table t ({case['columns']})".encode())
    url = put(bucket, case)
    connection.add_notice_handler(hear := lambda notice: told.append(notice.message_primary or ""))
    error = copy(connection, case, url, bucket)
    connection.remove_notice_handler(hear)
    rows = [[None if value is None else str(value) for value in row] for row in connection.execute("select * from t")]
    logs = error.startswith("Load into") or not error
    return {"error": error, "rows": rows, "told": told, "errors": connection.execute(LOGGED).fetchall() if logs else []}


def difference(found: dict[str, Any], case: dict[str, Any]) -> Any:
    """Return what is not as the case says, None where all is."""
    rows = [row[0] for row in found["rows"]] if "ids" in case else found["rows"]
    if case.get("error", "") not in found["error"] or (found["error"] and "error" not in case):
        return found["error"]
    if rows != ([] if "error" in case else case.get("ids", case["rows"])):
        return rows
    if case.get("info", found["told"]) != found["told"]:
        return found["told"]
    wanted = case.get("errors", [])
    same = len(wanted) == len(found["errors"]) and all(
        seen[:5] == tuple(entry[:5])
        and entry[5] in seen[5]
        and seen[5].endswith(case.get("reason_end", ""))
        and entry[6] in (None, seen[6])
        for seen, entry in zip(found["errors"], wanted, strict=True)
    )
    return None if same else found["errors"]


@pytest.mark.parametrize("page", sorted({case["page"] for case in CASES}))
def test_the_rules_of_a_page_hold(schema: psycopg.Connection[Any], bucket: str, page: str) -> None:
    """The rows load, or the load fails with the error; each reject is logged with its line, place and reason."""
    wrong, schema.prepare_threshold = {}, None  # the table is another for each case
    for case in (case for case in CASES if case["page"] == page):
        found = difference(loaded(schema, case, bucket), case)
        if found is not None:
            wrong[case["rule"]] = found
    assert wrong == {}


def test_a_view_is_not_loaded(schema: psycopg.Connection[Any], bucket: str) -> None:
    """COPY needs a table; of a view it says that it is one."""
    schema.execute("create view v as select 1 as a")
    with pytest.raises(psycopg.Error, match='cannot copy to view "v"'):
        schema.execute(f"copy v from 's3://{bucket}/rules/data' iam_role default".encode())

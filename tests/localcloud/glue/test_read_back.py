"""What a crawl classified, Athena reads: every table of a random lake has the rows of its files."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import os
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import fastavro
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import orc, parquet

pytestmark = pytest.mark.stack

EXAMPLES = int(os.environ.get("READ_BACK_EXAMPLES", "3"))
"""How many random lakes are crawled and queried; READ_BACK_EXAMPLES=200 takes about ten minutes."""
BUCKET = "crawl-tests"
LIMIT_S = 120
Row = tuple[int, str, float]


def _csv(delimiter: str) -> Callable[[list[Row]], bytes]:
    def write(rows: list[Row]) -> bytes:
        lines = [("id", "name", "speed"), *((str(number), text, repr(real)) for number, text, real in rows)]
        return "".join(delimiter.join(line) + "\n" for line in lines).encode()

    return write


def _json(rows: list[Row]) -> bytes:
    return "".join(json.dumps({"id": n, "name": t, "speed": s}) + "\n" for n, t, s in rows).encode()


def _arrow(writer: Callable[[pa.Table, Any], None]) -> Callable[[list[Row]], bytes]:
    def write(rows: list[Row]) -> bytes:
        numbers, texts, reals = (list(column) for column in zip(*rows, strict=True))
        buffer = io.BytesIO()
        writer(pa.table({"id": pa.array(numbers, pa.int64()), "name": texts, "speed": reals}), buffer)
        return buffer.getvalue()

    return write


def _avro(rows: list[Row]) -> bytes:
    fields = [{"name": "id", "type": "long"}, {"name": "name", "type": "string"}, {"name": "speed", "type": "double"}]
    buffer = io.BytesIO()
    records = [{"id": n, "name": t, "speed": s} for n, t, s in rows]
    fastavro.writer(buffer, {"type": "record", "name": "r", "fields": fields}, records)
    return buffer.getvalue()


FORMATS: dict[str, tuple[str, Callable[[list[Row]], bytes]]] = {
    "comma": (".csv", _csv(",")),
    "pipe": (".csv", _csv("|")),
    "tab": (".tsv", _csv("\t")),
    "control": ("", _csv("\x01")),
    "json": (".json", _json),
    "json.gz": (".json.gz", lambda rows: gzip.compress(_json(rows))),
    "csv.bz2": (".csv.bz2", lambda rows: bz2.compress(_csv(";")(rows))),
    "parquet": (".parquet", _arrow(parquet.write_table)),
    "orc": ("", _arrow(orc.write_table)),
    "avro": (".avro", _avro),
}
JUNK = [("_SUCCESS", b""), (".crc", b"x"), ("_log/a.csv", b"a,b\n1,2\n"), ("empty.csv", b""), ("nested/", b"")]


@dataclass(frozen=True)
class Folder:
    """One table of a lake: rows by file, and the partition folders of the files."""

    form: str
    files: list[list[Row]]
    layout: tuple[str, ...]


ROWS = st.lists(
    st.tuples(
        st.integers(-(1 << 63), (1 << 63) - 1),
        st.text("abcdefgh ÄßЖ漢😀", min_size=1, max_size=8).map(lambda text: f"x{text}x"),
        st.floats(-1e6, 1e6).map(lambda number: number + 0.5),
    ),
    min_size=2,
    max_size=5,
)
FOLDERS = st.builds(
    Folder,
    st.sampled_from(sorted(FORMATS)),
    st.lists(ROWS, min_size=2, max_size=4),
    st.sampled_from([(), ("day",), ("year", "month"), ("",)]),
)


class Lake:
    """The lab's S3, Glue and Athena."""

    def __init__(self, env: Mapping[str, str]) -> None:
        session = boto3.session.Session(
            env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], region_name=env["AWS_DEFAULT_REGION"]
        )
        self.s3 = session.client("s3", endpoint_url=env["AWS_ENDPOINT_URL_S3"])
        self.glue, self.athena, self.logs = (
            session.client(name, endpoint_url=env["AWS_ENDPOINT_URL"]) for name in ("glue", "athena", "logs")
        )
        if BUCKET not in [bucket["Name"] for bucket in self.s3.list_buckets()["Buckets"]]:
            self.s3.create_bucket(Bucket=BUCKET)

    def crawl(self, name: str) -> list[str]:
        """Crawl the folder `name` into a database of that name; return the log's messages."""
        targets = {"S3Targets": [{"Path": f"s3://{BUCKET}/{name}/"}]}
        self.glue.create_crawler(Name=name, Role="LabRole", DatabaseName=name, Targets=targets)
        self.glue.start_crawler(Name=name)
        limit = time.monotonic() + LIMIT_S
        while (crawler := self.glue.get_crawler(Name=name)["Crawler"])["State"] != "READY":
            assert time.monotonic() < limit, f"the crawl did not end within {LIMIT_S} s"
            time.sleep(0.05)
        assert crawler["LastCrawl"]["Status"] == "SUCCEEDED", crawler["LastCrawl"]
        events = self.logs.get_log_events(logGroupName="/aws-glue/crawlers", logStreamName=name, startFromHead=True)
        return [event["message"] for event in events["events"]]

    def query(self, database: str, sql: str) -> list[list[str]]:
        """Return the rows that Athena gives."""
        query = self.athena.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Database": database},
            ResultConfiguration={"OutputLocation": f"s3://{BUCKET}/results/"},
        )["QueryExecutionId"]
        limit = time.monotonic() + LIMIT_S
        while (state := self.athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"])[
            "State"
        ] in (
            "QUEUED",
            "RUNNING",
        ):
            assert time.monotonic() < limit, f"the query did not end within {LIMIT_S} s"
            time.sleep(0.02)
        assert state["State"] == "SUCCEEDED", state
        answer = self.athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"][1:]
        return [[str(cell.get("VarCharValue")) for cell in row["Data"]] for row in answer]

    def rows(self, database: str, table: str) -> list[Row]:
        """Return what Athena reads of a table."""
        values = self.query(database, f'SELECT id, name, speed FROM "{table}"')
        return [(int(number), text, float(real)) for number, text, real in values]


@pytest.fixture(scope="module")
def stack(lab_env: Mapping[str, str]) -> Lake:
    return Lake(lab_env)


def _put(stack: Lake, root: str, folder: Folder) -> None:
    ending, write = FORMATS[folder.form]
    for number, rows in enumerate(folder.files):
        names = [f"{key}={number}" if key else f"p{number}" for key in folder.layout]
        stack.s3.put_object(Bucket=BUCKET, Key="/".join([root, *names, f"f{number}{ending}"]), Body=write(rows))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(folders=st.lists(FOLDERS, min_size=2, max_size=5), junk=st.lists(st.sampled_from(JUNK), unique=True))
def test_every_table_has_the_rows_of_its_files(
    stack: Lake, folders: list[Folder], junk: list[tuple[str, bytes]]
) -> None:
    """Objects listed = classified + skipped, and each classified table has its files' rows, value for value."""
    name = f"c{uuid.uuid4().hex[:12]}"
    for number, folder in enumerate(folders):
        # Folders of a depth of their own, so that none is taken for a partition of another.
        _put(stack, "/".join([name, f"group{number}", *(f"s{number}{level}" for level in range(number))]), folder)
    for key, body in junk:
        stack.s3.put_object(Bucket=BUCKET, Key=f"{name}/group0/{key}", Body=body)
    files = sum(len(folder.files) for folder in folders)
    told = stack.crawl(name)
    books = f"Objects listed: {files + len(junk)}, classified: {files}, skipped: {len(junk)}."
    assert any(books in line for line in told), told
    tables = stack.glue.get_tables(DatabaseName=name)["TableList"]
    read = sorted(row for table in tables for row in stack.rows(name, table["Name"]))
    assert read == sorted(row for folder in folders for rows in folder.files for row in rows)


APACHE = '10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET /x HTTP/1.0" 200 2326'
LOGS: dict[str, tuple[list[str], str, list[str]]] = {
    "apache": ([APACHE, "broken"] + [APACHE] * 2, "clientip", ["10.0.0.1", "None", "10.0.0.1", "10.0.0.1"]),
    "combined_apache": ([f'{APACHE} "-" "curl 8"'] * 2, "agent", ['"curl 8"'] * 2),
    "linux_kernel": (["Feb  1 06:25:43 h kernel: [ 1.5] up", "Feb  1 06:25:44 h kernel: x"], "uptime", ["1.5", "None"]),
    "microsoft_log": (
        ["#Software: Microsoft IIS", "#Fields: date cs(Referer)", "2001-05-02 http://a.example"],
        "cs_referer",
        ["http://a.example"],
    ),
    "ruby_logger": (["E, [1999-03-03T02:34:24.895701 #7]  ERROR -- Main: x"], "loglevel", ["ERROR"]),
    "squid": (
        ["1286536309.586  921 10.0.0.1 TCP_MISS/200 507 GET http://a.example/ - DIRECT/10.0.0.2 text/xml"],
        "status_code",
        ["200"],
    ),
    "redismonlog": (
        ['1470637867.953466 [0 10.0.0.1:52500] "info"', '1.5 [0 lua] "get" "k"'],
        "command",
        ["info", "get"],
    ),
    "redislog": (["7:M 14 Nov 2024 07:01:22.119 * Ready"], "message", ["Ready"]),
}


def test_every_log_format_is_read(stack: Lake) -> None:
    """Athena gives a row for each line of a crawled log, with the pattern's fields, and NULL where a line has none."""
    name = f"c{uuid.uuid4().hex[:12]}"
    for classification, (lines, _, _) in LOGS.items():
        stack.s3.put_object(Bucket=BUCKET, Key=f"{name}/{classification}/f.log", Body="\n".join(lines).encode())
    stack.crawl(name)
    tables = {table["Name"]: table["Parameters"] for table in stack.glue.get_tables(DatabaseName=name)["TableList"]}
    assert {table: parameters["classification"] for table, parameters in tables.items()} == {log: log for log in LOGS}
    for table, (_, column, values) in LOGS.items():
        assert [row[0] for row in stack.query(name, f'SELECT "{column}" FROM "{table}"')] == values, table

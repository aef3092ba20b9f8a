"""Measure Athena on the running lab: ten city queries through boto3, by Trino's own client, and by DuckDB.

Run: `python bench/athena.py [--rows 5000000] [--json]` while the lab is up. Seconds are medians; the ratio is boto3
over Trino's client, both with the rows fetched, the median of pairs that were run one after the other. `client_s` is
the time that botocore alone takes to read the answers of GetQueryResults; `ratio_lab` leaves it out. `ratio_file` is of
rows that boto3 fetched as the result's file on S3, which is how awswrangler and PyAthena read more than a page.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import duckdb
import pyarrow.dataset as ds
import requests
import trino
from botocore.parsers import create_parser
from pyarrow.fs import S3FileSystem

from localcloud import card, lab
from localcloud.athena.engine import token
from localcloud.home import Home

BUCKET, DATABASE = "bench-athena", "bench_athena"
DAYS = 10
QUERIES = {
    "count": "SELECT count(*) FROM {t}",
    "mean speed by type": "SELECT vehicle_type, avg(speed_kmh), count(*) FROM {t} GROUP BY vehicle_type ORDER BY 1",
    "one day": "SELECT count(*), max(speed_kmh) FROM {t} WHERE event_date = '2026-01-03'",
    "speeders": "SELECT vehicle_id, count(*) AS n FROM {t} WHERE speed_kmh > 118 GROUP BY vehicle_id "
    "ORDER BY n DESC, 1 LIMIT 10",
    "hours": "SELECT hour(event_time), count(*), avg(speed_kmh) FROM {t} GROUP BY 1 ORDER BY 1",
    "distinct vehicles": "SELECT road_id, count(DISTINCT vehicle_id) FROM {t} GROUP BY road_id ORDER BY 1",
    "percentiles": "SELECT road_id, approx_percentile(speed_kmh, 0.95) FROM {t} GROUP BY road_id ORDER BY 1",
    "window": "SELECT * FROM (SELECT road_id, vehicle_type, avg(speed_kmh) AS v, rank() OVER (PARTITION BY road_id "
    "ORDER BY avg(speed_kmh) DESC) AS place FROM {t} GROUP BY 1, 2) WHERE place = 1 ORDER BY 1",
    "join": "SELECT a.road_id, a.n, b.v FROM (SELECT road_id, count(*) AS n FROM {t} GROUP BY 1) a JOIN "
    "(SELECT road_id, max(speed_kmh) AS v FROM {t} GROUP BY 1) b ON a.road_id = b.road_id ORDER BY 1",
    "rows": "SELECT vehicle_id, event_time, speed_kmh FROM {t} WHERE event_date = '2026-01-05' AND speed_kmh > 119.8",
}
DUCKDB = {"approx_percentile": "approx_quantile"}
MAKE = """CREATE TABLE {t}
WITH (format = 'PARQUET', write_compression = 'SNAPPY', partitioned_by = ARRAY['event_date']) AS
SELECT concat('v', lpad(cast(n % 4001 AS varchar), 5, '0')) AS vehicle_id,
       element_at(ARRAY['private', 'taxi', 'bus', 'delivery', 'emergency'], cast(n % 5 + 1 AS integer)) AS vehicle_type,
       concat('r', cast(n % 97 AS varchar)) AS road_id, 50e0 + 70e0 * sin(n) AS speed_kmh,
       date_add('second', cast(n % 86400 AS integer), TIMESTAMP '2026-01-01 00:00:00.000') AS event_time,
       format('2026-01-%02d', n % {days} + 1) AS event_date
FROM (SELECT a.x * 1000 + b.y AS n FROM UNNEST(sequence(0, {thousands} - 1)) a(x), UNNEST(sequence(0, 999)) b(y))"""


class Lab:
    """The running lab, asked in three ways."""

    def __init__(self, home: Home) -> None:
        self.home, self.env = home, card.environment(home)
        keys = {"aws_access_key_id": self.env["AWS_ACCESS_KEY_ID"], "region_name": "us-east-1"}
        keys["aws_secret_access_key"] = self.env["AWS_SECRET_ACCESS_KEY"]
        self.athena = boto3.client("athena", endpoint_url=self.env["AWS_ENDPOINT_URL"], **keys)
        self.s3 = boto3.client("s3", endpoint_url=self.env["AWS_ENDPOINT_URL_S3"], **keys)

    def boto3(self, sql: str, fetch: bool = True) -> list[Any]:
        """Run a query to its end and fetch its rows page by page."""
        query_id, _ = self.ended(sql)
        pages = self.athena.get_paginator("get_query_results").paginate(QueryExecutionId=query_id)
        return [row for page in pages for row in page["ResultSet"]["Rows"]] if fetch else []

    def boto3_file(self, sql: str) -> list[Any]:
        """Run a query to its end and fetch its rows by the result's file."""
        _, place = self.ended(sql)
        bucket, _, key = place.removeprefix("s3://").partition("/")
        text = self.s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
        return list(csv.reader(io.StringIO(text)))

    def ended(self, sql: str) -> tuple[str, str]:
        """Run a query to its end; return its id and where its result lies."""
        query_id = self.athena.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Database": DATABASE},
            ResultConfiguration={"OutputLocation": f"s3://{BUCKET}/results/"},
        )["QueryExecutionId"]
        begin = time.monotonic()
        while (waited := time.monotonic() - begin) < 600:
            found = self.athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
            if found["Status"]["State"] == "SUCCEEDED":
                return query_id, found["ResultConfiguration"]["OutputLocation"]
            if found["Status"]["State"] in ("FAILED", "CANCELLED"):
                raise RuntimeError(f"{sql}: {found['Status'].get('StateChangeReason')}")
            time.sleep(max(0.01, waited / 20))  # asking without a pause would take the core that answers
        raise TimeoutError(f"{sql}: no end after 600 s")

    def parsing(self, sql: str) -> Callable[[], Any]:
        """Return a call that reads a query's answers of GetQueryResults as botocore does, without asking again."""
        answers: list[dict[str, Any]] = []

        def keep(http_response: Any, **_: Any) -> None:
            parts = {"headers": http_response.headers, "status_code": 200, "body": http_response.content}
            answers.append(parts)

        events = self.athena.meta.events
        events.register("after-call.athena.GetQueryResults", keep, unique_id="bench")
        self.boto3(sql)
        events.unregister("after-call.athena.GetQueryResults", unique_id="bench")
        model = self.athena.meta.service_model
        parser = create_parser(model.resolved_protocol)
        shape = model.operation_model("GetQueryResults").output_shape
        return lambda: [parser.parse(parts, shape) for parts in answers]

    def trino(self, sql: str) -> list[Any]:
        """Run the same text by Trino's own client."""
        port = self.home.port("trino.http")
        session = requests.Session()
        session.mount("https://", _Plain())
        headers = {"X-Forwarded-Proto": "https"}
        headers["Authorization"] = f"Bearer {token('athena', self.home.secret('trino'), time.time())}"
        connection = trino.dbapi.connect(
            host="127.0.0.1", port=port, user="athena", catalog="awsdatacatalog", schema=DATABASE,
            http_scheme="http", http_headers=headers, http_session=session,
        )  # fmt: skip
        rows = connection.cursor().execute(sql).fetchall()
        return list(rows)

    def duckdb(self) -> duckdb.DuckDBPyConnection:
        """Return DuckDB over the same files."""
        files = S3FileSystem(
            access_key=self.env["AWS_ACCESS_KEY_ID"], secret_key=self.env["AWS_SECRET_ACCESS_KEY"],
            endpoint_override=self.env["AWS_ENDPOINT_URL_S3"],
        )  # fmt: skip
        location = boto3.client(
            "glue", endpoint_url=self.env["AWS_ENDPOINT_URL"], region_name="us-east-1",
            aws_access_key_id=self.env["AWS_ACCESS_KEY_ID"], aws_secret_access_key=self.env["AWS_SECRET_ACCESS_KEY"],
        ).get_table(DatabaseName=DATABASE, Name="events")["Table"]["StorageDescriptor"]["Location"]  # fmt: skip
        connection = duckdb.connect()
        data = ds.dataset(
            location.removeprefix("s3://").rstrip("/"), filesystem=files, format="parquet", partitioning="hive"
        )
        connection.register("events", data)
        return connection

    def memory_mb(self) -> dict[str, float]:
        """Return what Trino and the API hold in memory now."""
        rows = {status.name: status.memory_mb or 0 for status in lab.supervisor(self.home).status()}
        return {name: round(rows[name], 1) for name in ("trino", "aws")}


class _Plain(requests.adapters.HTTPAdapter):
    """The lab's Trino calls its pages https, as it stands behind the API; on loopback they are plain."""

    def send(self, request: Any, *args: Any, **more: Any) -> Any:
        request.url = request.url.replace("https://", "http://", 1)
        return super().send(request, *args, **more)


def seconds(call: Callable[[], Any], times: int = 5) -> float:
    """Return the median of the seconds that a call takes, after one call that does not count."""
    call()
    return statistics.median(taken(call) for _ in range(times))


def taken(call: Callable[[], Any]) -> float:
    """Return the seconds of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def paired(*calls: Callable[[], Any], times: int = 9) -> list[tuple[float, ...]]:
    """Return the seconds of the calls, run in turn so that a noisy moment meets all of them."""
    for call in calls:
        call()
    return [tuple(map(taken, calls)) for _ in range(times)]


def prepare(here: Lab, rows: int) -> None:
    """Make the table of that many events, if it is not there yet."""
    if BUCKET not in [one["Name"] for one in here.s3.list_buckets()["Buckets"]]:
        here.s3.create_bucket(Bucket=BUCKET)
    here.boto3(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
    if ["events"] in [[one.get("VarCharValue") for one in row["Data"]] for row in here.boto3("SHOW TABLES")]:
        if here.boto3("SELECT count(*) FROM events")[1]["Data"] == [{"VarCharValue": str(rows)}]:
            return
        here.boto3("DROP TABLE events")
    here.boto3(MAKE.format(t="events", days=DAYS, thousands=rows // 1000))


def measure(here: Lab) -> dict[str, Any]:
    """Return all figures."""
    duck = here.duckdb()
    found: dict[str, Any] = {"queries": {}}
    for name, text in QUERIES.items():
        sql = text.format(t="events")
        rounds = paired(*(lambda s=sql, way=way: way(s) for way in (here.boto3, here.boto3_file, here.trino)))
        client = seconds(here.parsing(sql))
        for theirs, ours in DUCKDB.items():
            sql = sql.replace(theirs, ours)
        by = {
            "boto3_s": statistics.median(paged for paged, _, _ in rounds),
            "trino_s": statistics.median(own for _, _, own in rounds),
            "client_s": client,
            "duckdb_s": seconds(lambda s=sql: duck.execute(s).fetchall()),
            "ratio": statistics.median(paged / own for paged, _, own in rounds),
            "ratio_lab": statistics.median((paged - client) / own for paged, _, own in rounds),
            "ratio_file": statistics.median(file / own for _, file, own in rounds),
        }
        found["queries"][name] = {key: round(value, 3) for key, value in by.items()}
    found["select_1_ms"] = round(1000 * seconds(lambda: here.boto3("SELECT 1"), 30))
    found["eight_clients_queries_per_s"] = round(_parallel(here), 1)
    before = here.memory_mb()["aws"]
    start = time.perf_counter()
    here.boto3("SELECT vehicle_id, event_time, speed_kmh FROM events LIMIT 1000000", fetch=False)
    found["million_rows_to_csv_s"] = round(time.perf_counter() - start, 1)
    found["million_rows_memory_growth_mb"] = round(here.memory_mb()["aws"] - before, 1)
    found["resident_mb"] = here.memory_mb()
    return found


def _parallel(here: Lab, clients: int = 8, each: int = 5) -> float:
    sql = QUERIES["one day"].format(t="events")
    start = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(here.boto3, [sql] * clients * each))
    return clients * each / (time.perf_counter() - start)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--json", action="store_true", help="print JSON only")
    asked = parser.parse_args()
    here = Lab(lab.home())
    prepare(here, asked.rows)
    found = {"rows": asked.rows, **measure(here)}
    if asked.json:
        print(json.dumps(found, indent=1))
        return
    print(f"{'query':22}" + "".join(f"{key:>12}" for key in next(iter(found["queries"].values()))))
    for name, row in found["queries"].items():
        print(f"{name:22}" + "".join(f"{value:12.3f}" for value in row.values()))
    print("\n".join(f"{key}: {value}" for key, value in found.items() if key != "queries"))


if __name__ == "__main__":
    main()

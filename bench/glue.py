"""Measure the crawler on the running lab: many small files, all new, then unchanged, then a few more.

Run: `python bench/glue.py [--objects 10000] [--json]` while the lab is up. Seconds are from StartCrawler to READY.
"""

from __future__ import annotations

import argparse
import io
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
from botocore.config import Config

from localcloud import card, lab

BUCKET, DATABASE, CRAWLER = "bench-glue", "bench_glue", "bench-glue"
FOLDERS = 240
"""Partitions: ten days of 24 hours."""
LIMIT_S = 600
ROLE = "arn:aws:iam::123456789012:role/bench"


def clients() -> tuple[Any, Any]:
    """Return the clients of S3 and Glue on the lab."""
    env = card.environment(lab.home())
    session = boto3.session.Session(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], region_name="us-east-1")
    config = Config(max_pool_connections=16)
    return (
        session.client("s3", endpoint_url=env["AWS_ENDPOINT_URL_S3"], config=config),
        session.client("glue", endpoint_url=env["AWS_ENDPOINT_URL"]),
    )


def fill(s3: Any, first: int, count: int) -> None:
    """Put files `first` to `first + count` into their folders."""
    body = io.BytesIO()
    table = pa.table(
        {"vehicle_id": ["v1", "v2"], "speed_kmh": [50.0, 61.5], "at": pa.array([0, 1], pa.timestamp("ms"))}
    )
    pq.write_table(table, body)

    def put(number: int) -> None:
        folder = number % FOLDERS
        key = f"readings/event_date=2026-01-{folder // 24 + 1:02d}/hour={folder % 24:02d}/{number}.parquet"
        s3.put_object(Bucket=BUCKET, Key=key, Body=body.getvalue())

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(put, range(first, first + count)))


def empty(s3: Any) -> None:
    """Delete what an earlier run left."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    for page in pages:
        keys = [{"Key": one["Key"]} for one in page.get("Contents", [])]
        if keys:
            s3.delete_objects(Bucket=BUCKET, Delete={"Objects": keys})


def crawl(glue: Any) -> float:
    """Run the crawler to its end; return the seconds that it took."""
    begin = time.monotonic()
    glue.start_crawler(Name=CRAWLER)
    while time.monotonic() - begin < LIMIT_S:
        found = glue.get_crawler(Name=CRAWLER)["Crawler"]
        if found["State"] == "READY":
            if found["LastCrawl"]["Status"] != "SUCCEEDED":
                raise RuntimeError(found["LastCrawl"])
            return time.monotonic() - begin
        time.sleep(0.05)
    raise RuntimeError(f"The crawl did not end within {LIMIT_S} s")


def measure(objects: int) -> dict[str, Any]:
    """Return the seconds of the three crawls, and what the catalog holds then."""
    s3, glue = clients()
    if BUCKET not in [one["Name"] for one in s3.list_buckets()["Buckets"]]:
        s3.create_bucket(Bucket=BUCKET)
    empty(s3)
    for forget in (lambda: glue.delete_database(Name=DATABASE), lambda: glue.delete_crawler(Name=CRAWLER)):
        try:
            forget()
        except glue.exceptions.EntityNotFoundException:
            continue
    glue.create_database(DatabaseInput={"Name": DATABASE})
    glue.create_crawler(
        Name=CRAWLER, Role=ROLE, DatabaseName=DATABASE, Targets={"S3Targets": [{"Path": f"s3://{BUCKET}/readings/"}]}
    )
    more = objects // 100
    fill(s3, 0, objects)
    seconds = {"all_new": crawl(glue), "unchanged": crawl(glue)}
    fill(s3, objects, more)
    seconds["one_percent_new"] = crawl(glue)
    table = glue.get_table(DatabaseName=DATABASE, Name="readings")["Table"]
    pages = glue.get_paginator("get_partitions").paginate(DatabaseName=DATABASE, TableName="readings")
    counts = {key: int(table["Parameters"][key]) for key in ("objectCount", "recordCount")}
    partitions = sum(len(page["Partitions"]) for page in pages)
    if counts["objectCount"] != objects + more or counts["recordCount"] != 2 * (objects + more):
        raise RuntimeError(f"The catalog counts {counts}, not {objects + more} objects of two records")
    return {"objects": objects, "seconds": seconds, "partitions": partitions, **counts}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = measure(asked.objects)
    if asked.json:
        print(json.dumps(found, indent=1))
        return
    print(f"{found['objectCount']:,} objects in {found['partitions']} partitions")
    for name, seconds in found["seconds"].items():
        print(f"{name:<16} {seconds:6.1f} s")


if __name__ == "__main__":
    main()

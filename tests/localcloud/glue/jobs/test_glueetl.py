"""Spark jobs on the lab, with the package awsglue: frames, the catalog, and bookmarks over kills."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pyarrow.parquet as pq
import pytest

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]

SCRIPT = """
import os, sys
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.transforms import ApplyMapping, Filter
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME", "bucket", "die"])
context = GlueContext(SparkContext())
job = Job(context)
job.init(args["JOB_NAME"], args)
paths = {"paths": [f"s3://{args['bucket']}/in/"]}
source = context.create_dynamic_frame.from_options("s3", paths, "json", transformation_ctx="source")
print("read", source.count())
kept = Filter.apply(frame=source, f=lambda record: record["id"] >= 0)
fields = [("id", "long", "id", "int"), ("geo.lat", "double", "lat", "double"), ("day", "string", "day", "string")]
fact = ApplyMapping.apply(frame=kept, mappings=fields)
sink = context.getSink("s3", path=f"s3://{args['bucket']}/out/", enableUpdateCatalog=True, partitionKeys=["day"])
sink.setFormat("parquet")
sink.setCatalogInfo(catalogDatabase="jobs_test", catalogTableName="fact")
sink.writeFrame(fact)
if args["die"] == "before the commit":
    os.kill(os.getpid(), 9)
job.commit()
back = context.create_dynamic_frame.from_catalog("jobs_test", "fact", push_down_predicate="day = 'mon'")
print("monday", back.count(), back.toDF().schema.simpleString())
try:
    context.purge_table("jobs_test", "fact")
except NotImplementedError as error:
    print("lacks", error)
"""


class Lake:
    """A bucket with input in folders of days, and a job that makes a table of it."""

    def __init__(self) -> None:
        self.s3, self.glue, self.logs = (boto3.client(name) for name in ("s3", "glue", "logs"))
        self.bucket = f"jobs-{time.time_ns()}"
        self.s3.create_bucket(Bucket=self.bucket)
        self.put("script.py", SCRIPT)
        self.glue.create_database(DatabaseInput={"Name": "jobs_test"})
        self.glue.create_job(
            Name=self.bucket,
            Role="LabRole",
            Command={"Name": "glueetl", "ScriptLocation": f"s3://{self.bucket}/script.py"},
            DefaultArguments={"--bucket": self.bucket, "--job-bookmark-option": "job-bookmark-enable", "--die": "no"},
        )

    def put(self, key: str, body: str) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body.encode())

    def add(self, day: str, first: int, count: int) -> None:
        """Add a file of records."""
        records = [{"id": first + number, "geo": {"lat": number / 2}} for number in range(count)]
        self.put(f"in/day={day}/{first}.json", "\n".join(map(json.dumps, records)))

    def run(self, **arguments: str) -> dict[str, Any]:
        """Run the job to its end."""
        given = {f"--{name}": value for name, value in arguments.items()}
        run_id = self.glue.start_job_run(JobName=self.bucket, Arguments=given)["JobRunId"]
        while (run := self.glue.get_job_run(JobName=self.bucket, RunId=run_id)["JobRun"])["JobRunState"] in (
            "STARTING",
            "RUNNING",
        ):
            time.sleep(0.2)
        return run

    def lines(self, run: dict[str, Any], output: str = "output") -> list[str]:
        group = f"{run['LogGroupName']}/{output}"
        events = self.logs.get_log_events(logGroupName=group, logStreamName=run["Id"])["events"]
        return [event["message"] for event in events]

    def rows(self) -> list[tuple[str, int]]:
        """Return the day and the ID of each row that is in the output."""
        listed = self.s3.list_objects_v2(Bucket=self.bucket, Prefix="out/").get("Contents", [])
        rows = []
        for item in listed:
            body = self.s3.get_object(Bucket=self.bucket, Key=item["Key"])["Body"].read()
            day = item["Key"].split("day=")[1].split("/")[0]
            rows += [(day, number) for number in pq.read_table(io.BytesIO(body))["id"].to_pylist()]
        return sorted(rows)


@pytest.fixture
def lake(in_lab: Any) -> Iterator[Lake]:
    """A lake of its own, which is removed at the end."""
    made = Lake()
    yield made
    made.glue.delete_job(JobName=made.bucket)
    made.glue.delete_database(Name="jobs_test")


def test_a_kill_before_the_commit_loses_and_doubles_nothing(lake: Lake) -> None:
    """A run that was killed after its write is done again by the next, which removes its files; then only news count."""
    lake.add("mon", 0, 40)
    lake.add("tue", 100, 30)
    killed = lake.run(die="before the commit")
    assert (killed["JobRunState"], killed["ErrorMessage"]) == ("FAILED", "Command failed with exit code 137")
    first = lake.run()
    expected = [*(("mon", n) for n in range(40)), *(("tue", 100 + n) for n in range(30))]
    assert first["JobRunState"] == "SUCCEEDED", lake.lines(first, "error")
    assert lake.lines(first) == [
        "read 70",
        "monday 40 struct<id:int,lat:double,day:string>",
        "lacks GlueContext.purge_table",
    ]
    assert lake.rows() == expected
    lake.add("wed", 200, 5)
    second = lake.run()
    assert lake.lines(second)[0] == "read 5", lake.lines(second, "error")
    assert lake.rows() == [*expected, *(("wed", 200 + n) for n in range(5))]
    assert len(lake.glue.get_partitions(DatabaseName="jobs_test", TableName="fact")["Partitions"]) == 3

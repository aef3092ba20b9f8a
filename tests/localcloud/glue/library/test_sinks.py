"""What sinks do with the files of other runs, on an S3 of this process."""

from __future__ import annotations

import json
from pathlib import Path

import boto3
import pytest

from localcloud.glue.library.awsglue import sinks
from localcloud.glue.library.awsglue.job import Job
from localcloud.glue.library.awsglue.s3files import files_below

RUN, LOST, RETRY, OTHER = (f"jr_{digit * 64}{suffix}" for digit, suffix in (("1", ""), ("2", ""), ("2", "_attempt_1"), ("3", "")))  # fmt: skip


@pytest.fixture
def bucket(s3_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A bucket with files of three runs, one of which was lost, and of somebody else."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="sink")
    for run in (LOST, RETRY, OTHER):
        s3.put_object(Bucket="sink", Key=f"out/day=1/run-{sinks._name_of(run)}-1-part-r-00000.json", Body=b"x")
    s3.put_object(Bucket="sink", Key=f"out/_staging-{sinks._name_of(LOST)}-0/day=1/part-00000.json", Body=b"x")
    s3.put_object(Bucket="sink", Key="out/mine.json", Body=b"x")
    s3.put_object(Bucket="sink", Key=f"out2/run-{sinks._name_of(LOST)}-1-part-r-00000.json", Body=b"x")
    (tmp_path / "task.json").write_text(json.dumps({"run": RUN, "lost": [LOST], "bookmark": {}}))
    monkeypatch.setenv("LAB_GLUE_RUN", str(tmp_path))
    return "sink"


def keys(bucket: str) -> list[str]:
    return [item["Key"] for item in boto3.client("s3").list_objects_v2(Bucket=bucket)["Contents"]]


def begin(option: str) -> None:
    Job(None).init("j", {"job_bookmark_option": option})


def test_only_files_of_lost_runs_go(bucket: str) -> None:
    """At the sink's path, what a lost run left is removed; other runs, other paths and other files stay."""
    before = keys(bucket)
    begin("job-bookmark-enable")
    sinks._remove_lost("s3://sink/out/")
    gone = set(before) - set(keys(bucket))
    assert gone == {key for key in before if key.startswith("out/") and f"-{sinks._name_of(LOST)}-" in key}
    assert len(gone) == 2


@pytest.mark.parametrize("option", ["job-bookmark-disable", "job-bookmark-pause"])
def test_without_a_bookmark_nothing_goes(bucket: str, option: str) -> None:
    """A job that stores no bookmark removes no files."""
    before = keys(bucket)
    begin(option)
    sinks._remove_lost("s3://sink/out/")
    assert keys(bucket) == before


def test_a_source_sees_no_staged_files(bucket: str) -> None:
    """What is hidden, or next to the folder, is not read."""
    uris = [file.uri for file in files_below("s3://sink/out")]
    assert len(uris) == 4
    assert not [uri for uri in uris if "_staging" in uri or "out2" in uri]


def test_an_option_without_effect_is_refused() -> None:
    """A sink names what it does not know."""
    with pytest.raises(NotImplementedError, match="sink options: useGlueParquetWriter"):
        sinks.S3Sink({"path": "s3://b/k", "useGlueParquetWriter": True})


@pytest.mark.parametrize(("text", "value"), [("a%2Fb", "a/b"), ("plain", "plain"), ("%3D%25", "=%")])
def test_values_of_partitions_are_unescaped(text: str, value: str) -> None:
    """The catalog has a partition's value, not the name of its folder."""
    assert sinks._unescaped(text) == value

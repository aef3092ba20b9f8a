"""Jobs of an AWS API in this process, whose scripts are in an S3 of this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from localcloud.glue import job_runs

ENDED = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR")


class Jobs:
    """A client of Glue that also puts scripts into S3."""

    def __init__(self, glue: Any, logs: Any, s3: Any) -> None:
        self.glue, self.logs, self.s3 = glue, logs, s3

    def create(self, script: str, name: str = "j", command: str = "pythonshell", **members: Any) -> str:
        """Create a job that runs this script."""
        self.s3.put_object(Bucket="scripts", Key=f"{name}.py", Body=script.encode())
        where = {"Name": command, "ScriptLocation": f"s3://scripts/{name}.py"}
        self.glue.create_job(Name=name, Role="LabRole", Command=where, **members)
        return name

    def run(self, script: str, **members: Any) -> dict[str, Any]:
        """Create a job and run it to its end."""
        name = self.create(script, **members)
        return self.wait(name, self.glue.start_job_run(JobName=name)["JobRunId"])

    def get(self, name: str, run_id: str) -> dict[str, Any]:
        return self.glue.get_job_run(JobName=name, RunId=run_id)["JobRun"]

    def wait(self, name: str, run_id: str, states: tuple[str, ...] = ENDED) -> dict[str, Any]:
        """Wait until a run is in one of these states."""
        limit = time.monotonic() + 120
        while (run := self.get(name, run_id))["JobRunState"] not in states:
            assert time.monotonic() < limit, run
            assert run["JobRunState"] not in ENDED, run
            time.sleep(0.05)
        return run

    def lines(self, run: dict[str, Any], output: str = "output") -> list[str]:
        """Return what a run wrote to its log."""
        group = f"{run['LogGroupName']}/{output}"
        return [e["message"] for e in self.logs.get_log_events(logGroupName=group, logStreamName=run["Id"])["events"]]


@pytest.fixture
def jobs(client: Callable[..., Any], s3_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jobs]:
    """Jobs of an empty account; what still runs at the end is killed."""
    monkeypatch.setenv("LOCALCLOUD_STATE", str(tmp_path / "state"))
    s3 = boto3.client("s3", endpoint_url=s3_url)
    s3.create_bucket(Bucket="scripts")
    yield Jobs(client("glue"), client("logs"), s3)
    job_runs.stop_all()

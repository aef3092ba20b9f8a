"""A fresh Python process that knows the lab by `./lab env` alone, and a small table for it to ask."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

BUCKET = "client-tests"
PREPARE = f"""
import boto3, awswrangler as wr, pandas as pd
s3 = boto3.client("s3")
if "{BUCKET}" not in [one["Name"] for one in s3.list_buckets()["Buckets"]]:
    s3.create_bucket(Bucket="{BUCKET}")
wr.catalog.create_database("client_tests", exist_ok=True)
frame = pd.DataFrame({{"city": ["bonn", "bonn", "kiel"], "speed_kmh": [30.5, 41.0, 52.25], "cars": [1, 2, 3]}})
wr.s3.to_parquet(frame, "s3://{BUCKET}/speeds/", dataset=True, mode="overwrite", database="client_tests", table="speeds",
                 partition_cols=["city"])
"""


@pytest.fixture(scope="session")
def run_alone(lab_env: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Run a script in a process of its own, in an empty folder, and return what it prints."""

    def run(script: str) -> str:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        folder: Path = tmp_path_factory.mktemp("alone")
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={**kept, **lab_env},
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.strip()

    run(PREPARE)
    return run

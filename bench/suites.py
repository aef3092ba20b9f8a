"""Run the tests of Athena's and S3's clients, unmodified, against the running lab: aws-sdk-pandas and PyAthena.

    eval "$(./lab env)"
    python bench/suites.py awswrangler FOLDER [--python PYTHON] [--json] [-- arguments of pytest]
    python bench/suites.py awswrangler_s3 FOLDER ...
    python bench/suites.py pyathena FOLDER ...

FOLDER is a checkout of the project (awswrangler: of aws-sdk-pandas) at the version that PYTHON has installed, together
with its test packages and pytest-xdist. The tests take names from a CloudFormation stack or from variables; this script
makes what these name, runs the tests, and prints how many passed, failed and were skipped, each failure with its last
line. `docs/suites.md` holds the outcome and the reasons.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

BUCKET = "client-suites"
STACK = "aws-sdk-pandas-base"
DATABASE = "aws_sdk_pandas"
LIMIT_S = 7200
TEST_LIMIT_S = 240
FILES = {
    "awswrangler": [f"tests/unit/test_{name}.py" for name in (
        "athena", "athena_cache", "athena_csv", "athena_geospatial", "athena_iceberg", "athena_parquet",
        "athena_prepared", "athena_projection", "catalog", "metadata",
    )],
    "awswrangler_s3": [f"tests/unit/test_s3{name}.py" for name in (
        "", "_deltalake", "_excel", "_orc", "_parquet", "_select", "_tables", "_text", "_text_compressed", "_vectors",
        "_vectors_mocked", "_wait",
    )],
    "pyathena": ["tests/pyathena"],
}  # fmt: skip


def ensure_bucket() -> None:
    """Make the bucket of the suites, with versions, as the template of aws-sdk-pandas does."""
    client = boto3.client("s3")
    with contextlib.suppress(ClientError):
        client.create_bucket(Bucket=BUCKET)
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})


def ensure_stack() -> None:
    """Make the stack whose outputs aws-sdk-pandas reads; its own template needs services that the lab does not have."""
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": json.dumps({"Version": "2012-10-17", "Statement": []})}}
    outputs: dict[str, Any] = {
        "Region": os.environ["AWS_DEFAULT_REGION"],
        "KmsKeyArn": {"Fn::GetAtt": ["Key", "Arn"]},
        "BucketName": BUCKET,
        "BucketAccessPointArn": BUCKET,
        "GlueDatabaseName": DATABASE,
    }
    template = {"Resources": {"Key": key}, "Outputs": {name: {"Value": value} for name, value in outputs.items()}}
    athena, cloudformation = boto3.client("athena"), boto3.client("cloudformation")
    for group in athena.list_work_groups()["WorkGroups"]:
        if group["Name"].startswith("aws_sdk_pandas_"):  # of an earlier run, with that run's key
            athena.delete_work_group(WorkGroup=group["Name"], RecursiveDeleteOption=True)
    cloudformation.delete_stack(StackName=STACK)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=STACK)
    cloudformation.create_stack(StackName=STACK, TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=STACK)
    database = {"Name": DATABASE, "LocationUri": f"s3://{BUCKET}"}
    with contextlib.suppress(ClientError):
        boto3.client("glue").create_database(DatabaseInput=database)


def ensure_workgroups() -> dict[str, str]:
    """Make what PyAthena's tests expect of an account; return the variables that name it."""
    output = {"OutputLocation": f"s3://{BUCKET}/pyathena-workgroup/"}
    configuration = {"ResultConfiguration": output, "EnforceWorkGroupConfiguration": False}
    with contextlib.suppress(ClientError):
        boto3.client("athena").create_work_group(Name="pyathena", Configuration=configuration)
    api = os.environ["AWS_ENDPOINT_URL"]
    return {
        # Polars looks for S3 at the one address, boto3 takes that of a service first.
        "AWS_ENDPOINT_URL": os.environ["AWS_ENDPOINT_URL_S3"],
        **{f"AWS_ENDPOINT_URL_{service}": api for service in ("ATHENA", "GLUE", "STS")},
        "AWS_ATHENA_S3_STAGING_DIR": f"s3://{BUCKET}/pyathena/",
        "AWS_ATHENA_WORKGROUP": "pyathena",
        "AWS_ATHENA_SPARK_WORKGROUP": "pyathena-spark",
    }


def run(suite: str, folder: Path, python: str, more: list[str]) -> ElementTree.Element:
    """Run the tests of a suite; return pytest's report."""
    ensure_bucket()
    extra = ensure_workgroups() if suite == "pyathena" else {}
    if suite.startswith("awswrangler"):
        ensure_stack()
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        chosen = [] if any(one.startswith("tests/") for one in more) else FILES[suite]
        command = [
            python,
            "-m",
            "pytest",
            "-q",
            "--tb=short",
            "--show-capture=no",
            f"--timeout={TEST_LIMIT_S}",
            f"--junitxml={report}",
        ]
        subprocess.run(
            [*command, *chosen, *more], cwd=folder, env={**os.environ, **extra}, timeout=LIMIT_S, stdout=sys.stderr
        )
        return ElementTree.parse(report).getroot()


def outcomes(report: ElementTree.Element) -> dict[str, list[tuple[str, str]]]:
    """Return the tests of each outcome with the line that tells why."""
    found: dict[str, list[tuple[str, str]]] = collections.defaultdict(list)
    for case in report.iter("testcase"):
        name = f"{case.get('classname', '').rpartition('.')[2]}::{case.get('name')}"
        problem = next((one for one in case if one.tag in ("failure", "error", "skipped")), None)
        kind = "passed" if problem is None else {"skipped": "skipped"}.get(problem.tag, "failed")
        if problem is not None and problem.get("type") == "pytest.xfail":
            kind = "expected to fail"
        found[kind].append((name, "" if problem is None else _why(problem)))
    return found


def _why(problem: ElementTree.Element) -> str:
    """Return the first line of the message; for a skipped test the reason that its author gave."""
    said = (problem.text or "").rpartition("Skipped: ")[2] if problem.tag == "skipped" else ""
    lines = (said or problem.get("message") or problem.text or "").strip().splitlines()
    return lines[0] if lines else ""


def main() -> None:
    """Run a suite and print its outcome."""
    own, more = sys.argv[1:], []
    if "--" in own:
        own, more = own[: own.index("--")], own[own.index("--") + 1 :]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", choices=sorted(FILES))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(own)
    if "AWS_ENDPOINT_URL" not in os.environ:
        sys.exit('The lab\'s address is not set. Try: eval "$(./lab env)"')
    found = outcomes(run(asked.suite, asked.folder, asked.python, more))
    if asked.json:
        print(json.dumps(found, indent=1))
        return
    print(", ".join(f"{len(tests)} {kind}" for kind, tests in sorted(found.items())))
    for kind in ("failed", "skipped", "expected to fail"):
        for name, why in found.get(kind, []):
            print(f"{kind}: {name}: {why[:200]}")


if __name__ == "__main__":
    main()

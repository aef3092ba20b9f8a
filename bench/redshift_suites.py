"""Run the tests of Redshift's clients against the running lab, unmodified: aws-sdk-pandas and redshift_connector.

    eval "$(./lab env)"
    python bench/redshift_suites.py awswrangler FOLDER [--json] [-- arguments of pytest]
    python bench/redshift_suites.py redshift_connector FOLDER ...

FOLDER is a checkout of the project. aws-sdk-pandas takes its names from a CloudFormation stack and logs in by a Glue
connection, redshift_connector from `test/config.ini`; this script makes these, runs the tests, and prints how many
passed, failed and were skipped, each failure with its last line. `docs/suites.md` holds the outcome and the reasons.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import configparser
import contextlib
import json
import os
import shlex
import subprocess
import sys
import tempfile
import threading
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import psycopg
from botocore.exceptions import ClientError

BUCKET, STACK, CONNECTION = "client-suites", "aws-sdk-pandas-databases", "aws-sdk-pandas-redshift"
PASSWORD = "Suites-of-clients-1"
BASE = "aws-sdk-pandas-base"
ROLE = "arn:aws:iam::123456789012:role/LabRole"
LIMIT_S, TEST_LIMIT_S, USUAL_PORT = 7200, 120, 5439
METADATA_DATABASE = "dev"
"""The tests of metadata have the name of the database written into them."""
FILES = {
    "awswrangler": ["tests/unit/test_redshift.py", "tests/unit/test_data_api.py"],
    "redshift_connector": ["test/integration"],
    # Some 5,700 combinations of patterns, roles and cross-database options of the driver's metadata calls.
    "redshift_connector_metadata": ["test/integration/metadata"],
}
# Another way in than the lab has: a browser, Okta, Azure, an identity centre.
LEFT_OUT = {
    "awswrangler": [],
    "redshift_connector": [
        f"test/integration/{one}" for one in ("plugin", "metadata", "test_idp_token_auth_integration.py")
    ],
    "redshift_connector_metadata": [],
}


def ensure_stack(name: str, outputs: dict[str, Any]) -> None:
    """Make a stack that has these outputs."""
    resources = {
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Version": "2012-10-17", "Statement": []}}}
    }
    template = {"Resources": resources, "Outputs": {key: {"Value": value} for key, value in outputs.items()}}
    cloudformation = boto3.client("cloudformation")
    with contextlib.suppress(ClientError):
        cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))


def ensure_connection(secret: str) -> None:
    """Make the Glue connection by which the tests log in."""
    env = os.environ
    url = f"jdbc:redshift://{env['REDSHIFT_HOST']}:{env['REDSHIFT_PORT']}/{env['REDSHIFT_DATABASE']}"
    properties = {"JDBC_CONNECTION_URL": url, "SECRET_ID": secret}
    wanted = {"Name": CONNECTION, "ConnectionType": "JDBC", "ConnectionProperties": properties}
    glue = boto3.client("glue")
    with contextlib.suppress(glue.exceptions.AlreadyExistsException):
        glue.create_connection(ConnectionInput=wanted)


def connect() -> psycopg.Connection[Any]:
    """Connect to the lab's Redshift as its admin."""
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "DATABASE"}
    given: dict[str, Any] = {key: os.environ[f"REDSHIFT_{value}"] for key, value in names.items()}
    return psycopg.connect(**given, autocommit=True)


def make_user(name: str) -> None:
    """Make the database user that the tests log in as, with all rights in the schema that they use."""
    with connect() as connection:
        with contextlib.suppress(psycopg.errors.DuplicateObject):
            connection.execute(f"CREATE USER {name} PASSWORD '{PASSWORD}'".encode())
        with contextlib.suppress(psycopg.errors.DuplicateDatabase):
            connection.execute(f"CREATE DATABASE {name}".encode())
        connection.execute(f"GRANT ALL ON SCHEMA public TO {name}".encode())


def prepare_awswrangler(_folder: Path) -> None:
    """Make the bucket, the stacks and the connection that the tests name."""
    env = os.environ
    with contextlib.suppress(ClientError):
        boto3.client("s3").create_bucket(Bucket=BUCKET)
    secrets = boto3.client("secretsmanager")
    secret = secrets.describe_secret(SecretId="smartcity/redshift")["ARN"]
    for name, text in (
        ("db_password", PASSWORD),
        ("redshift", secrets.get_secret_value(SecretId=secret)["SecretString"]),
    ):
        with contextlib.suppress(secrets.exceptions.ResourceExistsException):
            secrets.create_secret(Name=f"aws-sdk-pandas/{name}", SecretString=text)
        secrets.put_secret_value(SecretId=f"aws-sdk-pandas/{name}", SecretString=text)
    make_user("test")
    base = {
        "Region": env["AWS_DEFAULT_REGION"],
        "KmsKeyArn": {"Fn::GetAtt": ["Key", "Arn"]},
        "BucketName": BUCKET,
        "GlueDatabaseName": "aws_sdk_pandas",
    }
    redshift = {
        "RedshiftSecretArn": secret,
        "RedshiftAddress": env["REDSHIFT_HOST"],
        "RedshiftPort": env["REDSHIFT_PORT"],
        "RedshiftIdentifier": "smartcity",
        "RedshiftSchema": "public",
        "RedshiftDatabase": env["REDSHIFT_DATABASE"],
        "RedshiftRole": ROLE,
        "RedshiftServerlessSecretArn": secret,
        "RedshiftServerlessWorkgroup": "smartcity",
        "RedshiftServerlessDatabase": env["REDSHIFT_DATABASE"],
        "DatabasesUsername": env["REDSHIFT_USER"],
        "DatabasesPassword": env["REDSHIFT_PASSWORD"],
    }
    ensure_stack(BASE, base)
    ensure_stack(STACK, redshift)
    with contextlib.suppress(ClientError):
        boto3.client("glue").create_database(DatabaseInput={"Name": "aws_sdk_pandas", "LocationUri": f"s3://{BUCKET}"})
    ensure_connection(secret)


def make_database(name: str) -> None:
    """Make a database."""
    with contextlib.suppress(psycopg.errors.DuplicateDatabase), connect() as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())


def prepare_redshift_connector(folder: Path, database: str) -> None:
    """Write the configuration that the tests read; the file is theirs to have, and not in their repository."""
    env, config = os.environ, configparser.ConfigParser()
    config["ci-cluster"] = {
        "database": database,
        "host": env["REDSHIFT_HOST"],
        "test_user": env["REDSHIFT_USER"],
        "test_password": env["REDSHIFT_PASSWORD"],
        "region": env["AWS_DEFAULT_REGION"],
        "cluster_identifier": "smartcity",
    }
    config["default-test"] = {"port": env["REDSHIFT_PORT"], "ssl": "true", "sslmode": "verify-ca"}
    with (folder / "test" / "config.ini").open("w") as file:
        config.write(file)


@contextlib.contextmanager
def usual_port() -> Iterator[None]:
    """Forward Redshift's usual port, which the tests' psql has fixed, to the lab's."""

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far = await asyncio.open_connection(os.environ["REDSHIFT_HOST"], int(os.environ["REDSHIFT_PORT"]))
        await asyncio.gather(copy(reader, far[1]), copy(far[0], writer))

    async def serve() -> None:
        async with await asyncio.start_server(forward, "127.0.0.1", USUAL_PORT) as server:
            await server.serve_forever()

    loop = asyncio.new_event_loop()
    serving = loop.create_task(serve())
    threading.Thread(target=lambda: loop.run_until_complete(asyncio.gather(serving, return_exceptions=True))).start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(serving.cancel)


def run(suite: str, folder: Path, extra: list[str]) -> dict[str, Any]:
    """Run the tests; return the counts and the failures."""
    if suite == "awswrangler":
        prepare_awswrangler(folder)
    elif suite == "redshift_connector":
        prepare_redshift_connector(folder, os.environ["REDSHIFT_DATABASE"])
    else:
        make_database(METADATA_DATABASE)
        prepare_redshift_connector(folder, METADATA_DATABASE)
    with tempfile.TemporaryDirectory() as made, usual_port():
        report = Path(made) / "report.xml"
        options = ["-q", "-o", "addopts=", "-o", "filterwarnings=", "-p", "no:cacheprovider", f"--junitxml={report}"]
        options += [f"--timeout={TEST_LIMIT_S}", *(f"--ignore={one}" for one in LEFT_OUT[suite])]
        argv = [sys.executable, "-m", "pytest", *options, *FILES[suite], *extra]
        subprocess.run(argv, cwd=folder, timeout=LIMIT_S, check=False, stdout=sys.stderr)
        return outcome(report)


def outcome(report: Path) -> dict[str, Any]:
    """Return what a report of pytest holds."""
    outcomes, failures = dict[str, str](), dict[str, str]()
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        test = f"{case.get('classname')}.{case.get('name')}"
        bad = case.find("failure") if case.find("failure") is not None else case.find("error")
        if bad is not None:
            lines = (bad.get("message") or "").strip().splitlines() or [""]
            failures.setdefault(test, lines[0][:300])
        # A test that fails, and again when it is cleaned up, is in the report twice.
        outcomes[test] = "failed" if test in failures else "skipped" if case.find("skipped") is not None else "passed"
    return {**collections.Counter(outcomes.values()), "failures": failures}


def main() -> None:
    """Print the outcome."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", choices=sorted(FILES))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true")
    own, _, extra = " ".join(sys.argv[1:]).partition(" -- ")
    asked = parser.parse_args(own.split())
    found = run(asked.suite, asked.folder.resolve(), shlex.split(extra))
    if asked.json:
        print(json.dumps(found))
        return
    for name in ("passed", "failed", "skipped"):
        print(f"{name:<8} {found.get(name, 0)}")
    for test, message in found["failures"].items():
        print(f"{test}\n    {message}")


if __name__ == "__main__":
    main()

"""Run dbt's own functional tests for Redshift and Athena against the running lab, unmodified.

    eval "$(./lab env)"
    python bench/dbt_suites.py redshift FOLDER [--python PYTHON] [--json] [-- arguments of pytest]
    python bench/dbt_suites.py athena FOLDER ...

FOLDER is `dbt-redshift` or `dbt-athena` in a checkout of dbt-adapters, at the commit of the version that PYTHON has
installed, together with dbt-tests-adapter, pytest, pytest-timeout, pytest-xdist and flaky. This script makes the users,
groups and databases that the tests name, runs them, and prints how many passed, failed and were skipped.
`docs/suites.md` holds the outcome and the reasons.
"""

from __future__ import annotations

import argparse
import configparser
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import boto3
import psycopg
from botocore.exceptions import ClientError
from redshift_suites import PASSWORD, connect, outcome

BUCKET, WORKGROUP, SCHEMA = "client-suites", "dbt-athena", "dbt_athena"
LIMIT_S, TEST_LIMIT_S = 7200, 600
CROSS_DATABASE, HYPHEN_DATABASE = "dbt_cross", "dbt-hyphen"
EXISTING_DATABASE = "db_for_test__do_delete_if_you_see_this"
"""The tests of autocommit expect that this database exists, since their first run creates it and they never drop it."""
PROFILE = "client-suites"


def write_profile(file: Path) -> dict[str, str]:
    """Write the profile with which some tests log in through IAM; return the variables of all tests that do."""
    file.touch(mode=0o600)
    profile = configparser.ConfigParser()
    profile[PROFILE] = {
        "aws_access_key_id": os.environ["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": os.environ["AWS_SECRET_ACCESS_KEY"],
    }
    with file.open("w") as stream:
        profile.write(stream)
    return {
        "AWS_SHARED_CREDENTIALS_FILE": str(file),
        "REDSHIFT_TEST_IAM_USER_PROFILE": PROFILE,
        "REDSHIFT_TEST_IAM_USER_ACCESS_KEY_ID": os.environ["AWS_ACCESS_KEY_ID"],
        "REDSHIFT_TEST_IAM_USER_SECRET_ACCESS_KEY": os.environ["AWS_SECRET_ACCESS_KEY"],
    }


def prepare_redshift(folder: Path) -> dict[str, str]:
    """Make the users, groups and databases that the tests name; return the variables that name them."""
    env = os.environ
    numbers = (1, 2, 3)
    statements = [f"CREATE USER dbt_test_user_{number} PASSWORD '{PASSWORD}'" for number in numbers]
    statements += [f"CREATE GROUP dbt_test_group_{number}" for number in numbers]
    statements += [f'CREATE DATABASE "{name}"' for name in (CROSS_DATABASE, HYPHEN_DATABASE, EXISTING_DATABASE)]
    with connect() as connection:
        for statement in statements:
            with contextlib.suppress(psycopg.errors.DuplicateObject, psycopg.errors.DuplicateDatabase):
                connection.execute(statement.encode())
    names = {"HOST": "HOST", "PORT": "PORT", "DBNAME": "DATABASE", "USER": "USER", "PASS": "PASSWORD"}
    return {
        **{f"REDSHIFT_TEST_{name}": env[f"REDSHIFT_{source}"] for name, source in names.items()},
        **{f"DBT_TEST_USER_{number}": f"dbt_test_user_{number}" for number in numbers},
        **{f"DBT_TEST_GROUP_{number}": f"dbt_test_group_{number}" for number in numbers},
        **write_profile(folder / "credentials"),
        "REDSHIFT_TEST_REGION": env["AWS_DEFAULT_REGION"],
        "REDSHIFT_TEST_CLUSTER_ID": "smartcity",
        "REDSHIFT_TEST_CROSS_DBNAME": CROSS_DATABASE,
        "REDSHIFT_TEST_DBNAME_W_HYPHEN": HYPHEN_DATABASE,
    }


def prepare_athena(_folder: Path) -> dict[str, str]:
    """Make the bucket and the workgroup; return the variables that name them."""
    with contextlib.suppress(ClientError):
        boto3.client("s3").create_bucket(Bucket=BUCKET)
    output = {"ResultConfiguration": {"OutputLocation": f"s3://{BUCKET}/dbt/"}, "EnforceWorkGroupConfiguration": False}
    with contextlib.suppress(ClientError):
        boto3.client("athena").create_work_group(Name=WORKGROUP, Configuration=output)
    names = {
        "S3_STAGING_DIR": f"s3://{BUCKET}/dbt/",
        "S3_TMP_TABLE_DIR": f"s3://{BUCKET}/dbt-tables/",
        "REGION_NAME": os.environ["AWS_DEFAULT_REGION"],
        "DATABASE": "awsdatacatalog",
        "SCHEMA": SCHEMA,
        "WORK_GROUP": WORKGROUP,
        "POLL_INTERVAL": "0.1",
    }
    return {f"DBT_TEST_ATHENA_{name}": value for name, value in names.items()}


PREPARE = {"redshift": prepare_redshift, "athena": prepare_athena}


def run(suite: str, folder: Path, python: str, extra: list[str]) -> dict[str, Any]:
    """Run the tests; return the counts and the failures."""
    with tempfile.TemporaryDirectory() as made:
        env = {**os.environ, **PREPARE[suite](Path(made)), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
        report = Path(made) / "report.xml"
        options = ["-q", "--tb=short", "--show-capture=no", "-o", "addopts=", "-p", "no:cacheprovider"]
        options += [f"--timeout={TEST_LIMIT_S}", f"--junitxml={report}"]
        tests = [] if any(name.startswith("tests/") for name in extra) else ["tests/functional"]
        argv = [python, "-m", "pytest", *options, *tests, *extra]
        subprocess.run(argv, cwd=folder, env=env, timeout=LIMIT_S, check=False, stdout=sys.stderr)
        return outcome(report)


def main() -> None:
    """Print the outcome."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", choices=sorted(PREPARE))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--json", action="store_true")
    own, extra = sys.argv[1:], []
    if "--" in own:
        own, extra = own[: own.index("--")], own[own.index("--") + 1 :]
    arguments = parser.parse_args(own)
    if "REDSHIFT_HOST" not in os.environ:
        sys.exit('The lab\'s address is not set. Try: eval "$(./lab env)"')
    result = run(arguments.suite, arguments.folder.resolve(), arguments.python, extra)
    if arguments.json:
        print(json.dumps(result))
        return
    for name in ("passed", "failed", "skipped"):
        print(f"{name:<8} {result.get(name, 0)}")
    for test, message in result["failures"].items():
        print(f"{test}\n    {message}")


if __name__ == "__main__":
    main()

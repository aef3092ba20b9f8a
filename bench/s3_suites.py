"""Run ceph/s3-tests, unmodified, against the running lab's S3.

    eval "$(./lab env)"
    python bench/s3_suites.py FOLDER [--python PYTHON] [--json] [-- arguments of pytest]

FOLDER is a checkout of ceph/s3-tests. PYTHON has what its requirements.txt names, pytest-timeout, and, for `-n 2`,
pytest-xdist: each process prefixes its buckets with a name of its own. All users of the tests are the lab's one user.
The script creates two KMS keys, runs the tests, and prints how many passed, failed and were skipped, each failure with
the line that tells why. `docs/suites.md` holds the outcome and the reasons.
"""

from __future__ import annotations

import argparse
import configparser
import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from urllib.parse import urlsplit

import boto3
from suites import outcomes

TESTS = "s3tests/functional/test_s3.py"
LEFT_OUT = "acl or policy or lifecycle or object_lock or atomic or huge"
LIMIT_S, TEST_LIMIT_S = 3600, 300


def configuration() -> configparser.RawConfigParser:
    """Return the tests' configuration: the lab's address, its keys for each user, and two KMS keys."""
    address = urlsplit(os.environ["AWS_ENDPOINT_URL_S3"])
    config = configparser.RawConfigParser()
    config["DEFAULT"] = {"host": str(address.hostname), "port": str(address.port), "is_secure": "False"}
    config["fixtures"] = {"bucket prefix": "s3tests-{random}-"}
    user = {
        "access_key": os.environ["AWS_ACCESS_KEY_ID"],
        "secret_key": os.environ["AWS_SECRET_ACCESS_KEY"],
        "user_id": "lab",
        "display_name": "lab",
        "email": "lab@example.com",
    }
    for section in ("s3 main", "s3 alt", "s3 tenant", "iam", "iam root", "iam alt root"):
        config[section] = user
    kms = boto3.client("kms")
    for name in ("kms_keyid", "kms_keyid2"):
        config["s3 main"][name] = kms.create_key(Description="ceph/s3-tests")["KeyMetadata"]["Arn"]  # as S3 returns it
    config["s3 main"]["api_name"] = ""
    config["s3 tenant"]["tenant"] = ""
    return config


def run(folder: Path, python: str, more: list[str]) -> ElementTree.Element:
    """Run the tests; return pytest's report."""
    with tempfile.TemporaryDirectory() as scratch:
        report, settings = Path(scratch) / "report.xml", Path(scratch) / "s3tests.conf"
        settings.touch(mode=0o600)
        with settings.open("w") as file:
            configuration().write(file)
        chosen = [] if any(argument.startswith("s3tests/") for argument in more) else [TESTS, "-k", f"not ({LEFT_OUT})"]
        command = [python, "-m", "pytest", "-q", "--tb=short", "--show-capture=no", "-m", "not fails_on_aws"]
        command += [f"--timeout={TEST_LIMIT_S}", f"--junitxml={report}", *chosen, *more]
        env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_ENDPOINT_URL")}
        env["S3TEST_CONF"] = str(settings)
        subprocess.run(command, cwd=folder, env=env, timeout=LIMIT_S, stdout=sys.stderr)
        return ElementTree.parse(report).getroot()


def main() -> None:
    """Run the suite and print its outcome."""
    own, more = sys.argv[1:], []
    if "--" in own:
        own, more = own[: own.index("--")], own[own.index("--") + 1 :]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(own)
    if "AWS_ENDPOINT_URL_S3" not in os.environ:
        sys.exit('The lab\'s address is not set. Try: eval "$(./lab env)"')
    results = outcomes(run(options.folder, options.python, more))
    if options.json:
        print(json.dumps(results, indent=1))
        return
    print(", ".join(f"{len(tests)} {outcome}" for outcome, tests in sorted(results.items())))
    for outcome in ("failed", "skipped", "expected to fail"):
        for name, reason in results.get(outcome, []):
            print(f"{outcome}: {name}: {reason[:200]}")


if __name__ == "__main__":
    main()

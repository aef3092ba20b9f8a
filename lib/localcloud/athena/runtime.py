"""The parts of Athena that live as long as the process: the engine's address, the clients, the executor.

Read from the environment, once: ATHENA_ENGINE_URL, ATHENA_ENGINE_USER and ATHENA_ENGINE_SECRET (the key that signs the
tokens for it), LOCALCLOUD_STATE (the folder of the history), and the AWS SDK's own variables for S3 and Glue.
"""

from __future__ import annotations

import os
import time
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from localcloud.athena.engine import QueryEngine
from localcloud.athena.execution import Execution
from localcloud.athena.executor import Executor
from localcloud.athena.history import History
from localcloud.athena.results import split_url
from localcloud.athena.state import InvalidRequest
from localcloud.errors import LocalCloudError

_DEFAULT_AGE_MIN = 60
_SEEN_S = 30
_seen: dict[str, float] = {}
"""When each bucket for results was last seen, in seconds of the monotonic clock; looked at again after 30 s."""


class EngineMissing(LocalCloudError):
    """Athena was called in a process without an engine address."""


@cache
def client(service: str) -> Any:
    """Return the process's one client of S3 or Glue; it is safe for threads."""
    config = Config(
        max_pool_connections=32,
        connect_timeout=5,
        read_timeout=60,
        retries={"mode": "standard", "total_max_attempts": 3},
        s3={"addressing_style": "path"},
    )
    return boto3.session.Session().client(service, config=config)  # type: ignore[call-overload]  # a name of a service


@cache
def executor() -> Executor:
    """Return the executor of this process."""
    url = os.environ.get("ATHENA_ENGINE_URL")
    if not url:
        raise EngineMissing("ATHENA_ENGINE_URL is not set. Try: ./lab up, which starts Trino and sets it")
    secret, user = os.environ.get("ATHENA_ENGINE_SECRET", ""), os.environ.get("ATHENA_ENGINE_USER", "athena")
    folder = os.environ.get("LOCALCLOUD_STATE")
    history = History(Path(folder) / "athena.sqlite" if folder else None)
    return Executor(QueryEngine(url, user, secret), {"s3": client("s3"), "glue": client("glue")}, history)


def check_output(execution: Execution) -> None:
    """Check that the bucket for the results exists; create a managed one."""
    bucket, _ = split_url(execution.output)
    if time.monotonic() - _seen.get(bucket, -_SEEN_S) < _SEEN_S:
        return
    try:
        client("s3").head_bucket(Bucket=bucket)
        _seen[bucket] = time.monotonic()
    except ClientError as error:
        if execution.managed:
            client("s3").create_bucket(Bucket=bucket)
            return
        text = f"Unable to verify/create output bucket {bucket}"
        raise InvalidRequest(f"{text} ({error.response['Error']['Code']}). Try: create it in the lab's S3") from error


def reuse(execution: Execution) -> bool:
    """Answer a query with an earlier result if its caller allows that; return whether it was done."""
    by_age = (execution.reuse or {}).get("ResultReuseByAgeConfiguration") or {}
    if not by_age.get("Enabled") or execution.substatement_type not in ("SELECT", "EXECUTE") or execution.managed:
        return False
    history = executor().history
    earlier = history.reusable(execution, by_age.get("MaxAgeInMinutes", _DEFAULT_AGE_MIN) * 60)
    if earlier is None or not _is_there(earlier.location):
        return False
    for fact in ("form", "columns", "location", "size"):
        setattr(execution, fact, getattr(earlier, fact))
    execution.started = execution.completed = time.time()
    execution.state, execution.reused = "SUCCEEDED", True
    history.save(execution)
    return True


def _is_there(url: str) -> bool:
    bucket, key = split_url(url)
    try:
        client("s3").head_object(Bucket=bucket, Key=key)
    except ClientError:
        return False
    return True

"""An AWS API server in this process, with its own keys and an empty state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto.core.base_backend import BackendDict

from localcloud.aws import persistence
from localcloud.aws.keys import KeyRing
from localcloud.endpoint.server import Settings, open_server

KEY, SECRET = "test-key-id", "test-secret"


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[str]:
    """The URL of a running server that keeps its state under `tmp_path / "state"`."""
    BackendDict.reset()
    server = open_server(Settings("127.0.0.1", 0, tmp_path / "state", KeyRing(KEY, SECRET)))
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join(10)
    server.server_close()
    persistence.use(None)
    BackendDict.reset()


@pytest.fixture
def client(endpoint: str) -> Callable[..., Any]:
    """Make a client of a service; keyword arguments replace the right keys."""

    def make(service: str, **changes: Any) -> Any:
        right = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET, "endpoint_url": endpoint}
        once = Config(retries={"total_max_attempts": 1})
        return boto3.client(service, region_name="us-east-1", config=once, **{**right, **changes})

    return make

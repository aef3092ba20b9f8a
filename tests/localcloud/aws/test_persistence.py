"""The state of the services survives what can happen to the process."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from localcloud.aws import persistence
from localcloud.errors import LocalCloudError
from localcloud.home import Home
from localcloud.redshift.api.data_service import DataBackend

Client = Callable[..., Any]


@contextmanager
def process(state: Path, port: int) -> Iterator[tuple[subprocess.Popen[bytes], Callable[[str], Any]]]:
    """A server process, and a function that makes its clients."""
    keys = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s"}
    env = {
        **os.environ,
        **keys,
        "LOCALCLOUD_HOST": "127.0.0.1",
        "LOCALCLOUD_PORT": str(port),
        "LOCALCLOUD_STATE": str(state),
    }
    running = subprocess.Popen([sys.executable, "-m", "localcloud.endpoint"], env=env)
    url = f"http://127.0.0.1:{port}"
    limit = time.monotonic() + 60
    while time.monotonic() < limit and running.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/health", timeout=5)
            break
        except OSError:
            time.sleep(0.05)
    given = {"aws_access_key_id": "k", "aws_secret_access_key": "s", "region_name": "us-east-1", "endpoint_url": url}
    try:
        yield running, lambda service: boto3.client(service, **given)
    finally:
        running.kill()
        running.wait(10)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_server_has_lost_nothing(tmp_path: Path, how: signal.Signals) -> None:
    """Whatever a call answered for is there after a kill: databases, schemas, secrets and roles."""
    port = Home(tmp_path).port("aws.http")
    schema = {"SchemaName": "s", "DataFormat": "AVRO", "Compatibility": "FULL", "SchemaDefinition": '"int"'}
    with process(tmp_path / "state", port) as (running, client):
        client("glue").create_database(DatabaseInput={"Name": "city"})
        version = client("glue").create_schema(**schema)["SchemaVersionId"]
        client("secretsmanager").create_secret(Name="dw", SecretString="x")
        running.send_signal(how)
        running.wait(20)
    with process(tmp_path / "state", port) as (_, client):
        assert client("glue").get_database(Name="city")["Database"]["Name"] == "city"
        assert client("glue").get_schema_version(SchemaVersionId=version)["SchemaDefinition"] == '"int"'
        assert client("secretsmanager").get_secret_value(SecretId="dw")["SecretString"] == "x"
        assert client("iam").get_role(RoleName="LabRole")["Role"]["RoleName"] == "LabRole"


def test_the_state_is_closed_to_others(client: Client, tmp_path: Path) -> None:
    """The files of the state, which hold secrets, are readable by their owner only."""
    client("secretsmanager").create_secret(Name="dw", SecretString="x")
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in (tmp_path / "state").iterdir()}
    assert modes == {"iam.state": "0o600", "secretsmanager.state": "0o600"}


def test_reading_writes_nothing(client: Client, tmp_path: Path) -> None:
    """A call that only reads leaves no file behind."""
    client("glue").get_databases()
    assert not (tmp_path / "state" / "glue.state").exists()


def test_a_state_of_another_version_is_put_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """State that another version wrote is kept under another name, and the log says so."""
    (tmp_path / "glue.state").write_bytes(b"localcloud state 0, moto 1.0\n\x80")
    assert persistence.Store(tmp_path).load() == []
    assert [path.name for path in tmp_path.iterdir()] == ["glue.other-version"]
    assert "written by another version" in caplog.text


def test_saving_inside_the_lock_is_refused() -> None:
    """save() tells a caller that holds the state lock, which could deadlock."""
    with persistence.lock, pytest.raises(RuntimeError, match="while holding the state lock"):
        persistence.save("glue")


@pytest.mark.parametrize("part", [0, 0.3, 0.9])
def test_a_damaged_state_is_kept_and_named(tmp_path: Path, part: float) -> None:
    """A state that was cut short is an error that names the file, which stays as it is."""
    store, file = persistence.Store(tmp_path), tmp_path / "glue.state"
    store.save("glue")
    whole = file.read_bytes()[len(persistence.HEADER) :]
    damaged = persistence.HEADER + whole[: int(part * len(whole))]
    file.write_bytes(damaged)
    with pytest.raises(LocalCloudError, match=r"state of glue is damaged.*glue\.state"):
        persistence.Store(tmp_path).load()
    assert file.read_bytes() == damaged


@pytest.mark.parametrize("content", [b"", b"localcloud sta", b"\xff\x00", b"[]"])
def test_a_file_that_is_no_state_is_kept_and_named(tmp_path: Path, content: bytes) -> None:
    """Without a version's header it is not taken for the state of another version: the catalog would start empty."""
    file = tmp_path / "glue.state"
    file.write_bytes(content)
    with pytest.raises(LocalCloudError, match=r"state of glue is damaged.*glue\.state"):
        persistence.Store(tmp_path).load()
    assert file.read_bytes() == content


def test_a_class_that_has_moved_is_found(tmp_path: Path) -> None:
    """A state of an earlier version names classes by the modules that they were in; it is read all the same."""
    backend = DataBackend("us-east-1", "123456789012")
    content = pickle.dumps({"123456789012": {"us-east-1": backend}}, protocol=2)
    moved = content.replace(
        b"clocalcloud.redshift.api.data_service\nDataBackend", b"clocalcloud.redshift.api.data\nDataBackend"
    )
    assert moved != content
    (tmp_path / "redshift-data.state").write_bytes(persistence.HEADER + moved)
    assert persistence.Store(tmp_path).load() == ["redshift-data"]


def test_on_a_full_disk_a_refused_call_has_changed_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that could not be stored is refused before it changes anything; reading works, and a retry later succeeds."""
    glue = client("glue")
    usage = shutil.disk_usage(os.sep)
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _: usage._replace(free=0))
        with pytest.raises(ClientError, match=r"CreateDatabase changed nothing: the lab's disk is full.*Try: free"):
            glue.create_database(DatabaseInput={"Name": "city"})
        assert "city" not in [database["Name"] for database in glue.get_databases()["DatabaseList"]]
    glue.create_database(DatabaseInput={"Name": "city"})
    assert "city" in [database["Name"] for database in glue.get_databases()["DatabaseList"]]

"""The object store starts wherever the lab lies, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.home import Home
from localcloud.services.all import all_services
from localcloud.services.seaweedfs import SeaweedFS
from localcloud.supervisor import Supervisor


@pytest.mark.stack
def test_it_starts_in_a_deep_folder_and_leaves_no_socket(tmp_path: Path, lab_home: Home) -> None:
    """In a folder whose path is longer than a socket's may be it gets ready; after `down` its sockets are gone."""
    home = Home(tmp_path / "a-folder-deep-below-others" / "with-a-long-name" / ("x" * 120) / ".lab", lab_home.cache)
    service = SeaweedFS()
    keeper = Supervisor(home, {service.name: service})
    keeper.up()
    made = [path for path in service.residue(home).values() if path.exists()]
    keeper.down()
    assert made
    assert not any(path.exists() for path in made)


@pytest.mark.stack
def test_after_kill_9_it_is_ready_when_its_objects_can_be_read(tmp_path: Path, lab_home: Home) -> None:
    """As soon as `up` returns after a kill, what was put before is read at the first try."""
    home, service = Home(tmp_path / ".lab", lab_home.cache), SeaweedFS()
    keeper = Supervisor(home, {service.name: service})
    keeper.up()
    client = service.client(home)
    client.create_bucket(Bucket="kept")
    client.put_object(Bucket="kept", Key="words", Body=b"still here")
    next(iter(keeper.processes())).kill()
    keeper.up()
    assert client.get_object(Bucket="kept", Key="words")["Body"].read() == b"still here"
    keeper.down()


@pytest.mark.stack
@pytest.mark.parametrize("part", ["filer", "s3"])
def test_it_moves_away_from_a_socket_path_that_somebody_holds(part: str, tmp_path: Path, lab_home: Home) -> None:
    """If a folder has the name of its socket, the service gets another port and starts."""
    home, service = Home(tmp_path / ".lab", lab_home.cache), SeaweedFS()
    held = service.residue(home)[f"{part}_grpc"]
    (held / "full").mkdir(parents=True)
    keeper = Supervisor(home, {service.name: service})
    try:
        keeper.up()
        assert service.residue(home)[f"{part}_grpc"] != held
    finally:
        keeper.down()
        (held / "full").rmdir()
        held.rmdir()


class Encrypted:
    """A client of an S3 whose one bucket and one object need a key of a service that is not there yet."""

    def list_buckets(self) -> dict[str, Any]:
        """List one bucket."""
        return {"Buckets": [{"Name": "keyed"}]}

    def list_objects_v2(self, **_request: Any) -> dict[str, Any]:
        """List one object."""
        return {"Contents": [{"Key": "secret"}]}

    def head_object(self, **_request: Any) -> dict[str, Any]:
        """Tell how the object is encrypted."""
        return {"ServerSideEncryption": "aws:kms"}

    def get_bucket_encryption(self, **_request: Any) -> dict[str, Any]:
        """Tell how new objects are encrypted."""
        default = {"SSEAlgorithm": "aws:kms"}
        return {"ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}}


class Full(Encrypted):
    """A client of an S3 that reads but stores nothing, as after a minute with a full disk."""

    def __init__(self, status: int) -> None:
        self.status = status

    def list_objects_v2(self, **_request: Any) -> dict[str, Any]:
        """List nothing."""
        return {}

    def get_bucket_encryption(self, **_request: Any) -> dict[str, Any]:
        """Fail as S3 does where a bucket has no default encryption."""
        raise ClientError({"ResponseMetadata": {"HTTPStatusCode": 404}}, "GetBucketEncryption")  # type: ignore[typeddict-item]

    def create_multipart_upload(self, **_request: Any) -> dict[str, Any]:
        """Begin an upload, which takes no room."""
        return {"UploadId": "1"}

    def upload_part(self, **_request: Any) -> None:
        """Store nothing."""
        raise ClientError({"ResponseMetadata": {"HTTPStatusCode": self.status}}, "UploadPart")  # type: ignore[typeddict-item]


@pytest.mark.parametrize(("status", "ready"), [(500, False), (503, False), (507, False), (403, True), (404, True)])
def test_it_is_ready_when_it_takes_writes(
    status: int, ready: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that reads but fails to write is not ready, so `up` starts it again; one that refuses has answered."""
    monkeypatch.setattr(SeaweedFS, "client", lambda _service, _home: Full(status))
    assert SeaweedFS().ready(Home(tmp_path, tmp_path)) is ready


@pytest.mark.stack
def test_its_probe_leaves_nothing(tmp_path: Path, lab_home: Home) -> None:
    """After a probe the bucket holds no object, no version and no upload."""
    home, service = Home(tmp_path / ".lab", lab_home.cache), SeaweedFS()
    keeper = Supervisor(home, {service.name: service})
    try:
        keeper.up()
        client = service.client(home)
        client.create_bucket(Bucket="probed")
        client.put_bucket_versioning(Bucket="probed", VersioningConfiguration={"Status": "Enabled"})
        assert service.ready(home)
        assert "Contents" not in client.list_objects_v2(Bucket="probed")
        assert "Versions" not in client.list_object_versions(Bucket="probed")
        assert "Uploads" not in client.list_multipart_uploads(Bucket="probed")
    finally:
        keeper.down()


def test_it_is_ready_before_the_keys_of_its_objects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An object that KMS has the key of, which starts after S3, does not keep S3 from being ready."""
    monkeypatch.setattr(SeaweedFS, "client", lambda _service, _home: Encrypted())
    assert SeaweedFS().ready(Home(tmp_path, tmp_path))


def test_all_services_are_named_as_they_call_themselves() -> None:
    """The supervisor knows each service by its own name, and each need is one of them."""
    services = all_services()
    assert all(name == service.name for name, service in services.items())
    assert {need for service in services.values() for need in service.needs} <= set(services)

"""The object store starts wherever the lab lies, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from localcloud import lab
from localcloud.home import Home
from localcloud.services.seaweedfs import SeaweedFS
from localcloud.supervisor import Supervisor


@pytest.mark.stack
def test_it_starts_in_a_deep_folder_and_leaves_no_socket(tmp_path: Path, lab_home: Home) -> None:
    """In a folder whose path is longer than a socket's may be it gets ready; after `down` its sockets are gone."""
    home = Home(tmp_path / "a-folder-deep-below-others" / "with-a-long-name" / ("x" * 120) / ".lab", lab_home.cache)
    service = SeaweedFS()
    keeper = Supervisor(home, {service.name: service})
    keeper.up()
    made = [path for path in service.residue(home) if path.exists()]
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


def test_all_services_are_named_as_they_call_themselves() -> None:
    """The supervisor knows each service by its own name, and each need is one of them."""
    services = lab.all_services()
    assert all(name == service.name for name, service in services.items())
    assert {need for service in services.values() for need in service.needs} <= set(services)

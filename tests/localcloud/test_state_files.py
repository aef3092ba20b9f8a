"""Every file of a lab's folder that `up`, `status` and `down` read, damaged in every way, one by one.

The files are those that the code opens, seen by Python's audit events, not a list made by hand.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud import card, lab
from localcloud.aws import persistence
from localcloud.errors import StateDamaged
from localcloud.fingerprint import made_of
from localcloud.home import Home
from localcloud.join import joined_lab
from localcloud.network import is_networked
from localcloud.services import kafka_open, postgres, spark_cluster
from localcloud.services.all import all_services
from localcloud.services.spark import spark_card
from localcloud.services.trino_workers import worker_services
from localcloud.supervisor import Supervisor

ORDINARY = 65534
KEPT = ("secrets/", "hosts.json", "join.json", "data/aws/")
"""What the lab can't make again: a damaged file of these is refused and stays as it is."""
opened: list[str] | None = None


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and opened is not None and isinstance(arguments[0], str | os.PathLike):
        opened.append(os.fspath(arguments[0]))


sys.addaudithook(_watch)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that an ordinary user can reach, and owns when root runs the tests."""
    made = Path(tempfile.mkdtemp(prefix="lab-state-"))
    if os.geteuid() == 0:
        os.chown(made, ORDINARY, ORDINARY)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def as_ordinary_user() -> Iterator[None]:
    """Act as an ordinary user, whom modes of files stop, also when root runs the tests."""
    mine = os.geteuid()
    os.seteuid(mine or ORDINARY)
    yield
    os.seteuid(mine)


@pytest.fixture
def home(folder: Path, as_ordinary_user: None, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A lab of all kinds of services with all its files, used by an ordinary user; the engine's cluster is left out."""
    monkeypatch.setattr(os, "fsync", lambda _: None)  # hundreds of files: nobody cuts the power here
    monkeypatch.setattr(postgres, "_create", lambda *_: None)
    monkeypatch.setattr(postgres, "as_ordinary_user", tuple)
    monkeypatch.setattr(postgres, "_write", lambda *_: None)
    made = Home(folder / ".lab")
    spark_cluster.set_workers(made, 1)
    kafka_open.set_open(made, True)
    (made.root / "hosts.json").write_text('{"jupyter": "localhost"}')
    (made.root / "join.json").write_text('{"host": ""}')
    (made.root / "trino.json").write_text('{"workers": 1}')
    persistence.Store(made.data("aws")).save("glue")
    use(made)
    return made


def keeper(home: Home) -> Supervisor:
    """The supervisor of all services as on one machine."""
    services = {
        **all_services(),
        **kafka_open.kafka_services(home),
        **worker_services(home),
        **spark_cluster.cluster_services(home),
    }
    return Supervisor(home, services, client_env=spark_card)


def use(home: Home) -> None:
    """Read and write what `up`, `status`, `env` and `down` do, without a process."""
    with_services = keeper(home)
    for service in with_services.services.values():
        service.setup(home)
        service.command(home)
        made_of(home, service)
    with_services._write_card()
    persistence.Store(home.data("aws")).load()
    with_services.status()
    joined_lab(home)
    is_networked(home)
    assert card.environment(home)
    lab.pages(home)
    with_services.down()
    with_services._write_card()


def files_read(home: Home) -> list[Path]:
    """Return the files of the lab that `use` opens and that are there before and after it."""
    global opened
    before, opened = {path for path in home.root.rglob("*") if path.is_file()}, []
    try:
        use(home)
    finally:
        seen, opened = opened, None
    return sorted(before & {Path(path) for path in seen})


def state_files(home: Home) -> list[Path]:
    """Return the files that are read as they are; those of `conf` are written before each reading."""
    return [path for path in files_read(home) if home.root / "conf" not in path.parents]


def _wrong_types(content: bytes) -> bytes:
    return json.dumps({name: [value] for name, value in json.loads(content).items()}).encode()


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut in half": lambda content: content[: len(content) // 2],
    "junk": lambda _: bytes(range(255, -1, -1)),
}
JSON_DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "wrong types": _wrong_types,
    "a list": lambda _: b"[]",
    "deep": lambda _: b"[" * 200_000,
}


def test_the_list_of_files_holds_what_is_known(home: Home) -> None:
    """The audit sees ports, secrets, certificates, settings, records and states: no kind of file is missed."""
    names = {str(path.relative_to(home.root)) for path in files_read(home)}
    assert names >= {
        "ports.json", "hosts.json", "join.json", "cluster.json", "trino.json", "kafka.json", "endpoints.json", "secrets/kafka",
        "secrets/s3_sse", "tls/ca.pem", "tls/ca.key", "tls/redshift.key", "java/bin/java", "data/aws/glue.state",
        "conf/kafka/server.properties",
    }  # fmt: skip


@pytest.mark.parametrize("damage", [*DAMAGES, *JSON_DAMAGES])
def test_a_damaged_file_is_made_again_or_refused_by_name(home: Home, damage: str) -> None:
    """What the lab can make again it does; anything else is named in the error, and stays as it is."""
    paths = [path for path in state_files(home) if damage in DAMAGES or path.suffix == ".json"]
    assert len(paths) > 5
    for path in paths:
        whole, name = path.read_bytes(), str(path.relative_to(home.root))
        damaged = (DAMAGES | JSON_DAMAGES)[damage](whole)
        path.write_bytes(damaged)
        if name.startswith(KEPT):
            with pytest.raises(StateDamaged, match=path.name):
                use(home)
            assert path.read_bytes() == damaged
            path.write_bytes(whole)
        else:
            use(home)
            assert not path.exists() or path.read_bytes() != damaged or whole == damaged, name
            path.write_bytes(whole)
    use(home)


def test_damaged_settings_of_services_are_written_again(home: Home) -> None:
    """Whatever is in `conf` when a service starts, it is started with what the lab writes there."""
    settings = {path: path.read_bytes() for path in files_read(home) if home.root / "conf" in path.parents}
    assert len(settings) > 15
    for path in settings:
        path.write_bytes(DAMAGES["junk"](b""))
    use(home)
    assert {path: path.read_bytes() for path in settings} == settings


def test_a_file_that_cannot_be_read_is_made_again_or_refused_by_name(home: Home) -> None:
    """A file of mode 000, as a copy by another user may leave it, counts as damaged."""
    for path in state_files(home):
        whole, mode, name = path.read_bytes(), path.stat().st_mode, str(path.relative_to(home.root))
        path.chmod(0)
        if name.startswith(KEPT):
            with pytest.raises(StateDamaged, match=path.name):
                use(home)
            path.chmod(mode)
        else:
            use(home)
            assert not path.exists() or path.read_bytes(), name
            path.write_bytes(whole)
    use(home)

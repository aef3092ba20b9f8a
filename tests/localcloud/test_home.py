"""Ports, secrets and files of one lab."""

from __future__ import annotations

import errno
import os
import socket
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from localcloud.errors import StateDamaged
from localcloud.home import PORT_RANGE, Home, read_json, read_workers, write_private


def test_a_port_is_kept_for_the_next_start(tmp_path: Path) -> None:
    """A port, once chosen, is the same for a home opened later."""
    assert Home(tmp_path).port("kafka.client") == Home(tmp_path).port("kafka.client")


def test_ports_of_one_lab_differ_and_lie_below_the_ephemeral_range(tmp_path: Path) -> None:
    """No two uses share a port, and none is one that outgoing connections take."""
    ports = [Home(tmp_path).port(f"service.{index}") for index in range(20)]
    assert len(set(ports)) == 20
    assert all(PORT_RANGE[0] <= port < PORT_RANGE[1] for port in ports)


def test_a_forgotten_port_that_is_taken_is_not_chosen_again(tmp_path: Path) -> None:
    """After `forget_port`, a port on which another program listens is passed over."""
    home = Home(tmp_path)
    with socket.create_server(("127.0.0.1", home.port("a.b"))) as other:
        home.forget_port("a.b")
        assert home.port("a.b") != other.getsockname()[1]


def test_a_secret_is_one_for_all_who_ask_at_once(tmp_path: Path) -> None:
    """Threads that ask for a new secret at the same time all get the same one, never an empty one."""
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: Home(tmp_path).secret("password"), range(64)))
    assert len(found) == 1
    assert len(found.pop()) == 32


def test_secrets_are_closed_to_other_users(tmp_path: Path) -> None:
    """The file of a secret has mode 600, its folder 700."""
    Home(tmp_path).secret("password")
    assert stat.S_IMODE((tmp_path / "secrets" / "password").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_every_folder_on_the_way_is_closed_to_others(tmp_path: Path) -> None:
    """A folder within folders that were not there yet has mode 700, and so have they and the lab's own."""
    Home(tmp_path / "new" / "lab").folder("tmp", "spark")

    lab = tmp_path / "new" / "lab"
    assert {stat.S_IMODE(one.stat().st_mode) for one in (lab, lab / "tmp", lab / "tmp" / "spark")} == {0o700}


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """`write_private` replaces a file in one step: no half file, no draft is left."""
    target = tmp_path / "card.json"
    write_private(target, "old")
    write_private(target, "new")
    assert target.read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["card.json"]


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": 1', b"[1]", b"null", b"\xff\xfe\x00", b"\0" * 50])
def test_a_damaged_state_file_is_set_aside(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    """A file that holds no JSON object counts as empty; it is kept under another name, and a message says so."""
    file = tmp_path / "ports.json"
    file.write_bytes(content)
    assert read_json(file) == {}
    assert (tmp_path / "ports.json.broken").read_bytes() == content
    assert "ports.json was damaged" in capsys.readouterr().err


def test_a_lab_whose_ports_are_damaged_gets_new_ones(tmp_path: Path) -> None:
    """A port can be chosen and found again after `ports.json` was damaged."""
    (tmp_path / "ports.json").write_text('{"kafka.client": 2')
    assert Home(tmp_path).port("kafka.client") == Home(tmp_path).known_port("kafka.client")


@pytest.mark.parametrize(
    ("content", "count"),
    [("{}", 0), ('{"workers": 3}', 3), ('{"workers": "x"}', 0), ('{"workers": null}', 0), ('{"workers": 1.5}', 0),
     ('{"workers": -1}', 0), ('{"workers": true}', 0), ('{"workers": 99999999}', 0)],
)  # fmt: skip
def test_a_number_of_workers_that_cannot_be_counts_as_none(tmp_path: Path, content: str, count: int) -> None:
    """It would end every command with a traceback, or keep it busy for hours."""
    file = tmp_path / "cluster.json"
    file.write_text(content)
    assert read_workers(file) == count


@pytest.mark.parametrize("content", [b"", b"0123456789abcdef", b"\xff" * 32, b"0123456789abcdef" * 2 + b"\n"])
def test_a_damaged_secret_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    """An empty or half password never becomes one, and no new one takes its place: data may depend on the old one."""
    Home(tmp_path).secret("password")
    file = tmp_path / "secrets" / "password"
    file.write_bytes(content)
    with pytest.raises(StateDamaged, match="password is damaged"):
        Home(tmp_path).secret("password")
    assert file.read_bytes() == content


def test_damaged_hosts_are_refused(tmp_path: Path) -> None:
    """A lab of containers does not turn into one on this machine because its list of hosts is damaged."""
    (tmp_path / "hosts.json").write_text('{"kafka": ')
    with pytest.raises(StateDamaged, match=r"hosts\.json"):
        Home(tmp_path).host("kafka")
    assert (tmp_path / "hosts.json").exists()


def test_a_write_that_fails_leaves_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk the old file stays, and no half draft takes more of the disk."""

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    write_private(tmp_path / "card.json", "old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_private(tmp_path / "card.json", "new")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"card.json": "old"}

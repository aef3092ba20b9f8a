"""The file with which a machine joins a lab: what it holds, and what is refused."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from localcloud.errors import LocalCloudError
from localcloud.home import EVERY, Home
from localcloud.join_token import PORTS, SECRETS, Build, JoinToken


@pytest.fixture
def build(tmp_path: Path) -> Build:
    code = tmp_path / "code"
    code.mkdir()
    (code / "a.py").write_text("x = 1")
    return Build.here(Home(tmp_path / ".lab"), code)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """The home of a lab that others can join."""
    made = Home(tmp_path / ".lab")
    made.folder()
    (made.root / "hosts.json").write_text(json.dumps({EVERY: "127.0.0.2"}))
    for use in PORTS:
        made.port(use)
    return made


def test_a_token_holds_what_workers_need_and_no_more(home: Home, build: Build, tmp_path: Path) -> None:
    """Read again, it is the same; its mode is 600, and no password of Kafka or of a person is in it."""
    token, file = JoinToken.of(home, build), tmp_path / "token"
    token.write(file)
    assert JoinToken.read(file) == token
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {path.name for path in (home.root / "secrets").iterdir()} == set(SECRETS)
    assert set(token.hosts.values()) == {"127.0.0.2"}


def test_a_lab_on_loopback_has_no_token(tmp_path: Path, build: Build) -> None:
    """The error says how to start one that others reach."""
    with pytest.raises(LocalCloudError, match=r"listens on 127\.0\.0\.1.*up --address"):
        JoinToken.of(Home(tmp_path / "other"), build)


def test_a_lab_without_a_spark_master_has_no_token(home: Home, build: Build) -> None:
    """A Worker would have nobody to work for."""
    home.forget_port("spark-master.client")
    with pytest.raises(LocalCloudError, match="never started spark-master.*--cluster 1"):
        JoinToken.of(home, build)


def without(key: str) -> Callable[[dict[str, Any]], object]:
    return lambda stored: stored.pop(key)


@pytest.mark.parametrize(
    "damage",
    [
        *(without(key) for key in ("format", "build", "hosts", "ports", "secrets")),
        lambda stored: stored.update(format=2),
        lambda stored: stored.update(more=1),
        lambda stored: stored["secrets"].pop("spark"),
        lambda stored: stored["secrets"].update({"../../x": "y"}),
        lambda stored: stored["build"].pop("code"),
        lambda stored: stored.update(hosts=[]),
    ],
)
def test_a_damaged_token_is_refused(home: Home, build: Build, tmp_path: Path, damage: Callable[[Any], object]) -> None:
    """Whatever is missing, or is too much, the error says how to get a new one and shows no secret."""
    file = tmp_path / "token"
    JoinToken.of(home, build).write(file)
    stored = json.loads(file.read_text())
    damage(stored)
    file.write_text(json.dumps(stored))
    with pytest.raises(LocalCloudError, match=r"is not a token .* \./lab token") as refused:
        JoinToken.read(file)
    assert not [secret for secret in SECRETS if home.secret(secret) in str(refused.value)]


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", "an address", "{"])
def test_a_file_that_is_no_token_is_refused(tmp_path: Path, text: str) -> None:
    """So is any other file, and one that is not there."""
    file = tmp_path / "token"
    with pytest.raises(LocalCloudError, match=r"is not a token .*FileNotFoundError"):
        JoinToken.read(file)
    file.write_text(text)
    with pytest.raises(LocalCloudError, match="is not a token"):
        JoinToken.read(file)


def test_any_change_of_the_code_is_another_build(tmp_path: Path, build: Build) -> None:
    """Workers run their own copy of the code: another one could count otherwise."""
    (tmp_path / "code" / "a.py").write_text("x = 2")
    assert Build.here(Home(tmp_path / ".lab"), tmp_path / "code").code != build.code

"""A machine that joins the lab of another: what it checks first, what it keeps, and what it runs."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from localcloud.errors import LocalCloudError
from localcloud.home import EVERY, Home
from localcloud.join import check, join, joined_lab, require_own_lab
from localcloud.join_token import PORTS, SECRETS, Build, JoinToken
from localcloud.lab import pages, supervisor

HOST, HERE = "127.0.0.1", "127.0.0.2"
BUILD = Build("0123456789abcdef", "3.13", "/lab/.venv/bin/python", "/lab/cache")


class Refusal(BaseHTTPRequestHandler):
    """S3 as it answers to unknown keys."""

    def do_GET(self) -> None:
        body = b"<Error><Code>InvalidAccessKeyId</Code><Message>unknown</Message></Error>"
        self.send_response(403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a server that refuses every request."""
    with HTTPServer((HOST, 0), Refusal) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join(10)


@pytest.fixture
def token(port: int) -> JoinToken:
    """The token of a lab whose ports all answer and refuse."""
    hosts = dict.fromkeys(("spark-master", "trino", "aws", "s3", "spark-driver"), HOST)
    return JoinToken(
        BUILD, hosts, dict.fromkeys(PORTS, port), {name: f"5ec2e7{number:026x}" for number, name in enumerate(SECRETS)}
    )


@pytest.mark.parametrize(("field", "value"), [("code", "fedcba9876543210"), ("python", "3.12")])
def test_another_version_is_refused(token: JoinToken, field: str, value: str) -> None:
    """The error names both versions."""
    with pytest.raises(LocalCloudError, match=rf"another version: code 0123456789abcdef.*{value}.*same commit"):
        check(token, replace(BUILD, **{field: value}))


@pytest.mark.parametrize("field", ["executable", "cache"])
def test_other_paths_are_refused(token: JoinToken, field: str) -> None:
    """Spark starts executors by the paths of the driver's machine; without them each task would fail later."""
    with pytest.raises(LocalCloudError, match=r"same paths.*/lab/cache.*/elsewhere.*container image"):
        check(token, replace(BUILD, **{field: "/elsewhere"}))


def test_a_lab_that_does_not_answer_is_named(token: JoinToken) -> None:
    """The error says which service, at which address, and why."""
    with socket.socket() as closed:
        closed.bind((HOST, 0))  # it doesn't listen
        silent = replace(token, ports={**token.ports, "trino.http": closed.getsockname()[1]})
        with pytest.raises(LocalCloudError, match=rf"trino.http doesn't answer at {HOST}:\d+ \(.*refused.*firewall"):
            check(silent, BUILD)


def test_a_host_without_an_address_is_named(token: JoinToken) -> None:
    """So is a name that nobody knows here."""
    with pytest.raises(LocalCloudError, match=r"doesn't answer at no-such-host\.invalid:"):
        check(replace(token, hosts={**token.hosts, "trino": "no-such-host.invalid"}), BUILD)


def test_the_token_of_another_lab_is_refused(token: JoinToken) -> None:
    """The lab at that address doesn't know the keys; the error shows none of them."""
    with pytest.raises(LocalCloudError, match=r"refuses this token's keys \(InvalidAccessKeyId\)") as refused:
        check(token, BUILD)
    assert "5ec2e7" not in str(refused.value)


def joined(tmp_path: Path, token: JoinToken, workers: tuple[int, int] = (1, 1)) -> Home:
    home = Home(tmp_path / ".lab")
    join(home, token, workers, HERE, lambda name, what: None)
    return home


def test_a_joined_machine_runs_workers_and_nothing_else(tmp_path: Path, token: JoinToken) -> None:
    """They need nothing on this machine; a later `up` starts the same ones."""
    home = joined(tmp_path, token, (2, 1))
    services = supervisor(home).services
    assert [*services] == ["spark-worker-1", "spark-worker-2", "trino-worker-1"]
    assert {service.needs + service.asks for service in services.values()} == {()}


def test_a_joined_machine_has_the_secrets_ports_and_hosts_of_the_lab(tmp_path: Path, token: JoinToken) -> None:
    """Its own services have its own address."""
    home = joined(tmp_path, token)
    assert {name: home.secret(name) for name in SECRETS} == token.secrets
    assert home.address("trino.http") == f"{HOST}:{token.ports['trino.http']}"
    assert (home.host("spark-worker-1"), home.host("trino-worker-1")) == (HERE, HERE)


def test_its_workers_go_to_the_lab(tmp_path: Path, token: JoinToken) -> None:
    """Spark's Worker names the lab's Master, Trino's the lab's coordinator; each node's name has its address."""
    home = joined(tmp_path, token)
    spark, trino = (supervisor(home).services[name].command(home) for name in ("spark-worker-1", "trino-worker-1"))
    assert spark.argv[-1] == f"spark://{HOST}:{token.ports['spark-master.client']}"
    assert "-Dnode.id=trino-worker-1-127-0-0-2" in trino.argv
    config = (home.conf("trino-worker-1") / "config.properties").read_text()
    assert f"discovery.uri=http://{HOST}:{token.ports['trino.http']}" in config


def test_a_machine_may_join_again_with_other_numbers(tmp_path: Path, token: JoinToken) -> None:
    """A new token replaces the old one, also after it has run something."""
    home = joined(tmp_path, token)
    home.data("trino-worker-1")
    joined(tmp_path, replace(token, secrets={**token.secrets, "spark": "0" * 32}), (0, 2))
    assert [*supervisor(home).services] == ["trino-worker-1", "trino-worker-2"]
    assert home.secret("spark") == "0" * 32


def test_a_lab_with_data_does_not_join_another(tmp_path: Path, token: JoinToken) -> None:
    """Its secrets would be overwritten, and its data could no longer be read."""
    home = Home(tmp_path / ".lab")
    home.data("kafka")
    with pytest.raises(LocalCloudError, match=r"holds the data of a lab of its own.*clean --all"):
        joined(tmp_path, token)
    assert not (home.root / "secrets").exists()


def test_an_address_of_another_machine_is_refused(tmp_path: Path, token: JoinToken) -> None:
    """Nothing is written for it."""
    with pytest.raises(LocalCloudError, match=r"no address '192\.0\.2\.1'"):
        join(Home(tmp_path / ".lab"), token, (1, 1), "192.0.2.1", lambda name, what: None)
    assert not (tmp_path / ".lab" / "hosts.json").exists()


def test_the_address_is_the_one_that_reaches_the_lab(tmp_path: Path, token: JoinToken) -> None:
    """Nobody has to name it."""
    home = Home(tmp_path / ".lab")
    join(home, token, (1, 1), None, lambda name, what: None)
    assert json.loads((home.root / "hosts.json").read_text())[EVERY] == HOST


def test_commands_of_a_whole_lab_are_refused_there(tmp_path: Path, token: JoinToken) -> None:
    """The error names the lab; on any other machine they run."""
    home = joined(tmp_path, token)
    assert joined_lab(home) == HOST
    with pytest.raises(LocalCloudError, match=rf"workers for the lab on {HOST}.*clean --all"):
        require_own_lab(home)
    require_own_lab(Home(tmp_path / "other"))


def test_a_joined_machine_shows_no_pages(tmp_path: Path, token: JoinToken) -> None:
    """Notebooks and Spark's sessions are on the lab's machine, so their addresses are there too."""
    assert pages(joined(tmp_path, token)) == {}

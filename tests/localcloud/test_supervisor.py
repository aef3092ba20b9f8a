"""The life of services, seen on small ones made for it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import psutil
import pytest

from localcloud.card import environment
from localcloud.errors import ServiceFailed
from localcloud.home import Home
from localcloud.process import OWNER, wait_until
from localcloud.service import Command, Service
from localcloud.supervisor import Supervisor

SERVE = """
import socket, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("listening", flush=True)
while True:
    server.accept()[0].close()
"""


class Echo(Service):
    """Listens on its port."""

    name = "echo"
    ports: ClassVar[Mapping[str, str]] = {"tcp": "everyone"}
    limit_s = 20

    def command(self, home: Home) -> Command:
        return Command((sys.executable, "-c", SERVE, str(self.port(home, "tcp"))))

    def ready(self, home: Home) -> bool:
        socket.create_connection(("127.0.0.1", self.port(home, "tcp")), timeout=1).close()
        return True

    def card(self, home: Home) -> dict[str, str]:
        return {"ECHO": str(self.port(home, "tcp"))}


class Second(Echo):
    """Needs the first."""

    name = "second"
    needs = ("echo",)


class Asking(Echo):
    """Asks the first once it works."""

    name = "asking"
    asks = ("echo",)


class Dying(Echo):
    """Ends at once, with a word in its log."""

    name = "dying"
    tries: ClassVar[list[int]] = []

    def command(self, home: Home) -> Command:
        return Command((sys.executable, "-c", "print('cannot open the vault'); raise SystemExit(3)"))


class Deaf(Echo):
    """Starts but never answers."""

    name = "deaf"
    limit_s = 1.5
    awaits = "an answer that never comes"

    def command(self, home: Home) -> Command:
        return Command((sys.executable, "-c", "import time; print('thinking', flush=True); time.sleep(60)"))


@pytest.fixture
def lab(tmp_path: Path):
    """A supervisor of two services that is brought down at the end."""
    keeper = Supervisor(
        Home(tmp_path / ".lab"), {one.name: one for one in (Echo(), Second(), Asking(), Dying(), Deaf())}
    )
    yield keeper
    keeper.down()


def pids(lab: Supervisor) -> dict[str, int | None]:
    """Return the pid of each service."""
    return {row.name: row.pid for row in lab.status()}


def test_whom_a_service_asks_starts_with_it(lab: Supervisor) -> None:
    """`up` of a service starts those that it asks; `down` of one of these leaves it alone."""
    lab.up(["asking"])
    assert [row.name for row in lab.status() if row.pid] == ["echo", "asking"]
    lab.down(["echo"])
    assert [row.name for row in lab.status() if row.pid] == ["asking"]


def test_up_starts_what_is_needed_and_a_second_up_changes_nothing(lab: Supervisor) -> None:
    """`up second` starts echo too; running services are left alone by the next `up`."""
    lab.up(["second"])
    first = pids(lab)
    lab.up(["second"])
    assert first["echo"]
    assert first["second"]
    assert pids(lab) == first


def test_a_killed_service_is_started_again_by_the_next_up(lab: Supervisor) -> None:
    """After kill -9 of one service, `up` brings just that one back, on the same port."""
    lab.up(["second"])
    before = pids(lab)
    os.kill(before["echo"] or 0, signal.SIGKILL)
    assert wait_until(lambda: pids(lab)["echo"] is None, 5)
    lab.up(["second"])
    assert pids(lab)["echo"] not in (None, before["echo"])
    assert pids(lab)["second"] == before["second"]


def test_down_leaves_no_process_and_no_record(lab: Supervisor) -> None:
    """After `down` the processes are gone and no pid file, card or lock stands."""
    lab.up(["second"])
    running = list(lab.processes())
    lab.down()
    assert not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in running)
    assert not list((lab.home.root / "run").iterdir())
    assert not (lab.home.root / "endpoints.json").exists()


def test_a_service_that_dies_is_told_with_its_last_line(lab: Supervisor) -> None:
    """The error of a service that ends names it, shows the last line of its log and the next step."""
    with pytest.raises(ServiceFailed, match=r"dying.*cannot open the vault.*Try: \./lab logs dying"):
        lab.up(["dying"])


def test_a_service_that_never_answers_is_told_by_what_it_was_waited_for(lab: Supervisor) -> None:
    """The error after the limit says how long and what for; the process is ended."""
    with pytest.raises(ServiceFailed, match="not ready within 2 s: waited for an answer that never comes"):
        lab.up(["deaf"])
    assert pids(lab)["deaf"] is None


def test_a_port_taken_by_another_program_is_given_up(lab: Supervisor) -> None:
    """When another program listens on a stopped service's port, the service gets a new port and starts."""
    with socket.create_server(("127.0.0.1", lab.home.port("echo.tcp"))) as other:
        lab.up(["echo"])
        assert lab.home.port("echo.tcp") != other.getsockname()[1]


def test_a_port_that_is_free_in_a_moment_is_kept(lab: Supervisor) -> None:
    """A service whose killed process still holds its port for a moment starts on that same port."""
    port = lab.home.port("echo.tcp")
    held = socket.create_server(("127.0.0.1", port))
    threading.Timer(0.3, held.close).start()
    lab.up(["echo"])
    assert lab.home.port("echo.tcp") == port


def test_a_foreign_process_with_a_recorded_pid_is_never_ended(lab: Supervisor) -> None:
    """A pid file whose process has another start time is not ours: `down` leaves that process alone."""
    (lab.home.folder("run") / "echo.json").write_text(f'{{"pid": {os.getpid()}, "created": 1.0}}')
    lab.down()
    assert psutil.Process().is_running()


def test_an_unknown_service_is_named_with_the_known_ones(lab: Supervisor) -> None:
    """`up nonsense` says which services there are."""
    with pytest.raises(ServiceFailed, match="no service 'nonsense'.*echo, second"):
        lab.up(["nonsense"])


@pytest.mark.parametrize("damage", [None, "", '{"pid": 1', "[]", '{"pid": "x", "started": "y"}', '{"pid": 1}'])
def test_a_service_whose_record_is_lost_or_broken_is_found_again(lab: Supervisor, damage: str | None) -> None:
    """Without a readable record `status` shows the running process, `up` keeps it, and `down` ends it."""
    lab.up(["echo"])
    before, record = pids(lab)["echo"], lab.home.root / "run" / "echo.json"
    record.unlink() if damage is None else record.write_text(damage)
    assert pids(lab)["echo"] == before
    lab.up(["echo"])
    assert pids(lab)["echo"] == before
    record.unlink() if damage is None else record.write_text(damage)
    lab.down()
    assert not psutil.pid_exists(before or 0)


@pytest.mark.parametrize("step_s", [-3600, 3600])
def test_a_clock_that_was_set_leaves_the_lab_known(
    lab: Supervisor, step_s: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the machine's clock moved by an hour, the services are still this lab's: psutil's start time moves along."""
    lab.up(["echo"])
    before, create_time = pids(lab)["echo"], psutil.Process.create_time
    monkeypatch.setattr(psutil.Process, "create_time", lambda self: create_time(self) + step_s)
    assert pids(lab)["echo"] == before
    lab.up(["echo"])
    assert pids(lab)["echo"] == before


def test_what_version_1_0_0_started_is_started_again(lab: Supervisor) -> None:
    """A record of version 1.0.0 does not say what the process was started from: it is of another version."""
    lab.up(["echo"])
    process = psutil.Process(pids(lab)["echo"])
    record = {"pid": process.pid, "created": process.create_time()}
    (lab.home.root / "run" / "echo.json").write_text(json.dumps(record))
    lab.up(["echo"])
    assert pids(lab)["echo"] not in (None, process.pid)


def test_a_service_whose_settings_changed_is_started_again(lab: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an update of the lab, `up` restarts the services whose command has changed, and leaves the rest alone."""
    lab.up(["second"])
    before, command = pids(lab), Echo.command
    monkeypatch.setattr(Second, "command", lambda self, home: replace(command(self, home), env={"VERSION": "2"}))
    lab.up(["second"])
    assert pids(lab)["second"] not in (None, before["second"])
    assert pids(lab)["echo"] == before["echo"]


def test_status_writes_nothing(lab: Supervisor) -> None:
    """`status` of a lab that never ran leaves its folder as it is: no port is chosen, no file is made."""
    lab.home.folder()
    assert {row.name: dict(row.ports) for row in lab.status()}["echo"] == {}
    assert not (lab.home.root / "ports.json").exists()


def test_down_ends_programs_of_the_lab_beside_its_services(lab: Supervisor) -> None:
    """A stray, such as a stream whose terminal is gone, is ended by `down` and named; one of another lab is not."""
    told: list[str] = []
    lab.report = lambda name, what: told.append(name)
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    with (
        subprocess.Popen(sleeper, env={**os.environ, OWNER: f"{lab.home.root}|stream-run"}) as ours,
        subprocess.Popen(sleeper, env={**os.environ, OWNER: f"{lab.home.root}2|stream-run"}) as other,
    ):
        lab.down()
        assert ours.poll() is not None
        assert other.poll() is None
        other.kill()
    assert "stream-run" in told


def test_the_card_holds_what_runs_where_another_service_failed(lab: Supervisor) -> None:
    """When one service fails, the card leads to those that run."""
    with pytest.raises(ServiceFailed):
        lab.up(["echo", "dying"])
    assert wait_until(lambda: "ECHO" in environment(lab.home), 1)

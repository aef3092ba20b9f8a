"""One service in each container: what a container runs, without a container engine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from localcloud import containers
from localcloud.cluster import prepare, services
from localcloud.containers import main, needs, notebook, run
from localcloud.errors import LocalCloudError
from localcloud.home import Home
from localcloud.service import Command, Service


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """The home of a lab in containers."""
    monkeypatch.setenv("LAB_HOME", str(tmp_path))
    made = Home(tmp_path / ".lab")
    prepare(made)
    return made


class Echo(Service):
    """A service whose process prints a variable."""

    name = "echo"
    needs = ("zookeeper", "absent")

    def command(self, home: Home) -> Command:
        return Command(("/bin/sh", "-c", 'printf "%s %s" "$WORD" "$PWD"'), {"WORD": "it's a $secret"}, home.root)


def test_a_container_becomes_the_process_once_its_needs_answer(
    home: Home, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """It waits, then runs the service's command with its variables in its folder; no shell comes between."""
    waited: list[str] = []
    monkeypatch.setattr(containers, "await_ready", lambda home, service: waited.append(service.name))
    child = os.fork()
    if not child:
        try:
            assert needs(Echo(), services(home)) == ("zookeeper",)
            run(home, Echo())
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert capfd.readouterr().out == f"it's a $secret {home.root}"


def test_a_check_fails_while_the_service_does_not_answer(home: Home) -> None:
    """So a container's health is what its clients see."""
    with pytest.raises(LocalCloudError, match="zookeeper: not ready"):
        main(["check", "zookeeper"])


@pytest.mark.parametrize("arguments", [["run", "absent"], ["stop"], []])
def test_an_unknown_step_or_service_is_refused(home: Home, arguments: list[str]) -> None:
    """The error names what there is."""
    with pytest.raises(LocalCloudError, match="There is no (step|service)"):
        main(arguments)


def test_jupyterlab_wants_the_labs_own_token(home: Home) -> None:
    """Its port is open to the container's network, so the token is a secret and is in no argument."""
    argv, env = notebook(home, home.root)
    assert "--ip=0.0.0.0" in argv
    assert env["JUPYTER_TOKEN"] == home.secret("jupyter")
    assert not [word for word in argv if env["JUPYTER_TOKEN"] in word]

"""The card: clients of a lab reach that lab or nothing, whatever a company has set before."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from localcloud import card
from localcloud.home import Home

CARD = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1234", "AWS_ACCESS_KEY_ID": "lab's key", "REDSHIFT_PORT": "5"}


@pytest.fixture(autouse=True)
def _own_environment() -> Iterator[None]:
    """Give each test an environment of its own."""
    with patch.dict(os.environ):
        yield


def _evaluated(text: str, before: dict[str, str]) -> tuple[int, dict[str, str]]:
    """Return the status of `eval` of the text in bash, and the variables afterwards."""
    script = 'eval "$(cat)"; status=$?; env -0; exit $status'
    run = subprocess.run(["bash", "-c", script], input=text, capture_output=True, text=True, env=before, timeout=20)
    return run.returncode, dict(pair.split("=", 1) for pair in run.stdout.split("\0") if "=" in pair)


def test_without_a_lab_the_variables_lead_nowhere_and_the_status_is_false() -> None:
    """`eval` of the variables of a lab that is down fails, and no client finds a real account by what is set then."""
    real = {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "AWS_PROFILE": "work",
        "AWS_SESSION_TOKEN": "t",
    }
    status, env = _evaluated(card.shell({}), real)
    assert status == 1
    assert env["AWS_ENDPOINT_URL"] == env["AWS_ENDPOINT_URL_S3"] == "http://127.0.0.1:9"
    assert env["AWS_ACCESS_KEY_ID"] == "no-lab-is-up"
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & env.keys()


def test_a_lab_in_part_leads_nowhere_for_the_rest() -> None:
    """Where S3 does not run, its address is a dead one, and the status is right for what does run."""
    status, env = _evaluated(card.shell(CARD), {"PATH": os.environ["PATH"]})
    assert status == 0
    assert env["AWS_ENDPOINT_URL"] == CARD["AWS_ENDPOINT_URL"]
    assert env["AWS_ENDPOINT_URL_S3"] == "http://127.0.0.1:9"


@pytest.mark.parametrize("given", ["", "intranet.example", "127.0.0.1,localhost"])
def test_a_proxy_gets_nothing_of_this_machine(given: str) -> None:
    """NO_PROXY keeps what it had, and has this machine's addresses too, in both spellings."""
    _, env = _evaluated(card.shell(CARD), {"PATH": os.environ["PATH"], "NO_PROXY": given, "no_proxy": given})
    for name in ("NO_PROXY", "no_proxy"):
        assert {"127.0.0.1", "localhost", *filter(None, given.split(","))} == set(env[name].split(","))


def test_a_proxy_gets_nothing_of_a_lab_that_listens_on_the_network() -> None:
    """The hosts of the AWS API and of S3 are past the proxy too, once each."""
    values = CARD | {"AWS_ENDPOINT_URL": "http://192.0.2.1:1", "AWS_ENDPOINT_URL_S3": "http://s3:2"}
    _, env = _evaluated(card.shell(values), {"PATH": os.environ["PATH"]})
    assert env["NO_PROXY"] == env["no_proxy"] == "127.0.0.1,localhost,192.0.2.1,s3"


def test_values_with_quotes_come_through_the_shell() -> None:
    """A value with a quote or a blank, such as the path of a folder, is set as it is."""
    _, env = _evaluated(card.shell(CARD), {"PATH": os.environ["PATH"]})
    assert env["AWS_ACCESS_KEY_ID"] == "lab's key"


@pytest.mark.parametrize(
    "variable", ["AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_GLUE", "SPARK_HOME", "PYSPARK_SUBMIT_ARGS"]
)
def test_what_a_company_has_set_does_not_lead_a_command_of_the_lab_elsewhere(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command of the lab takes the card's variables and drops those that would lead its clients elsewhere."""
    home = Home(tmp_path / ".lab")
    (home.folder() / "endpoints.json").write_text(json.dumps({"env": CARD}))
    for name in (*CARD, variable):
        monkeypatch.setenv(name, "of the company")
    card.apply(home)
    assert {name: os.environ[name] for name in CARD} == CARD
    assert variable not in os.environ


def test_without_a_lab_a_command_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no lab runs, the environment stays as it is, so that the command can refuse."""
    monkeypatch.setenv("AWS_PROFILE", "work")
    assert card.apply(Home(tmp_path / ".lab")) == {}
    assert os.environ["AWS_PROFILE"] == "work"

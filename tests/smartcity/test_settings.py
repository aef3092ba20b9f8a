"""Where a notebook finds its services."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from smartcity.errors import NotConfigured
from smartcity.settings import apply_card

ENV = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1234", "AWS_ACCESS_KEY_ID": "key", "SSL_CERT_FILE": "/lab/bundle.pem"}


@pytest.fixture(autouse=True)
def _own_environment() -> Iterator[None]:
    """Give each test an environment of its own."""
    with patch.dict(os.environ):
        yield


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the card of a running lab."""
    (tmp_path / ".lab").mkdir()
    card = {"env": ENV, "unset": ["AWS_PROFILE", "AWS_SESSION_TOKEN", "SPARK_HOME"]}
    (tmp_path / ".lab" / "endpoints.json").write_text(json.dumps(card))
    monkeypatch.setenv("LAB_HOME", str(tmp_path))


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SSL_CERT_FILE", "/etc/company/ca.pem"),
        ("AWS_ACCESS_KEY_ID", "AKIAREAL"),
        ("AWS_ENDPOINT_URL", "http://localhost:4566"),
    ],
)
@pytest.mark.usefixtures("lab")
def test_the_card_counts_more_than_what_is_set_for_the_whole_machine(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable that a company has set does not keep a notebook from its lab."""
    monkeypatch.setenv(variable, value)
    apply_card()
    assert os.environ[variable] == ENV[variable]


@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_SESSION_TOKEN", "SPARK_HOME", "AWS_ENDPOINT_URL_ATHENA"])
@pytest.mark.usefixtures("lab")
def test_variables_that_lead_elsewhere_are_dropped(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another profile, session, Spark or address of a service is not mixed with the lab's."""
    monkeypatch.setenv(variable, "of the company")
    apply_card()
    assert variable not in os.environ


@pytest.mark.usefixtures("lab")
def test_a_proxy_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_PROXY gains the loopback addresses once, and keeps what it had."""
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    apply_card()
    apply_card()
    assert os.environ["NO_PROXY"] == "127.0.0.1,localhost,intranet.example"


@pytest.mark.usefixtures("lab")
def test_a_proxy_is_not_asked_for_a_lab_on_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hosts of its AWS API and of its S3 are past the proxy too."""
    file = tmp_path / ".lab" / "endpoints.json"
    card = json.loads(file.read_text())
    card["env"] |= {"AWS_ENDPOINT_URL": "http://192.0.2.1:1", "AWS_ENDPOINT_URL_S3": "http://s3:2"}
    file.write_text(json.dumps(card))
    monkeypatch.delenv("NO_PROXY", raising=False)
    apply_card()
    assert os.environ["NO_PROXY"] == "127.0.0.1,localhost,192.0.2.1,s3"


@pytest.mark.usefixtures("lab")
def test_on_aws_nothing_is_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the target aws the environment stays as it is, whether or not a lab runs."""
    monkeypatch.setenv("AWS_PROFILE", "work")
    before = dict(os.environ)
    apply_card("aws")
    assert dict(os.environ) == before


def test_without_a_card_and_an_endpoint_the_next_step_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is configured: the error says what was looked for, and how to start a lab."""
    monkeypatch.setenv("LAB_HOME", str(tmp_path))
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with pytest.raises(NotConfigured, match=r"Try: \./lab up"):
        apply_card()

"""One running lab for all tests that need it, in a folder of its own; ended with the session."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from course.pages import audit
from course.pages.paint import chromium
from localcloud import card, lab
from localcloud.home import Home

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `--containers` ask for the tests that need a container engine."""
    parser.addoption("--containers", action="store_true", help="also run tests/containers, on a container engine")


def pytest_configure() -> None:
    """Let a request to end run the fixtures' ends, too: no service of the tests stays behind."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: pytest.exit("ended by SIGTERM", returncode=143))


@pytest.fixture(scope="session")
def lab_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """The home of a lab with all services up; LAB_TEST_HOME names one that is kept up between sessions.

    The folder's name has what folders of real people have: letters beyond ASCII, blanks, quotes, signs.
    """
    kept = os.environ.get("LAB_TEST_HOME")
    home = Home((Path(kept) if kept else tmp_path_factory.mktemp("l'été de josé 東京 (50%) & #1")) / ".lab")
    lab.install(home)
    keeper = lab.supervisor(home)
    try:
        keeper.up()
        yield home
    finally:
        if not kept:
            keeper.down()


@pytest.fixture(scope="session")
def lab_env(lab_home: Home) -> Mapping[str, str]:
    """The variables by which clients reach that lab."""
    return card.environment(lab_home)


@pytest.fixture
def in_lab(lab_env: Mapping[str, str], lab_home: Home, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """This process's environment points at the lab, as after `eval "$(./lab env)"`."""
    for name, value in {**lab_env, "LAB_HOME": str(lab_home.root.parent)}.items():
        monkeypatch.setenv(name, value)
    return lab_env


@pytest.fixture(scope="session")
def spark(lab_env: Mapping[str, str], lab_home: Home) -> Iterator[SparkSession]:
    """The Spark session that a notebook gets: one for all tests, since a process has one."""
    from smartcity.stream import spark_session

    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**lab_env, "LAB_HOME": str(lab_home.root.parent)}.items():
            patch.setenv(name, value)
        session = spark_session("tests")
        yield session
        session.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real Chromium without a window, for one module: while it is open, no test can run an event loop of its own."""
    if chromium() is None:
        pytest.skip("no Chromium is installed here. Try: apt install chromium")
    with audit.browser() as made:
        yield made

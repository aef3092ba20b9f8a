"""A pytest fixture: S3, Glue and Athena for the tests of any project. Loaded where the package is installed by pip.

`localcloud` starts them once a session, in a folder that ends with it; `--localcloud-home FOLDER` keeps them up for the
next one. During the session, the environment points boto3 and similar clients at them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from localcloud import card, standalone
from localcloud.home import Home


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the fixture."""
    group = parser.getgroup("localcloud")
    group.addoption("--localcloud-home", type=Path, help="folder for services that stay up between sessions")
    group.addoption("--localcloud-services", default=" ".join(standalone.DEFAULT), help="which services start")


@pytest.fixture(scope="session")
def localcloud(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The variables by which clients reach the services; they are set in this process, too."""
    kept: Path | None = request.config.getoption("--localcloud-home")
    home = Home(kept.resolve() if kept else tmp_path_factory.mktemp("localcloud"))
    keeper = standalone.supervisor(home)
    try:
        standalone.start(home, request.config.getoption("--localcloud-services").split())
        with pytest.MonkeyPatch.context() as patch:
            variables = card.environment(home)
            for name in card.contrary(os.environ, variables):
                patch.delenv(name)
            for name, value in variables.items():
                patch.setenv(name, value)
            yield variables
    finally:
        if not kept:
            keeper.down()

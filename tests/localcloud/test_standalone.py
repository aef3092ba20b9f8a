"""The stand-in on its own: its services, its command line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from localcloud import cli, standalone
from localcloud.errors import ServiceFailed
from localcloud.home import Home


def test_an_unknown_service_is_named(tmp_path: Path) -> None:
    """The error lists what there is."""
    with pytest.raises(ServiceFailed, match="no service 'kafka'. Try some of: seaweedfs, aws, s3, trino"):
        standalone.start(Home(tmp_path), ["kafka"])


def test_the_command_line_tells_what_is_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`status` lists the services; `env` without any says what to do."""
    monkeypatch.setattr(sys, "argv", ["localcloud", "--home", str(tmp_path), "status"])
    cli.main()
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()][:2] == [
        ["seaweedfs", "down"],
        ["aws", "down"],
    ]
    monkeypatch.setattr(sys, "argv", ["localcloud", "--home", str(tmp_path), "env"])
    with pytest.raises(SystemExit, match="Try: localcloud up"):
        cli.main()

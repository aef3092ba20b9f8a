"""The stand-in as a package of its own: its dependencies, its command line, its plugin."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from localcloud import cli, standalone
from localcloud.errors import ServiceFailed
from localcloud.home import Home

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "lib/localcloud/pyproject.toml").read_text())["project"]


def test_the_package_depends_on_what_the_lab_pins() -> None:
    """Every dependency is one of the lab's, and a version that is named is the lab's."""
    lock = dict(
        re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==([^ ;\\]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    )
    for one in PROJECT["dependencies"]:
        name, _, version = re.sub(r"\[.*\]", "", one).partition("==")
        assert name in lock
        assert version in ("", lock[name]), f"{name}: the lock has {lock[name]}"


def test_the_package_depends_on_what_it_imports() -> None:
    """Each package that the code of the four services imports is named, or comes with one that is."""
    named = {re.split(r"[=\[]", one)[0] for one in PROJECT["dependencies"]}
    with_others = {
        "werkzeug",
        "flask",
        "botocore",
        "urllib3",
        "python-dateutil",
        "certifi",
    }  # of moto[server] and boto3
    elsewhere = {"pyspark", "confluent-kafka", "pytest"}  # of Kafka, Spark and the tests that use the plugin
    folder, owners = ROOT / "lib/localcloud", packages_distributions()
    found = {
        match
        for path in folder.rglob("*.py")
        for match in re.findall(r"^\s*(?:from|import) (\w+)", path.read_text(), re.MULTILINE)
    }
    needed = {owners[module][0].lower() for module in found - set(sys.stdlib_module_names) if module in owners}
    assert needed - named - with_others - elsewhere - {"smartcity-lab"} == set()


def test_an_unknown_service_is_named(tmp_path: Path) -> None:
    """The error lists what there is."""
    with pytest.raises(ServiceFailed, match="no service 'kafka'. Try some of: seaweedfs, aws, trino"):
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


def test_pytest_knows_the_fixture() -> None:
    """With the plugin loaded, pytest lists the fixture with what it gives."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "localcloud.pytest_plugin",
        "--fixtures",
        "-q",
        str(ROOT / "tests/localcloud/test_java_map.py"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "localcloud [session scope]" in done.stdout

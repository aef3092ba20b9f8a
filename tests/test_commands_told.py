"""What the pages and set-up files tell people to type exists."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import click
import pytest
import typer

from lab.app import app

ROOT = Path(__file__).resolve().parent.parent
TOLD = ("*.md", "docs/*.md", "docs/windows/*.ps1", ".devcontainer/*.json")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
LINE = re.compile(r"\./lab ([a-z]+)([^`#\n|&;)\"]*)")
Told = tuple[str, tuple[str, ...], tuple[str, ...]]


def told() -> list[Told]:
    """Return each `./lab COMMAND --option ...` of the pages: the page, the command's words, its options."""
    pages = sorted(path for pattern in TOLD for path in ROOT.glob(pattern) if path.is_file())
    found = ((path, match) for path in pages for match in LINE.finditer(path.read_text()))
    return sorted({(path.name, words(match), tuple(re.findall(r"--[a-z-]+", match[2]))) for path, match in found})


def words(match: re.Match[str]) -> tuple[str, ...]:
    """Return the command, and the one below it where it is a group of commands."""
    following = match[2].split()
    group = isinstance(COMMANDS.get(match[1]), click.Group) or hasattr(COMMANDS.get(match[1]), "commands")
    return (match[1], following[0]) if group and following else (match[1],)


def command(names: tuple[str, ...]) -> click.Command:
    """Return the command of that name. Raises KeyError for an unknown name."""
    found = COMMANDS[names[0]]
    return found.commands[names[1]] if len(names) > 1 else found  # type: ignore[no-any-return]


def passes_on(command: click.Command) -> bool:
    """Return whether a command passes unknown options to another program."""
    return bool(command.context_settings.get("ignore_unknown_options"))


@pytest.mark.parametrize(("page", "names", "options"), told(), ids=lambda value: str(value))
def test_each_command_that_a_page_tells_exists(page: str, names: tuple[str, ...], options: tuple[str, ...]) -> None:
    """The command is one of the lab's, and takes the options that the page gives it."""
    known = {text for option in command(names).params for text in (*option.opts, *option.secondary_opts)}
    assert passes_on(command(names)) or set(options) <= known, page


def test_the_dev_container_names_files_and_an_interpreter_of_the_lab() -> None:
    """Its image file exists and has the stage that it asks for, and the editor uses the Python that `./lab` makes."""
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    text = (ROOT / ".devcontainer" / container["build"]["dockerfile"]).read_text()
    assert f" AS {container['build']['target']}\n" in text
    python = container["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
    assert python == "${containerWorkspaceFolder}/.venv/bin/python"


def test_binder_gets_the_labs_own_image() -> None:
    """Binder demands a file of that name, a user with number 1000, and Jupyter in PATH."""
    text = (ROOT / "binder" / "Dockerfile").read_text()
    assert "USER 1000:1000" in text
    assert "PATH=/lab/.venv/bin:$PATH" in text


def test_the_launcher_is_small_and_bash_can_read_it() -> None:
    """`lab` has at most 65 lines."""
    assert len((ROOT / "lab").read_text().splitlines()) <= 65
    subprocess.run(["bash", "-n", ROOT / "lab"], check=True, timeout=30)

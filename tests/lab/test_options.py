"""Options that come as one object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer
from typer.testing import CliRunner

from lab.options import expanded


@dataclass(frozen=True)
class Size:
    """A size of two numbers."""

    width: Annotated[int, typer.Option(min=1, help="Steps to the side.")] = 2
    height: Annotated[int | None, typer.Option(help="Steps up.")] = None


app = typer.Typer()


@app.command()
@expanded
def draw(name: Annotated[str, typer.Argument()], size: Size, loud: bool = False) -> None:
    """Draw something."""
    print(name, size, loud)


def test_each_field_is_an_option_and_the_command_gets_the_object() -> None:
    """The command gets its options, given or not, as one dataclass next to its own parameters."""
    result = CliRunner().invoke(app, ["box", "--width", "3", "--loud"])
    assert result.output == f"box {Size(3)} True\n"


def test_a_field_keeps_its_bounds_and_its_help() -> None:
    """What the field's annotation says holds for the option."""
    assert CliRunner().invoke(app, ["box", "--width", "0"]).exit_code == 2
    assert "Steps to the side." in CliRunner().invoke(app, ["--help"]).output

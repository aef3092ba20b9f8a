"""Options that several commands take, and options that come as one object."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import wraps
from typing import Annotated, Any, get_type_hints

import typer

RUN_ID = Annotated[str, typer.Option(help="Name of the run, and of its folder in the lake.")]
ADDRESS = Annotated[
    str, typer.Option(help="Address to listen on. In a container 0.0.0.0, so that its port can be published.")
]
AS_JSON = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def expanded(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take dataclasses: Typer sees an option for each of their fields, the command gets the objects."""
    hints = get_type_hints(command, include_extras=True)
    groups = {name: hint for name, hint in hints.items() if isinstance(hint, type) and is_dataclass(hint)}

    @wraps(command)
    def called(**values: Any) -> None:
        objects = {name: _made(group, values) for name, group in groups.items()}
        command(**values, **objects)

    called.__signature__ = inspect.Signature(list(_parameters(command, hints, groups)))  # type: ignore[attr-defined]
    return called


def _made(group: type, values: dict[str, Any]) -> object:
    """Take the values of a dataclass's fields out of all values, and return the dataclass."""
    return group(**{field.name: values.pop(field.name) for field in fields(group)})


def _parameters(
    command: Callable[..., None], hints: Mapping[str, Any], groups: Mapping[str, type]
) -> Iterator[inspect.Parameter]:
    for name, parameter in inspect.signature(command).parameters.items():
        if name not in groups:
            yield parameter.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY)
            continue
        own = get_type_hints(groups[name], include_extras=True)
        for field in fields(groups[name]):
            yield inspect.Parameter(
                field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=own[field.name]
            )

"""Values that a caller gives to notebooks by name, checked against what the notebooks declare."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import papermill

from smartcity.errors import ParameterInvalid

Declared = Mapping[str, Any]
"""What papermill finds in a notebook's cell tagged `parameters`: name, inferred_type_name, default (text), help."""

_TRUTH: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _truth(text: str) -> bool:
    if text.lower() not in _TRUTH:
        raise ValueError(text)
    return _TRUTH[text.lower()]


_READ: Final[Mapping[str, Callable[[str], Any]]] = {"int": int, "float": float, "str": str, "bool": _truth}


def declared(paths: Iterable[Path]) -> dict[str, Declared]:
    """Return the parameters that the notebooks declare, by name."""
    parameters: dict[str, Declared] = {}
    for path in paths:
        parameters |= papermill.inspect_notebook(str(path))
    return parameters


def chosen(texts: Sequence[str], known: Mapping[str, Declared]) -> dict[str, Any]:
    """Return the values of texts such as `minutes=30`, each of the type that its notebook declares.

    Raises ParameterInvalid for a text without `=`, a name that no notebook declares, and a value of another type.
    """
    return dict(_chosen(text, known) for text in texts)


def _chosen(text: str, known: Mapping[str, Declared]) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ParameterInvalid(f"--param {text}: there is no '='. Try: --param NAME=VALUE")
    if name not in known:
        near = get_close_matches(name, known, 1)
        hint = f"--param {near[0]}={value}" if near else f"one of {', '.join(sorted(known))}"
        raise ParameterInvalid(f"--param {name}: no notebook in this run has it. Try: {hint}")
    kind = known[name]["inferred_type_name"]
    try:
        return name, _READ.get(kind, ast.literal_eval)(value)
    except (ValueError, SyntaxError) as error:
        example = f"--param {name}={known[name]['default']}"
        raise ParameterInvalid(f"--param {name}: {value!r} is not a valid {kind}. Try: {example}") from error

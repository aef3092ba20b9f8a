"""A path into a column's type: fields of structs, elements of arrays, keys and values of maps."""

from __future__ import annotations

from localcloud.athena.failure import hive_error
from localcloud.athena.reader import Reader

Fields = list[tuple[str, str]]
"""Names and types."""


def split(hive_type: str) -> tuple[str, Fields]:
    """Return the name of a type and its parts: `$elem$`, `$key$`, `$value$`, or the fields of a struct."""
    name, _, rest = hive_type.partition("<")
    if not rest or name not in ("array", "map", "struct"):
        return hive_type, []
    parts = _parts(rest.removesuffix(">"))
    if name == "array":
        return name, [("$elem$", parts[0])]
    if name == "map":
        return name, [("$key$", parts[0]), ("$value$", parts[1])]
    pairs = [part.partition(":") for part in parts]
    return name, [(field.strip("`"), inner) for field, _, inner in pairs]


def _parts(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        depth += {"<": 1, "(": 1, ">": -1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [part.strip() for part in (*parts, text[start:])]


def step(name: str, hive_type: str, part: str) -> str:
    """Return the type of one part of a nested type.

    Raises:
        QueryFailed: the type has no such part.
    """
    _, parts = split(hive_type)
    for key, inner in parts:
        if key.lower() == part.lower():
            return inner
    raise hive_error(f"SemanticException [Error 10002]: Invalid column reference {part}: {name} is {hive_type}")


def read_path(reader: Reader) -> list[str]:
    """Return the parts after a column's name: `.field`, `.'$elem$'`, `.'$key$'`, `.'$value$'`."""
    parts = []
    while reader.take("."):
        parts.append(reader.step().text.lower() if reader.token.kind == "string" else reader.name())
    return parts

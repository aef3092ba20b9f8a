"""The JsonPath subset that Glue's JSON classifiers take.

`$`, `.name`, `['name']`, `[number]`, and `*` wherever a name or a number may stand: `.*` is every field of an object,
`[*]` every element of an array.
https://docs.aws.amazon.com/glue/latest/dg/custom-classifier.html#custom-classifier-values-json
"""

from __future__ import annotations

import re
from typing import Any

_STEP = re.compile(r"\.([^.\[\]'\"\s]+)|\[\s*'([^']*)'\s*\]|\[\s*\"([^\"]*)\"\s*\]|\[\s*(\*|\d+)\s*\]")


def is_path(path: str) -> bool:
    """Return whether a text is a JsonPath of the subset."""
    return path.startswith("$") and not _STEP.sub("", path[1:])


def select(value: Any, path: str) -> list[Any]:
    """Return the values that a path selects in a value, in the order of the document."""
    chosen = [value]
    for name, quoted, double, index in _STEP.findall(path.removeprefix("$")):
        key = name or quoted or double
        if name == "*":
            chosen = [each for parent in chosen if isinstance(parent, dict) for each in parent.values()]
        elif index == "*":
            chosen = [each for parent in chosen if isinstance(parent, list) for each in parent]
        elif key:
            chosen = [parent[key] for parent in chosen if isinstance(parent, dict) and key in parent]
        else:
            chosen = [parent[int(index)] for parent in chosen if isinstance(parent, list) and int(index) < len(parent)]
    return chosen

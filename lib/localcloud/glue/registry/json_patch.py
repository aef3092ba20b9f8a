"""The difference of two JSON documents as a JSON Patch: https://www.rfc-editor.org/rfc/rfc6902"""

from __future__ import annotations

from typing import Any


def patch(old: Any, new: Any, path: str = "") -> list[dict[str, Any]]:
    """Return the operations that turn one document into the other."""
    if isinstance(old, dict) and isinstance(new, dict):
        steps = [{"op": "remove", "path": _join(path, key)} for key in old if key not in new]
        steps += [{"op": "add", "path": _join(path, key), "value": new[key]} for key in new if key not in old]
        return steps + [step for key in old if key in new for step in patch(old[key], new[key], _join(path, key))]
    if isinstance(old, list) and isinstance(new, list):
        shared = min(len(old), len(new))
        steps = [step for number in range(shared) for step in patch(old[number], new[number], f"{path}/{number}")]
        steps += [{"op": "remove", "path": f"{path}/{number}"} for number in reversed(range(shared, len(old)))]
        return steps + [{"op": "add", "path": f"{path}/-", "value": value} for value in new[shared:]]
    same = type(old) is type(new) and old == new
    return [] if same else [{"op": "replace", "path": path, "value": new}]


def _join(path: str, key: str) -> str:
    return f"{path}/{key.replace('~', '~0').replace('/', '~1')}"

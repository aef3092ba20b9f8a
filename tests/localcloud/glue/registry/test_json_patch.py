"""The difference of two definitions."""

from __future__ import annotations

import json
from typing import Any

import jsonpatch
import pytest

from localcloud.glue.registry.json_patch import patch

DOCUMENTS: list[Any] = [
    {"a": 1, "b/c~": [1, 2, 3], "d": {"e": None}},
    {"a": True, "b/c~": [1, 4], "f": {"e": 1}},
    {"b/c~": [], "d": {"e": None, "g": "x"}},
    ["null", {"type": "int"}],
    ["null", {"type": "long"}, "string"],
    "int",
]


@pytest.mark.parametrize("new", DOCUMENTS)
@pytest.mark.parametrize("old", DOCUMENTS)
def test_a_patch_turns_one_document_into_the_other(old: Any, new: Any) -> None:
    """What the library jsonpatch makes of the old document by the patch is the new one."""
    made = jsonpatch.apply_patch(old, patch(old, new))
    assert json.dumps(made, sort_keys=True) == json.dumps(new, sort_keys=True)


def test_equal_documents_differ_in_nothing() -> None:
    """The patch between equal documents is empty."""
    assert all(patch(document, document) == [] for document in DOCUMENTS)

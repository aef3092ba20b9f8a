"""Where the golden cases come from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.mark.parametrize("path", sorted(Path(__file__).parent.glob("*.jsonl")), ids=lambda path: path.stem)
def test_every_case_names_its_page(path: Path) -> None:
    """Each golden case says in `page` which page of Redshift's manual, or which client's test, it follows."""
    cases = [json.loads(line) for line in path.read_text().splitlines()]
    assert cases
    assert not [case["sql"] for case in cases if not case.get("page")]

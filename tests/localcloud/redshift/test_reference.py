"""The page that tells what the lab's Redshift has."""

from __future__ import annotations

from pathlib import Path

from localcloud.redshift.reference import page

PAGE = Path(__file__).parents[3] / "docs" / "redshift.md"


def test_the_page_is_up_to_date() -> None:
    """`docs/redshift.md` is what `python -m localcloud.redshift.reference` prints."""
    assert PAGE.read_text() == page()

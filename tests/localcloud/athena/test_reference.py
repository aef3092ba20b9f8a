"""The page on Athena is what the code says."""

from __future__ import annotations

from pathlib import Path

from localcloud.athena.reference import page

from .golden import NEWER

PAGE = Path(__file__).parents[3] / "docs" / "athena.md"


def test_the_page_is_up_to_date() -> None:
    """`docs/athena.md` is what `python -m localcloud.athena.reference` prints."""
    assert PAGE.read_text() == page()


def test_every_known_difference_is_on_the_page() -> None:
    """What the tests take as a difference of the engine is told to the reader."""
    for reason in NEWER.values():
        assert next(word for word in reason.split() if "_" in word or "[" in word or word == "listagg") in page()

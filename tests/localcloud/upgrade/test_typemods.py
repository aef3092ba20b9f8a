"""Types of intervals in definitions."""

from __future__ import annotations

import pytest

from localcloud.upgrade.typemods import readable


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("m intervaly2m year to month,", "m intervaly2m(6),"),
        ("'1 day'::intervald2s day to second(3))", "'1 day'::intervald2s(7176,3))"),
        ("s intervald2s day to second NOT NULL", "s intervald2s(7176) NOT NULL"),
        ("a intervald2s(2)", "a intervald2s(32767,2)"),
        ("a intervald2s, b intervaly2m year DEFAULT x", "a intervald2s, b intervaly2m(4) DEFAULT x"),
        ("a intervald2s hour to minute", "a intervald2s(3072)"),
        ("t timestamp(6), intervals day to second", "t timestamp(6), intervals day to second"),
    ],
)
def test_fields_are_written_as_numbers(shown: str, expected: str) -> None:
    """PostgreSQL reads the number of the fields and the precision, which gives the same type."""
    assert readable(shown) == expected

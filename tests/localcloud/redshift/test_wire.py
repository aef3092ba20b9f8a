"""The engine's messages in Redshift's words."""

from __future__ import annotations

import pytest

from localcloud.redshift.protocol.wire import reworded


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ('table "t" does not exist, skipping', 'Table "t" does not exist and will be skipped'),
        ('view "v" does not exist, skipping', 'View "v" does not exist and will be skipped'),
        ('schema "S" does not exist, skipping', 'Schema "S" does not exist and will be skipped'),
        (
            'materialized view "m" does not exist, skipping',
            'Materialized view "m" does not exist and will be skipped',
        ),
    ],
)
def test_a_drop_if_exists_reports_what_it_skips(message: str, expected: str) -> None:
    """DROP ... IF EXISTS reports in an INFO what doesn't exist (r_CALL_procedure)."""
    assert reworded({"S": "NOTICE", "V": "NOTICE", "C": "00000", "M": message}) == {
        "S": "INFO",
        "V": "INFO",
        "C": "00000",
        "M": expected,
    }


def test_other_notices_stay() -> None:
    """A notice of another kind keeps its text and its level."""
    notice = {"S": "NOTICE", "V": "NOTICE", "C": "42P07", "M": 'relation "t" already exists, skipping'}
    assert reworded(notice) == notice

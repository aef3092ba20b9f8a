"""AWS cron expressions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from localcloud.glue.names import InvalidInput
from localcloud.glue.schedule import next_run

SUNDAY = datetime(2024, 12, 1, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "due"),
    [
        ("cron(15 12 * * ? *)", "2024-12-01 12:15"),
        ("cron(0/15 * * * ? *)", "2024-12-01 10:15"),
        ("cron(0 18 ? * MON-FRI *)", "2024-12-02 18:00"),
        ("cron(0 18 ? * 2 *)", "2024-12-02 18:00"),
        ("cron(0 18 ? * 2-6 *)", "2024-12-02 18:00"),
        ("cron(0 8 1 * ? *)", "2025-01-01 08:00"),
        ("cron(0 8 L * ? *)", "2024-12-31 08:00"),
        ("cron(0 0 1 1 ? 2026)", "2026-01-01 00:00"),
    ],
)
def test_next_run(expression: str, due: str) -> None:
    """Sunday is 1, `?` is any, `a/b` counts from a; times are UTC."""
    due_at = next_run(expression, SUNDAY)
    assert due_at
    assert due_at.strftime("%Y-%m-%d %H:%M") == due


@pytest.mark.parametrize(
    "expression",
    ["", "cron()", "cron(* * * * ? *)", "cron(0/2 * * * ? *)", "rate(5 minutes)", "cron(61 * * * ? *)", "cron(a b c d e f)",
     "cron(15 12 * * ?)", "cron(" + "1," * 5000 + "1 * * * ? *)"],
)  # fmt: skip
def test_invalid_schedules(expression: str) -> None:
    """A schedule must be a six-field cron expression that runs at most every five minutes."""
    with pytest.raises(InvalidInput):
        next_run(expression, SUNDAY)


def test_a_past_year_is_never_due() -> None:
    """A schedule whose last time has gone is valid, and due no more."""
    assert next_run("cron(0 0 1 1 ? 2023)", SUNDAY) is None

"""Decimal literals as doubles, and errors that still point into the user's text."""

from __future__ import annotations

import pytest

from localcloud.athena.literals import send


@pytest.mark.parametrize(
    ("sql", "sent"),
    [
        ("SELECT 1.5", "SELECT 1.5e0"),
        ("SELECT .5, 1., 2", "SELECT .5e0, 1.e0, 2"),
        ("SELECT 1.5e3, DECIMAL '1.5', '1.5', \"1.5\"", "SELECT 1.5e3, DECIMAL '1.5', '1.5', \"1.5\""),
        ("SELECT a.b, x -- 1.5\n/* 2.5 */", "SELECT a.b, x -- 1.5\n/* 2.5 */"),
        ("SELECT 1.5 * 2.25", "SELECT 1.5e0 * 2.25e0"),
    ],
)
def test_only_decimal_literals_change(sql: str, sent: str) -> None:
    """A number with a point and without an exponent gets one; nothing else changes."""
    assert send(sql, sql).text == sent


def test_a_position_behind_literals_is_put_back() -> None:
    """The column in an error does not count the letters that were put in before it."""
    sql = "SELECT 1.5,\n 2.5, 3.5, nope"
    sent = send(sql, sql)
    column = sent.text.split("\n")[1].index("nope") + 1
    assert sent.restore(f"line 2:{column}: Column 'nope'") == "line 2:12: Column 'nope'"


def test_a_position_in_a_wrapped_query_is_put_back() -> None:
    """An error in the query of a CTAS names the place in the text that the user wrote."""
    query = "SELECT 1.5, nope"
    original = f"CREATE TABLE t\nAS {query}"
    sent = send(f"CREATE TABLE a.b.t WITH (format = 'ORC') AS {query}", original, query)
    column = sent.text.index("nope") + 1
    assert sent.restore(f"line 1:{column}: x") == "line 2:16: x"


def test_a_message_without_position_stays() -> None:
    """What names no place is passed on as it is."""
    assert send("SELECT 1.5", "SELECT 1.5").restore("Division by zero") == "Division by zero"

"""The patterns of SHOW TABLES, SHOW DATABASES and SHOW VIEWS: pages show-tables, show-databases and show-views."""

from __future__ import annotations

import pytest

from localcloud.athena.failure import QueryFailed
from localcloud.athena.statements import patterns

TABLES = ["alb_logs", "cloudfront_logs", "elb_logs", "flights_2016", "flights_parquet", "view_2016_flights_dfw"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*flights*", TABLES[3:]),
        ("*logs", TABLES[:3]),
        (".*logs", TABLES[:3]),
        ("alb*|elb*", [TABLES[0], TABLES[2]]),
        ("alb.*|elb.*", [TABLES[0], TABLES[2]]),
        ("flights_(2016|parquet)", TABLES[3:5]),
        ("flights_201[5-7]", ["flights_2016"]),
        ("flights_[0-9]*", ["flights_2016"]),
        ("FLIGHTS_2016", ["flights_2016"]),
        ("flights", []),
        ("flights.2016", ["flights_2016"]),
        ("*", TABLES),
        (".*", TABLES),
        (None, TABLES),
    ],
)
def test_regular_expressions(pattern: str | None, found: list[str]) -> None:
    """A name has to match as a whole, in any case; `*` and `.*` are any text, `|` separates choices."""
    assert list(filter(patterns.regular_expression(pattern), TABLES)) == found


@pytest.mark.parametrize(
    ("pattern", "found"), [("*2016*", TABLES[3:4] + TABLES[5:]), ("a*|e*", ["alb_logs", "elb_logs"]), ("a.*", [])]
)
def test_wildcards(pattern: str, found: list[str]) -> None:
    """In SHOW VIEWS only `*` and `|` have a meaning."""
    assert list(filter(patterns.wildcards(pattern), TABLES)) == found


def test_what_is_no_regular_expression_is_refused() -> None:
    """A pattern that cannot be understood is an error and not an empty list."""
    with pytest.raises(QueryFailed, match="is not a regular expression"):
        patterns.regular_expression("(((")

"""Columns without AS have the labels that the output of the Developer Guide's examples shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

pytestmark = pytest.mark.stack

ITEMS = [
    ("current_date", "date", "r_CURRENT_DATE_function"),
    ("sysdate", "timestamp", "r_SYSDATE"),
    ("user", "current_user", "r_CURRENT_USER_ID"),
    ("current_user_id", "current_user_id", "r_CURRENT_USER_ID"),
    ("dateadd(month, 18, '2008-02-28')", "date_add", "r_DATEADD_function"),
    ("datediff(qtr, '1998-07-01', current_date)", "date_diff", "r_DATEDIFF_function"),
    ("date_part(minute, timestamp '2023-01-04 04:05:06')", "pgdate_part", "r_DATE_PART_function"),
    ("extract(minute from timestamp '2009-09-09 12:08:43')", "date_part", "r_EXTRACT_function"),
    ("date_trunc('day', dateid)", "date_trunc", "r_DATE_TRUNC"),
    ("log(100)", "dlog10", "r_LOG"),
    ("decode(qty, 1, 'one', 'other')", "case", "r_DECODE_expression"),
    ("nvl(qty, 0)", "coalesce", "r_NVL_function"),
    ("nullif(qty, sellerid)", "qty", "r_NULLIF_function"),
    ("nullif(s.qty, 1)", "qty", "r_NULLIF_function"),
    ("trim('\"' from '\"dog\"')", "btrim", "r_TRIM"),
    ("array(1, 50, null, 100)", "array", "r_array"),
    ("object()", "object", "r_object_function"),
    ("cast(qty as decimal(8, 2))", "qty", "r_CAST_function"),
    ("listagg(sellerid, ', ') within group (order by sellerid)", "listagg", "r_LISTAGG"),
    ("listagg(distinct sellerid, ', ') within group (order by sellerid)", "listagg", "r_LISTAGG"),
    ("listagg(sellerid) within group (order by sellerid) over ()", "listagg", "r_WF_LISTAGG"),
    ("median(qty)", "median", "r_MEDIAN"),
    ("median(qty) over (partition by sellerid)", "median", "r_WF_MEDIAN"),
    ("percentile_cont(0.5) within group (order by qty)", "percentile_cont", "r_PERCENTILE_CONT"),
    (
        "approximate percentile_disc(0.5) within group (order by qty)",
        "percentile_disc",
        "r_APPROXIMATE_PERCENTILE_DISC",
    ),
    ("ratio_to_report(qty) over (partition by sellerid)", "ratio_to_report", "r_WF_RATIO_TO_REPORT"),
    ("first_value(qty ignore nulls) over (order by qty rows unbounded preceding)", "first_value", "r_WF_first_value"),
    ("lag(qty) ignore nulls over (order by qty)", "lag", "r_WF_LAG"),
    ("datediff(day, dateid, dateid) + 1", "?column?", "r_DATEDIFF_function"),
    ("datediff(day, dateid, dateid) days", "days", "r_DATEDIFF_function"),
]


@pytest.fixture
def sales(connect: Callable[..., psycopg.Connection[Any]]) -> psycopg.Connection[Any]:
    """Return a connection with two sales in a temporary table."""
    connection = connect(sslmode="disable")
    connection.execute("CREATE TEMP TABLE s (dateid timestamp, sellerid int, qty int)")
    connection.execute("INSERT INTO s VALUES ('2008-01-02', 3, 10), ('2008-01-01', 1, 30)")
    return connection


def labels(connection: psycopg.Connection[Any], sql: str) -> list[str]:
    """Return the labels of a query's columns."""
    return [column.name for column in connection.execute(sql.encode()).description or []]


@pytest.mark.parametrize(("item", "label"), [(item, label) for item, label, _ in ITEMS])
def test_label_of_item(sales: psycopg.Connection[Any], item: str, label: str) -> None:
    """A column without AS gets the label that its page shows."""
    assert labels(sales, f"SELECT {item} FROM s") == [label]


def test_label_orders_and_reaches_outwards(sales: psycopg.Connection[Any]) -> None:
    """ORDER BY, an outer query and CREATE TABLE AS know a column without AS by its label."""
    ordered = sales.execute("SELECT sellerid, datediff(day, '2008-01-01', dateid) FROM s ORDER BY date_diff").fetchall()
    assert ordered == [(1, 0), (3, 1)]

    outer = sales.execute("SELECT max(date_diff) FROM (SELECT datediff(day, '2008-01-01', dateid) FROM s) d").fetchall()
    assert outer == [(1,)]

    sales.execute("CREATE TEMP TABLE made AS SELECT current_date, median(qty) FROM s")
    assert labels(sales, "SELECT * FROM made") == ["date", "median"]


def test_label_is_no_name_for_other_items(sales: psycopg.Connection[Any]) -> None:
    """A label that nobody wrote does not stand for its item in the same list: `date` before a text stays a type."""
    found = sales.execute("SELECT current_date, date '2008-01-01' FROM s LIMIT 1").fetchone()

    assert found is not None
    assert str(found[1]) == "2008-01-01"


@pytest.mark.parametrize(
    ("item", "label"),
    [
        ("o.day::date", "day"),
        ("cast(o.day as date)", "day"),
        ("c.orders[0].day::varchar", "day"),
        ("orders[0]", "orders"),
        ("orders[0]::varchar", "orders"),
        ("o.day::date + 1", "?column?"),
    ],
)
def test_label_of_a_path(connect: Callable[..., psycopg.Connection[Any]], item: str, label: str) -> None:
    """A path into a SUPER, or a cast of it, has the last name of the path (limitations-super: r_nations::varchar)."""
    connection = connect(sslmode="disable")
    connection.execute("CREATE TEMP TABLE c (orders super)")
    assert labels(connection, f"SELECT {item} FROM c, c.orders o") == [label]

"""What the golden cases share: a schema without tables, and values as the cases write them."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import psycopg
import pytest


def plain(value: Any) -> Any:
    """Return a value as the cases write it."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float | Decimal):
        return pytest.approx(float(value), rel=1e-9, abs=1e-9)
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    return str(value)


def fresh(connect: Callable[..., psycopg.Connection[Any]]) -> psycopg.Connection[Any]:
    """Return a connection to an empty schema public."""
    connection = connect(sslmode="disable")
    connection.execute("DROP SCHEMA IF EXISTS public CASCADE")
    connection.execute("CREATE SCHEMA public")
    return connection

"""The engines that compute the figures: Redshift, through its secret, and Athena. The same on AWS."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import awswrangler as wr
from botocore.exceptions import BotoCoreError, ClientError

from smartcity.bi.address import Address
from smartcity.errors import NotConfigured
from smartcity.settings import Settings

Rows = Sequence[tuple[Any, ...]]


@contextmanager
def warehouse(settings: Settings) -> Iterator[tuple[Any, Address]]:
    """Connect to the run's warehouse; give the connection and its place. Raises NotConfigured."""
    try:
        address = Address.of(wr.secretsmanager.get_secret_json(settings.login_secret), settings.mart)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # redshift_connector makes its TLS by an old call
            connection = wr.redshift.connect(secret_id=settings.login_secret)
    except (BotoCoreError, ClientError) as error:
        raise NotConfigured(f"The secret {settings.login_secret} can't be read: {error}. Try: ./lab up") from error
    try:
        yield connection, address
    finally:
        connection.close()


def redshift_asker(connection: Any) -> Callable[[str], Rows]:
    """Return a function that asks Redshift."""

    def ask(sql: str) -> Rows:
        cursor = connection.cursor()
        cursor.execute(sql)
        return [tuple(row) for row in cursor.fetchall()]

    return ask


def athena_asker(settings: Settings) -> Callable[[str], Rows]:
    """Return a function that asks Athena in the run's database."""

    def ask(sql: str) -> Rows:
        frame = wr.athena.read_sql_query(
            sql, database=settings.database, ctas_approach=False, s3_output=settings.athena_output
        )
        objects = frame.astype(object).where(frame.notna(), None)
        return [tuple(row) for row in objects.itertuples(index=False)]

    return ask


def require_star(ask: Callable[[str], Rows], schema: str) -> None:
    """Raise NotConfigured unless the star is in the warehouse and has rows."""
    counts = ask(f"SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '{schema}'")  # noqa: S608
    if not counts[0][0] or not ask(f"SELECT COUNT(*) FROM {schema}.fact_trip_minute")[0][0]:  # noqa: S608
        raise NotConfigured(f"The warehouse has no star schema in {schema} yet. Try: ./lab run")

"""Connections to the gateway of the running lab."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
import psycopg
import pytest

Connect = Callable[..., psycopg.Connection[Any]]
BUCKET, LIMIT_S = "lab", 30


def wait_for(ask: Callable[[], list[Any]]) -> list[Any]:
    """Ask until there are rows, and return them. Raises TimeoutError after 30 s."""
    pause = threading.Event()
    for _ in range(LIMIT_S * 10):
        if found := ask():
            return found
        pause.wait(0.1)
    raise TimeoutError(f"no row within {LIMIT_S} s")


@pytest.fixture
def connect(in_lab: Mapping[str, str]) -> Iterator[Connect]:
    """Open connections as the admin, or as other keywords say; closed after the test."""
    opened: list[psycopg.Connection[Any]] = []

    def open_one(**other: Any) -> psycopg.Connection[Any]:
        given = {
            "host": in_lab["REDSHIFT_HOST"],
            "port": in_lab["REDSHIFT_PORT"],
            "user": in_lab["REDSHIFT_USER"],
            "password": in_lab["REDSHIFT_PASSWORD"],
            "dbname": in_lab["REDSHIFT_DATABASE"],
            "autocommit": True,
        }
        opened.append(psycopg.connect(**{**given, **other}))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def schema(connect: Connect) -> Iterator[psycopg.Connection[Any]]:
    """Give a connection with a schema of its own for its tables."""
    connection = connect()
    connection.execute("DROP SCHEMA IF EXISTS gateway_test CASCADE")
    connection.execute("CREATE SCHEMA gateway_test")
    connection.execute("SET search_path TO gateway_test")
    yield connection
    connection.close()  # a transaction that a test left open holds its tables
    connect().execute("DROP SCHEMA gateway_test CASCADE")


@pytest.fixture
def bucket(in_lab: Mapping[str, str]) -> str:
    """Make the bucket that COPY and UNLOAD of the tests use, and return its name."""
    s3 = boto3.client("s3")
    if BUCKET not in [one["Name"] for one in s3.list_buckets()["Buckets"]]:
        s3.create_bucket(Bucket=BUCKET)
    return BUCKET

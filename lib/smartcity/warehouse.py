"""The warehouse: clean events copied from the lake into Redshift, and the star built of them. The same on AWS.

Takes a connection of the DB-API (redshift_connector or psycopg). Each load is one transaction, and gives the same rows
however often it runs. It counts rows: those it took must equal those in the lake and those in the table.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from smartcity.errors import LoadUnbalanced
from smartcity.events import TOPICS, Verdict
from smartcity.lake import Lake
from smartcity.schemas import transformed_schema
from smartcity.sql import statements

_LENGTHS = {"extra": 4096, "description": 1024}


def column_type(field: pa.Field) -> str:
    """Return the Redshift type of a column of the lake; times become TIMESTAMP in UTC, lists SUPER."""
    if pa.types.is_timestamp(field.type):
        return "TIMESTAMP"
    if pa.types.is_list(field.type):
        return "SUPER"
    if pa.types.is_string(field.type):
        return f"VARCHAR({_LENGTHS.get(field.name, 256)})"
    return {pa.float64(): "DOUBLE PRECISION", pa.int64(): "BIGINT", pa.int32(): "INTEGER"}[field.type]


def create_table(mart: str, topic: str) -> str:
    """Return the CREATE TABLE of a topic's events: the columns of the lake in their order."""
    columns = ",\n  ".join(f"{field.name} {column_type(field)}" for field in transformed_schema(topic))
    return f"CREATE TABLE IF NOT EXISTS {mart}.{topic} (\n  {columns}\n) DISTKEY (device_id) SORTKEY (event_time)"


def copy_from_lake(table: str, topic: str, lake_uri: str, role: str) -> str:
    """Return the COPY of a topic's clean events, Parquet in the columns' order, into a table."""
    nested = any(pa.types.is_nested(field.type) for field in transformed_schema(topic))
    options = "FORMAT AS PARQUET SERIALIZETOJSON" if nested else "FORMAT AS PARQUET"
    return f"COPY {table} FROM '{lake_uri}/transformed/{topic}/' IAM_ROLE '{role}' {options}"


def reset(connection: Any, mart: str) -> None:
    """Drop the schema `mart` with all its tables, if it exists."""
    connection.cursor().execute(f"DROP SCHEMA IF EXISTS {mart} CASCADE")
    connection.commit()


def load_events(connection: Any, mart: str, lake_uri: str, role: str) -> dict[str, int]:
    """Copy the clean events of all topics into `mart`, replacing rows that are there; return the rows of each table.

    Raises LoadUnbalanced if the rows of a topic are not those of the lake, after which nothing is loaded; LakeError.
    """
    cursor, before = connection.cursor(), _rows_of_lake(lake_uri)
    cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {mart}")
    loads = [_load(connection, mart, topic, lake_uri, role) for topic in TOPICS]
    after = _rows_of_lake(lake_uri)
    try:
        for load in loads:
            check_load(load, before[load.topic], after[load.topic])
    except LoadUnbalanced:
        connection.rollback()
        raise
    connection.commit()
    return {load.topic: load.rows for load in loads}


@dataclass(frozen=True)
class Load:
    """The row counts of one topic's load: in the table before, deleted, inserted, and in the table after."""

    topic: str
    held: int
    deleted: int
    inserted: int
    rows: int


def check_load(load: Load, before: int, after: int) -> None:
    """Compare a load with the rows of the lake before and after it; a stream may add some meanwhile.

    Raises LoadUnbalanced, with the numbers.
    """
    if not before <= load.inserted <= after:
        there = f"{before:,}" if before == after else f"{before:,} to {after:,}"
        raise LoadUnbalanced(
            f"The load of {load.topic} took {load.inserted:,} rows, but the lake's commits hold {there}. "
            "Try: ./lab reconcile, which lists the wrong records"
        )
    expected = load.held - load.deleted + load.inserted
    if load.rows != expected:
        raise LoadUnbalanced(
            f"{load.topic} holds {load.rows:,} rows after its load, but {load.held:,} - {load.deleted:,} + "
            f"{load.inserted:,} are {expected:,}. Try: load again while nothing else writes to the table"
        )


def _rows_of_lake(lake_uri: str) -> Counter[str]:
    """Return the rows of each topic's clean events in complete batches. Raises LakeError."""
    rows: Counter[str] = Counter()
    for file in Lake(lake_uri).committed_files(Verdict.TRANSFORMED):
        rows[file.topic] += file.rows
    return rows


def _load(connection: Any, mart: str, topic: str, lake_uri: str, role: str) -> Load:
    cursor, changed = connection.cursor(), {"DELETE": 0, "INSERT": 0}
    create, *rest = load_statements(mart, topic, lake_uri, role)
    cursor.execute(create)
    held = count(connection, f"{mart}.{topic}")
    for statement in rest:
        cursor.execute(statement)
        verb = statement.split(maxsplit=1)[0]
        if verb in changed:
            changed[verb] = cursor.rowcount
    return Load(topic, held, changed["DELETE"], changed["INSERT"], count(connection, f"{mart}.{topic}"))


def load_statements(mart: str, topic: str, lake_uri: str, role: str) -> list[str]:
    """Return the statements that load one topic: stage, delete existing rows, insert."""
    stage = f"stage_{topic}"
    return [
        create_table(mart, topic),
        f"CREATE TEMP TABLE {stage} (LIKE {mart}.{topic})",
        copy_from_lake(stage, topic, lake_uri, role),
        f"DELETE FROM {mart}.{topic} USING {stage} WHERE {topic}.record_id = {stage}.record_id",  # noqa: S608  names of our own
        f"INSERT INTO {mart}.{topic} SELECT * FROM {stage}",  # noqa: S608
        f"DROP TABLE {stage}",
    ]


def build_star(connection: Any, mart: str) -> None:
    """Bring the dimensions and facts of `mart` up to date with its events, all of them or none."""
    cursor = connection.cursor()
    for statement in statements("mart", mart=mart):
        cursor.execute(statement)
    connection.commit()


def count(connection: Any, table: str) -> int:
    """Return the number of rows of a table."""
    cursor = connection.cursor()
    cursor.execute(f"SELECT COUNT(*) FROM {table}")  # noqa: S608  names of our own tables
    return int(cursor.fetchone()[0])

"""The tables of the warehouse follow the columns of the lake; the SQL of the star is whole."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smartcity.errors import LoadUnbalanced
from smartcity.events import TOPICS
from smartcity.lake import Lake
from smartcity.schemas import transformed_schema
from smartcity.sql import statements
from smartcity.warehouse import Load, check_load, copy_from_lake, create_table, load_events, load_statements


@pytest.mark.parametrize("topic", TOPICS)
def test_a_table_has_the_columns_of_the_lake_in_their_order(topic: str) -> None:
    """COPY of Parquet goes by place, so the order of the columns is the order of the files."""
    columns = re.findall(r"^  (\w+) ", create_table("mart", topic), flags=re.MULTILINE)
    assert columns == transformed_schema(topic).names


def test_lists_become_super_and_are_serialized() -> None:
    """A topic with a list column needs SERIALIZETOJSON; one without does not get it."""
    assert "vehicle_ids SUPER" in create_table("mart", "traffic_data")
    assert copy_from_lake("t", "traffic_data", "s3://b/run", "r").endswith("SERIALIZETOJSON")
    assert copy_from_lake("t", "gps_data", "s3://b/run", "r").endswith("PARQUET")


def test_a_load_takes_out_before_it_puts_in() -> None:
    """Rows that are staged are deleted from the target by record_id, then inserted."""
    verbs = [statement.split()[0] for statement in load_statements("mart", "gps_data", "s3://b/run", "r")]
    assert verbs == ["CREATE", "CREATE", "COPY", "DELETE", "INSERT", "DROP"]


def test_the_star_is_built_in_the_schema_that_is_asked_for() -> None:
    """Every statement names the given schema or a staging table, and no placeholder is left."""
    texts = statements("mart", mart="mart_x")
    assert len(texts) == 20
    assert all("mart_x." in text or text.startswith("DROP TABLE new_") for text in texts)


@pytest.mark.parametrize(
    ("load", "before", "after", "numbers"),
    [
        (Load("t", 0, 0, 9, 9), 10, 10, "took 9 rows, but the lake's commits hold 10"),
        (Load("t", 0, 0, 11, 11), 10, 10, "took 11 rows, but the lake's commits hold 10"),
        (Load("t", 0, 0, 13, 13), 10, 12, "hold 10 to 12"),
        (Load("t", 5, 2, 10, 12), 10, 10, "holds 12 rows after its load, but 5 - 2 \\+ 10 are 13"),
        (Load("t", 0, 0, -1, 0), 10, 10, "took -1 rows"),
    ],
)
def test_a_load_that_does_not_balance_names_the_numbers(load: Load, before: int, after: int, numbers: str) -> None:
    """Rows lost or added on the way from the lake, or in the table, are an error."""
    with pytest.raises(LoadUnbalanced, match=numbers):
        check_load(load, before, after)


@pytest.mark.parametrize("load", [Load("t", 0, 0, 10, 10), Load("t", 10, 10, 10, 10), Load("t", 4, 0, 12, 16)])
def test_a_load_that_balances_is_taken(load: Load) -> None:
    """The first load, a repeated one, and one during which the stream added rows."""
    check_load(load, 10, 12)


LAKE = "s3://lake-tests/warehouse"


@pytest.fixture
def warehouse(in_lab: Mapping[str, str]) -> Iterator[psycopg.Connection[Any]]:
    """Give a connection to Redshift, and a lake whose one commit holds two events of each topic."""
    lake = Lake(LAKE)
    lake.make_bucket()
    lake.purge()
    files = []
    for topic in TOPICS:
        path = f"transformed/{topic}/event_date=2024-01-01/hour=00/1.parquet"
        _put(lake, path, topic, ["a", "b"])
        files.append({"zone": "transformed", "topic": topic, "path": path, "rows": 2})
    lake.client.put_object(
        Bucket=lake.bucket, Key=f"{lake.prefix}/_commits/0.json", Body=json.dumps({"files": files}).encode()
    )
    given = {name: in_lab[f"REDSHIFT_{name.upper()}"] for name in ("host", "port", "user", "password")}
    with psycopg.connect(**given, dbname=in_lab["REDSHIFT_DATABASE"]) as connection:  # type: ignore[arg-type]
        connection.execute("DROP SCHEMA IF EXISTS books CASCADE")
        connection.commit()
        yield connection
        connection.execute("DROP SCHEMA IF EXISTS books CASCADE")


def _put(lake: Lake, path: str, topic: str, ids: list[str]) -> None:
    schema = transformed_schema(topic)
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([{"record_id": name} for name in ids], schema), out)
    lake.client.put_object(Bucket=lake.bucket, Key=f"{lake.prefix}/{path}", Body=out.getvalue())


@pytest.mark.stack
def test_a_load_takes_the_rows_of_the_lake_once(warehouse: psycopg.Connection[Any]) -> None:
    """Loaded twice, each table holds the lake's rows once."""
    for _ in range(2):
        assert load_events(warehouse, "books", LAKE, "default") == dict.fromkeys(TOPICS, 2)


@pytest.mark.stack
@pytest.mark.parametrize(
    ("ids", "numbers"), [(["c"], "took 3 rows, but .* hold 2"), (None, "took 1 rows, but .* hold 2")]
)
def test_a_lake_that_holds_other_rows_is_not_loaded(
    warehouse: psycopg.Connection[Any], ids: list[str] | None, numbers: str
) -> None:
    """A file that no commit knows, or rows that a file lost, fail the load; no table is left behind."""
    lake, topic = Lake(LAKE), next(iter(TOPICS))
    folder = f"transformed/{topic}/event_date=2024-01-01/hour=00"
    _put(lake, f"{folder}/{2 if ids else 1}.parquet", topic, ids or ["a"])
    with pytest.raises(LoadUnbalanced, match=numbers):
        load_events(warehouse, "books", LAKE, "default")
    assert warehouse.execute("SELECT count(*) FROM svv_tables WHERE table_schema = 'books'").fetchone() == (0,)

"""The tables of the warehouse follow the columns of the lake; the SQL of the star is whole."""

from __future__ import annotations

import re

import pytest

from smartcity.events import TOPICS
from smartcity.sql import statements
from smartcity.transforms.zones import transformed_schema
from smartcity.warehouse import copy_from_lake, create_table, load_statements


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

"""The engine's catalog as queries read it.

https://docs.aws.amazon.com/redshift/latest/dg/c_intro_catalog_views.html
"""

from __future__ import annotations

import psycopg
import pytest

from .translation import translated

Connection = psycopg.Connection[object]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select relname from pg_class", "select relname from redshift_lab.relations AS pg_class"),
        ("select c.relname from PG_CATALOG.pg_class c", "select c.relname from redshift_lab.relations c"),
        (
            "select pg_catalog.pg_class.oid from pg_catalog.pg_class",
            "select pg_class.oid from redshift_lab.relations AS pg_class",
        ),
        ("select reldiststyle from pg_class", "select reldiststyle from redshift_lab.pg_class AS pg_class"),
        ("select adsrc from pg_attrdef d", "select adsrc from redshift_lab.pg_attrdef d"),
    ],
)
def test_views_stand_for_parts_of_the_catalog(query: str, expected: str) -> None:
    """A query reads the views, and goes on to use the names it knows."""
    assert translated(query).sql == expected


@pytest.mark.parametrize(
    "query",
    [
        "select xmin from pg_class",
        "select 'pg_class'::regclass",
        "select oid as pg_class from pg_namespace",
        "select relname from other.pg_class",
        "with pg_class as (select 1 as relname) select relname from pg_class",
        "select adbin from pg_attrdef",
    ],
)
def test_other_names_stay(query: str) -> None:
    """Only pg_class itself is replaced, where it is read, and no column of it that a view lacks."""
    assert "redshift_lab" not in translated(query).sql


@pytest.mark.stack
@pytest.mark.parametrize(
    "query",
    [
        "SELECT relkind::text FROM pg_class WHERE relname = 'm'",
        "SELECT pg_catalog.pg_class.relkind::text FROM pg_catalog.pg_class WHERE pg_catalog.pg_class.oid = 'm'::regclass",
        "SELECT relkind::text FROM pg_class WHERE relname = 'm' AND reldiststyle >= 0",
    ],
)
def test_a_materialized_view_is_a_view(schema: Connection, query: str) -> None:
    """pg_class knows no kind for materialized views; dbt reads relkind 'v' and the text in information_schema.views."""
    schema.execute("CREATE TABLE event (id int)")
    schema.execute("CREATE MATERIALIZED VIEW m AS SELECT id FROM event")
    assert schema.execute(query.encode()).fetchall() == [("v",)]

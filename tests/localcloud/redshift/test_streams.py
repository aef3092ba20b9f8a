"""The guide's rules of streaming ingestion: what a schema of topics needs, and what a view over a topic may be.

Each case in `streams.jsonl` names the page of the Developer Guide that has the rule.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql import external_schemas, materialized, streams
from localcloud.redshift.sql.facts import Facts
from localcloud.redshift.sql.lexer import lex

CASES = [json.loads(line) for line in Path(__file__).with_name("streams.jsonl").read_text().splitlines()]


class Schemas:
    """A catalog with one schema of topics, `stream`."""

    async def rows(self, _query: str, *values: str) -> list[list[str]]:
        """Return which of the names is the schema's."""
        return [["stream"]] if '"stream"' in values[0] else []


def read(sql: str) -> external_schemas.KafkaSchema:
    """Read a CREATE or an ALTER of a schema of topics."""
    schema = (
        external_schemas.read_alter(lex(sql)) if sql.startswith("ALTER") else external_schemas.read_schema(lex(sql))
    )
    assert isinstance(schema, external_schemas.KafkaSchema)
    return schema


def check(query: str) -> None:
    """Check the query of a materialized view."""
    tokens = lex(query)
    facts = Facts(Schemas())  # type: ignore[arg-type]  # it is asked for nothing else
    asyncio.run(streams.check(tokens, facts, mutable=materialized.is_mutable(tokens)))


@pytest.mark.parametrize("case", [case for case in CASES if "options" in case], ids=lambda case: case["sql"])
def test_a_schema_has_the_documented_options(case: dict[str, Any]) -> None:
    """A statement as documented is read, and each option is kept."""
    assert read(case["sql"]) == external_schemas.KafkaSchema("s", **case["options"])


@pytest.mark.parametrize("case", [case for case in CASES if "error" in case], ids=lambda case: str(case))
def test_what_the_guide_excludes_is_refused(case: dict[str, Any]) -> None:
    """A statement or a query that the guide excludes is refused, by the name of what it has."""
    with pytest.raises(SqlError) as refused:
        read(case["sql"]) if "sql" in case else check(case["query"])
    assert case["error"] in refused.value.message


@pytest.mark.parametrize("case", [case for case in CASES if "query" in case and "error" not in case], ids=str)
def test_a_query_as_the_guide_has_it_is_taken(case: dict[str, Any]) -> None:
    """Expressions over one topic and a WHERE are taken."""
    check(case["query"])


def test_other_schemas_are_not_streams() -> None:
    """A query over tables and other external schemas may join and group as before."""
    check("SELECT count(*) FROM spectrum.sales JOIN city.place USING (id) GROUP BY 1")

"""What the query of a materialized view over a stream can be: expressions over one topic, and a WHERE.

https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion.html
https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started-MSK.html
"""

from __future__ import annotations

import json
from itertools import pairwise

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql import incremental, relations
from localcloud.redshift.sql.facts import Facts
from localcloud.redshift.sql.keywords import SET_WORDS
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import folded
from localcloud.redshift.sql.tree import outer_selects, unwrapped

_TOPIC_LENGTH = 128
_SCHEMAS = "SELECT name FROM redshift_lab.external_schemas WHERE kind = 10 AND name = ANY ($1::text[])"
_AGGREGATES = frozenset(("COUNT", "SUM", "MIN", "MAX", "AVG", "ANY_VALUE")) | incremental.AGGREGATES
_CLAUSES = {"GROUP": "GROUP BY", "HAVING": "HAVING", "QUALIFY": "QUALIFY"}
_OVER_IT = "define a materialized view over the streaming view"


def refusal(reason: str, hint: str = "") -> SqlError:
    """Return the error of a view that cannot be made over a stream."""
    return SqlError("0A000", f"Materialized view over stream could not be created, reason: {reason}", hint=hint)


async def check(query: Tokens, facts: Facts, *, mutable: bool) -> None:
    """Raise SqlError if a query reads a stream and has more than a stream allows."""
    tokens = unwrapped(query)
    references = [reference for reference in relations.references(tokens) if reference.end - reference.start == 3]
    named = [folded(tokens[reference.start]) for reference in references]
    known = await facts.rows(_SCHEMAS, "{" + ",".join(json.dumps(name) for name in named) + "}") if named else []
    streams = [index for index, name in enumerate(named) if [name] in known]
    if not streams:
        return
    _check_shape(tokens)
    if len(relations.references(tokens)) > 1:
        raise refusal("Joins are not supported.", hint=_OVER_IT)
    if mutable:
        raise refusal("Mutable functions are not supported.", hint="the column refresh_time")
    topic = folded(tokens[references[streams[0]].end - 1])
    if len(topic) > _TOPIC_LENGTH:
        raise refusal(f"The name of a topic has at most {_TOPIC_LENGTH} characters.")


def _check_shape(tokens: Tokens) -> None:
    keywords = [token.upper for token in tokens]
    if set(keywords) & SET_WORDS:
        raise refusal("Set operations are not supported.")
    if keywords.count("SELECT") > 1 or "WITH" in keywords:
        raise refusal("Subqueries are not supported.", hint=_OVER_IT)
    for clause in outer_selects(tokens)[0].clauses:
        if clause in _CLAUSES:
            raise refusal(f"{_CLAUSES[clause]} is not supported.", hint=_OVER_IT)
    if "DISTINCT" in keywords:
        raise refusal("DISTINCT is not supported.", hint=_OVER_IT)
    for word, follows in pairwise(keywords):
        if follows == "(" and word == "OVER":
            raise refusal("Window functions are not supported.", hint=_OVER_IT)
        if follows == "(" and word in _AGGREGATES:
            raise refusal(f"The aggregate {word} is not supported.", hint=_OVER_IT)

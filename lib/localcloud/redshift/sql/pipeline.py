"""The way of a query through the rules, or of a statement with queries in it.

Late-binding views and external tables come first: what they stand for is text of Redshift's. Then what Redshift does
not have is refused, words and calls are rewritten, and the queries go through the rules of SELECT.
"""

from __future__ import annotations

import re

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql import absent, decimals, external, labels, literals, relations, views, where_paths
from localcloud.redshift.sql.calls import rewrite_calls
from localcloud.redshift.sql.catalog import read_extended
from localcloud.redshift.sql.context import Context
from localcloud.redshift.sql.dialect import rewrite_dialect
from localcloud.redshift.sql.facts import Facts
from localcloud.redshift.sql.folding import fold
from localcloud.redshift.sql.keywords import QUERIES
from localcloud.redshift.sql.lexer import Token, Tokens
from localcloud.redshift.sql.names import folded
from localcloud.redshift.sql.plan import Session
from localcloud.redshift.sql.queries import rewrite_queries

_CATALOG = re.compile(r'"?(pg_catalog|information_schema|pg_[a-z_]+|svv_\w+|redshift_lab)"?', re.IGNORECASE)
_FIRST_LETTERS = frozenset('piswrPISWR"')
_CHANGES = ("INSERT", "UPDATE", "DELETE")
_DEPTH = 16
"""How deeply late-binding views may read one another."""


async def query(
    tokens: Tokens, session: Session, facts: Facts, *, typed: bool | None = None, lasting: bool = False
) -> Tokens:
    """Return a query, or a statement with queries in it, in the engine's SQL.

    `typed` says that its columns become a table's, so that the digits of decimals must be known; False, that its
    tables need not exist. `lasting` says that it outlives the session.
    """
    tokens = await _late_views(tokens, session, facts) if session.late_views else tokens
    if session.external_schemas:
        tokens = await external.resolve(tokens, session, facts, lasting=lasting)
    if any(_is_catalog(token) for token in tokens):
        absent.refuse_server_functions(tokens)
        tokens, typed = read_extended(tokens), False
    else:
        absent.refuse(tokens)
    tokens = rewrite_calls(rewrite_dialect(labels.mark(tokens)))
    rounds = tokens[0].upper in QUERIES and not absent.reads_table(tokens)
    if typed is None:
        typed = session.typed_decimals or decimals.need_types(tokens, rounds=rounds)
    keywords = frozenset(token.upper for token in tokens)
    context = Context(session, facts, typed=typed, rounds=rounds, keywords=keywords)
    if tokens[0].upper in _CHANGES:
        tokens = await decimals.outside(await literals.as_text(tokens, context), context)
        tokens = await where_paths.follow(tokens, context)
    return labels.reveal(await rewrite_queries(tokens, context))


def _is_catalog(token: Token) -> bool:
    """Return whether a token names a part of the catalog, whose queries are the engine's own."""
    if token.kind not in ("word", "quoted") or token.text[0] not in _FIRST_LETTERS:
        return False
    return _CATALOG.fullmatch(token.text) is not None


async def _late_views(tokens: Tokens, session: Session, facts: Facts) -> Tokens:
    """Return the tokens with the late-binding views that they read, and those that these read, as subqueries."""
    for _ in range(_DEPTH):
        paths = _maybe_late(tokens, session)
        if not paths:
            return tokens
        quoted = ",".join('"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"' for path in paths)
        rows = await facts.rows("SELECT * FROM redshift_lab.find_late_views($1)", f"{{{quoted}}}")
        expanded = views.expand(tokens, {row[0]: row[1] for row in rows})
        if expanded is tokens:
            return tokens
        tokens = fold(expanded, session)
    raise SqlError("54001", "a late-binding view refers to itself, or views are nested too deeply")


def _maybe_late(tokens: Tokens, session: Session) -> list[str]:
    """Return the names that are read whose last part is, or was, a late-binding view's."""
    listed = relations.references(tokens)
    return sorted({reference.path for reference in listed if folded(tokens[reference.end - 1]) in session.late_views})

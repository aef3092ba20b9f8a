"""CREATE of tables, views and the rest.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_AS.html, r_CREATE_VIEW.html,
https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-create-sql-command.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.sql import (
    ddl,
    external,
    lengths,
    materialized,
    reserved,
    routines,
    streams,
    users,
    utilities,
    views,
)
from localcloud.redshift.sql.calls import rewrite_calls
from localcloud.redshift.sql.dialect import rewrite_dialect
from localcloud.redshift.sql.edits import apply, before, made, text, written
from localcloud.redshift.sql.facts import Facts
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import folded
from localcloud.redshift.sql.pipeline import query
from localcloud.redshift.sql.plan import Plan, Session
from localcloud.redshift.sql.views import CreateView


async def create(tokens: Tokens, session: Session, facts: Facts) -> Plan:
    """Return the plan of a CREATE."""
    keywords = [token.upper for token in tokens[1:5]]
    if ddl.is_create_table(tokens):
        return await _table(tokens, session, facts)
    if "PROCEDURE" in keywords or "FUNCTION" in keywords:
        made_routine, then = routines.create(tokens)
        return Plan(made_routine, then=then)
    if keywords[0] == "MATERIALIZED":
        return await _materialized(tokens, session, facts)
    if "VIEW" in keywords:
        return await _view(views.read(tokens), session, facts)
    if keywords[0] == "USER":
        return Plan.of(users.user(tokens))
    if keywords[0] == "SCHEMA":
        return utilities.schema(tokens)
    return utilities.database(tokens) if keywords[0] == "DATABASE" else Plan.of(tokens)


async def _table(tokens: Tokens, session: Session, facts: Facts) -> Plan:
    table = ddl.create_table(tokens)
    if not table.query:
        return Plan.of(rewrite_calls(rewrite_dialect(table.head)), then=table.then)
    made_of = await query(lengths.of_literals(table.query), session, facts, typed=True)
    return Plan.of([*table.head, *made_of], then=table.then)


async def _materialized(tokens: Tokens, session: Session, facts: Facts) -> Plan:
    view = materialized.read(tokens)
    materialized.check(view.query)
    if session.external_schemas:
        await streams.check(view.query, facts, mutable=materialized.is_mutable(view.query))
    made_of = await query(lengths.of_literals(view.query), session, facts, lasting=True)
    return Plan.of(made(view.head, " AS ", made_of), then=view.then)


async def _view(view: CreateView, session: Session, facts: Facts) -> Plan:
    reserved.check(view.last_name)
    if temporary := next((token for token in view.head if token.upper in ("TEMP", "TEMPORARY")), None):
        raise not_supported(f"CREATE {temporary.upper} VIEW", hint='a name that begins with #, as in CREATE VIEW "#v"')
    if view.is_late:
        session.late_views.add(folded(view.last_name))  # names to look up, which need not be views
        shape = await query(lengths.of_literals(view.query), session, facts, typed=False)
        return Plan(views.create_late(view, written(shape)), tag="CREATE VIEW")
    external.refuse(view.query, session)
    made_of = await query(lengths.of_literals(view.query), session, facts)
    if view.replaces:
        await _check_width(written(view.name), written(made_of), facts)
    head = view.head
    if view.name[0].text.startswith(("#", '"#')):  # a view of the session
        head = apply(head, [before(token, "TEMPORARY ") for token in head if token.upper == "VIEW"])
    return Plan(text([*head, *made_of]))


async def _check_width(name: str, query: str, facts: Facts) -> None:
    """Raise SqlError if a view is replaced by one with more columns; the engine refuses other changes."""
    width = (await facts.rows("SELECT redshift_lab.view_width($1)::text", name))[0][0]
    if width and len(await facts.columns(query)) != int(width):
        raise SqlError("42P16", "cannot change number of columns in view")

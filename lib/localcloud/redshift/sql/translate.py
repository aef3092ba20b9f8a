"""The way of a statement through the rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from localcloud.redshift.errors import SqlError, syntax_error
from localcloud.redshift.sql import (
    absent,
    alter,
    calling,
    ddl,
    decimals,
    external,
    labels,
    lengths,
    literals,
    materialized,
    merging,
    notes,
    relations,
    reserved,
    routines,
    settings,
    statements,
    views,
    where_paths,
)
from localcloud.redshift.sql.blocks import folded, is_name
from localcloud.redshift.sql.calls import rewrite_calls
from localcloud.redshift.sql.catalog import read_extended
from localcloud.redshift.sql.lexer import Edit, Token, apply, lowered, tokens
from localcloud.redshift.sql.plan import NeedsRows, NeedsTables, Plan, Session
from localcloud.redshift.sql.queries import Context, rewrite_queries
from localcloud.redshift.sql.semistructured import Way
from localcloud.redshift.sql.words import rewrite_words

_CATALOG = re.compile(r"\b(pg_catalog|information_schema|pg_[a-z_]+|svv_\w+|redshift_lab)\b", re.IGNORECASE)
_NAME_BYTES = 63
_DEPTH = 16
"""How deeply late-binding views may read one another."""
Known = Mapping[str, Any]


def translate(sql: str, session: Session, known: Known | None = None) -> Plan:
    """Return what becomes of one statement.

    Raises SqlError to refuse it, NeedsColumns or NeedsRows to be asked again with the answer in `known`.
    """
    sql = fold_names(sql, session)
    words = tokens(sql)
    if not words:
        return Plan(sql)
    known = known or {}
    family = FAMILIES.get(words[0].upper)
    if family is not None:
        return family(sql, words, session, known)
    statements.check(words)
    if words[0].upper not in statements.PASSED:
        raise syntax_error(words[0].text)
    return Plan(query(sql, session, known))


def query(sql: str, session: Session, known: Known, *, typed: bool | None = None) -> str:
    """Return a query, or a statement with queries in it, in the engine's SQL.

    `typed` tells that its columns become a table's, so that the digits of decimals must be known; False, that its
    tables need not exist.
    """
    sql = external.resolve(_late_views(sql, session, known), session, known)
    if _CATALOG.search(sql):
        sql, typed = read_extended(sql), False
    else:
        words = tokens(sql)
        absent.refuse(words)
    sql = rewrite_calls(rewrite_words(labels.mark(sql)))
    words = tokens(sql)
    rounds = words[0].upper in ("SELECT", "WITH") and not absent.reads_table(words)
    typed = session.typed_decimals or decimals.need_types(words, rounds=rounds) if typed is None else typed
    way = Way(session.navigates_strictly, session.case_sensitive_attributes)
    context = Context(known, typed=bool(typed), way=way, rounds=rounds)
    sql = where_paths.followed(decimals.outside(literals.as_text(sql, context), context), context)
    return labels.reveal(rewrite_queries(sql, context))


def _late_views(sql: str, session: Session, known: Known) -> str:
    """Return the text with the late-binding views that it reads, and those that these read, as subqueries."""
    for _ in range(_DEPTH):
        paths = _maybe_late(sql, session) if session.late_views else []
        if not paths:
            return sql
        key = "late views:" + ",".join(paths)
        if key not in known:
            quoted = ",".join('"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"' for path in paths)
            raise NeedsRows(key, "SELECT * FROM redshift_lab.find_late_views($1)", f"{{{quoted}}}")
        expanded = views.expand(sql, dict(known[key]))
        if expanded == sql:
            return sql
        sql = fold_names(expanded, session)
    raise SqlError("54001", "a late-binding view refers to itself, or views are nested too deeply")


def _maybe_late(sql: str, session: Session) -> list[str]:
    """Return the names that are read whose last part is, or was, a late-binding view's."""
    words = tokens(sql)
    found = relations.references(words)
    return sorted({one.path for one in found if folded(words[one.end - 1]) in session.late_views})


def fold_names(sql: str, session: Session) -> str:
    """Fold quoted names as Redshift does, and quote names of temporary tables that begin with #."""
    edits = []
    words = tokens(sql)
    _check_length(words)
    for place, word in enumerate(words):
        attribute = session.case_sensitive_attributes and place > 1 and words[place - 1].text == "."
        if word.kind == "quoted" and not (session.case_sensitive or attribute) and word.text != lowered(word.text):
            edits.append(Edit(word.start, word.end, lowered(word.text)))
        elif word.kind == "word" and "#" in word.text:
            edits.append(Edit(word.start, word.end, f'"{lowered(word.text)}"'))
    return apply(sql, edits) if edits else sql


def _check_length(words: list[Token]) -> None:
    """Raise SqlError at a name that the engine would cut, so that two names could become one."""
    makes = bool(words) and words[0].upper in ("CREATE", "ALTER")
    for place, word in enumerate(words):
        if len(word.text) <= _NAME_BYTES // 4 or not is_name(word):
            continue
        # After a dot it may be a path into a SUPER, or a column, which cannot exist.
        if (makes or words[place - 1].text != ".") and len(folded(word).encode()) > _NAME_BYTES:
            raise SqlError(
                "42622",
                f'identifier "{folded(word)}" is too long: the lab allows {_NAME_BYTES} bytes, Redshift 127',
                hint="use a shorter name",
            )


def _create(sql: str, words: list[Token], session: Session, known: Known) -> Plan:
    statements.check(words)
    kinds = [word.upper for word in words[1:5]]
    if ddl.is_create_table(words):
        return _create_table(sql, words, session, known)
    if "PROCEDURE" in kinds or "FUNCTION" in kinds:
        made, then = routines.create(sql, words)
        return Plan(made, then=then)
    if kinds[0] == "MATERIALIZED":
        view = materialized.create(sql, words)
        materialized.check(sql[view.start :])
        try:
            made = query(lengths.of_literals(sql[view.start :]), session, known)
            return Plan(view.head + made, then=view.then)
        except NeedsTables as need:
            raise NeedsTables(need.key, need.names, need.columns, lasting=True) from None
    if "VIEW" in kinds:
        return _create_view(sql, words, session, known)
    if kinds[0] == "USER":
        return Plan(statements.user(sql, words))
    if kinds[0] == "SCHEMA":
        return Plan(statements.schema(sql, words))
    if kinds[0] == "DATABASE":
        return Plan(statements.database(sql, words))
    return Plan(sql)


def _create_table(sql: str, words: list[Token], session: Session, known: Known) -> Plan:
    edits, then, start = ddl.create_table(sql, words)
    if start is None:
        return Plan(rewrite_calls(rewrite_words(apply(sql, edits))), then=then)
    place = words[start].start
    text = lengths.of_literals(sql[place:])
    return Plan(apply(sql[:place], edits) + query(text, session, known, typed=True), then=then)


def _create_view(sql: str, words: list[Token], session: Session, known: Known) -> Plan:
    name, columns, text = views.split(sql, words)
    replace = words[1].upper == "OR"
    reserved.check(words[views.name_place(words)])
    if not views.is_late(words):
        external.refuse(text, session)
        made = query(lengths.of_literals(text), session, known)
        if replace:
            _check_width(name, made, known)
        head = sql[: sql.index(text, words[2].start)]
        if name.startswith(("#", '"#')):  # a view of the session
            at = next(word.start for word in words if word.upper == "VIEW")
            head = f"{head[:at]}TEMPORARY {head[at:]}"
        return Plan(head + made)
    session.late_views.add(folded(words[views.name_place(words)]))  # names to look up, which need not be views
    shape = query(lengths.of_literals(text), session, known, typed=False)
    made = views.create_late(name, columns, text, shape, replace)
    return Plan(made, tag="CREATE VIEW")


def _check_width(name: str, made: str, known: Known) -> None:
    """Raise SqlError where a view is replaced by one with more columns; the engine refuses other changes."""
    key = f"view width:{name}"
    if key not in known:
        raise NeedsRows(key, "SELECT redshift_lab.view_width($1)::text", name)
    width = known[key][0][0]
    if width and len(Context(known, typed=False).columns(made)) != int(width):
        raise SqlError("42P16", "cannot change number of columns in view")


def _follow_rename(words: list[Token], session: Session) -> None:
    """Add the new name of what may be a late-binding view to the names that are looked up."""
    end = ddl.name_end(words, 2)
    renames = [word.upper for word in words[end : end + 2]] == ["RENAME", "TO"] and end + 2 < len(words)
    if renames and folded(words[end - 1]) in session.late_views:
        session.late_views.add(folded(words[end + 2]))


def _alter(sql: str, words: list[Token], session: Session, _known: Known) -> Plan:
    statements.check(words)
    if len(words) < 4:
        raise SqlError("42601", "syntax error at end of input")
    if words[1].upper == "TABLE":
        _follow_rename(words, session)
        changed, then = alter.alter_table(sql, words)
        return Plan(changed, then=then) if changed else Plan(notes.do(then), tag="ALTER TABLE")
    if words[1].upper == "MATERIALIZED":
        return materialized.changed(sql, words)
    if words[1].upper == "USER":
        return Plan(statements.user(sql, words))
    if words[1].upper == "ROLE":
        return Plan(statements.role(sql, words))
    return statements.schema_changed(sql, words) if words[1].upper == "SCHEMA" else Plan(sql)


def _drop(sql: str, words: list[Token], session: Session, known: Known) -> Plan:
    statements.check(words)
    return Plan(statements.role(sql, words) if words[1].upper == "ROLE" else query(sql, session, known))


def _merge(sql: str, words: list[Token], session: Session, known: Known) -> Plan:
    return merging.remove_duplicates(sql, words) or Plan(query(merging.checked(sql, words), session, known))


def _cancel(_sql: str, words: list[Token], _session: Session, _known: Known) -> Plan:
    if len(words) < 2 or not words[1].text.isdigit():
        raise SqlError("42601", "CANCEL needs a process id")
    return Plan(f"DO 'BEGIN PERFORM pg_catalog.pg_cancel_backend({words[1].text}); END'", tag="CANCEL")


Family = Callable[[str, list[Token], Session, Known], Plan]
FAMILIES: dict[str, Family] = {
    "CREATE": _create,
    "ALTER": _alter,
    "DROP": _drop,
    "MERGE": _merge,
    "CANCEL": _cancel,
    "CALL": lambda sql, words, session, known: Plan(
        query(calling.with_out_arguments(sql, words, known), session, known)
    ),
    "SET": lambda sql, words, session, known: settings.plan(sql, words, session),
    "SHOW": lambda sql, words, session, known: settings.plan(sql, words, session),
    "RESET": lambda sql, words, session, known: settings.plan(sql, words, session),
    "VACUUM": lambda sql, words, session, known: statements.vacuum(sql, words),
    "ANALYZE": lambda sql, words, session, known: Plan(statements.analyze(sql, words)),
    "ANALYSE": lambda sql, words, session, known: Plan(statements.analyze(sql, words)),
    "TRUNCATE": lambda sql, words, session, known: statements.truncate(sql, words),
    "GRANT": lambda sql, words, session, known: Plan(statements.grant(sql, words)),
    "REVOKE": lambda sql, words, session, known: Plan(statements.grant(sql, words)),
    "BEGIN": lambda sql, words, session, known: Plan(statements.begin(sql, words)),
    "START": lambda sql, words, session, known: Plan(statements.begin(sql, words)),
    "EXPLAIN": lambda sql, words, session, known: Plan(query(statements.explain(sql, words), session, known)),
    "DELETE": lambda sql, words, session, known: Plan(query(statements.delete(sql, words), session, known)),
}

"""Statements about tables, schemas, databases and transactions that the engine writes otherwise.

https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_commands.html
"""

from __future__ import annotations

from itertools import takewhile

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql.edits import Edit, after, apply, replace, swap, written
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import literal, name_end
from localcloud.redshift.sql.plan import Plan

_CURSORS = ("SCROLL", "HOLD", "BINARY", "INSENSITIVE", "ASENSITIVE")
_BACKWARD = ("BACKWARD", "PRIOR", "FIRST", "LAST", "ABSOLUTE", "RELATIVE")
_VACUUMS = ("FULL", "SORT", "DELETE", "ONLY", "REINDEX", "RECLUSTER")


def vacuum(tokens: Tokens) -> Plan:
    """Return what becomes of a VACUUM: there is nothing to sort or reclaim by hand, but the table must exist."""
    index = 1
    if len(tokens) > 1 and tokens[1].text == "(":
        raise syntax_error("(")
    while index < len(tokens) and tokens[index].upper in _VACUUMS:
        index += 1
    if index >= len(tokens) or tokens[index].upper in ("TO", "BOOST"):
        return Plan("DO 'BEGIN END'", tag="VACUUM")
    name = written(tokens[index : name_end(tokens, index)])
    return Plan(f"DO {literal(f'BEGIN PERFORM {literal(name)}::pg_catalog.regclass; END')}", tag="VACUUM")


def analyze(tokens: Tokens) -> Plan:
    """Return an ANALYZE without what only Redshift has in it."""
    if len(tokens) > 1 and tokens[1].upper == "COMPRESSION":
        raise not_supported("ANALYZE COMPRESSION")
    edits = [
        replace(tokens[index], tokens[index + 1])
        for index in range(1, len(tokens) - 1)
        if tokens[index].upper in ("PREDICATE", "ALL") and tokens[index + 1].upper == "COLUMNS"
    ]
    return Plan.of(apply(tokens, edits))


def truncate(tokens: Tokens) -> Plan:
    """Return a TRUNCATE of one table, which commits."""
    first = 2 if len(tokens) > 1 and tokens[1].upper == "TABLE" else 1
    if first >= len(tokens):
        raise SqlError("42601", "syntax error at end of input")
    end = name_end(tokens, first)
    if end < len(tokens):
        raise syntax_error(tokens[end].text)
    return Plan.of(tokens, then="COMMIT")


def schema(tokens: Tokens) -> Plan:
    """Return a CREATE SCHEMA without QUOTA."""
    for index, token in enumerate(tokens[:-1]):
        if token.upper == "QUOTA":
            end = index + 1 if tokens[index + 1].upper == "UNLIMITED" else index + 2
            return Plan.of(apply(tokens, [replace(token, tokens[end])]))
    return Plan.of(tokens)


def schema_changed(tokens: Tokens) -> Plan:
    """Return what becomes of an ALTER SCHEMA; a quota is taken and kept by nobody."""
    if not any(token.upper == "QUOTA" for token in tokens[3:]):
        return Plan.of(tokens)
    check = f"BEGIN PERFORM {literal(tokens[2].text)}::pg_catalog.regnamespace; END"
    return Plan(f"DO {literal(check)}", tag="ALTER SCHEMA")


def database(tokens: Tokens) -> Plan:
    """Return a CREATE DATABASE without what only Redshift has. Raises SqlError at another collation."""
    edits = list[Edit]()
    for index, token in enumerate(tokens[:-1]):
        follows = tokens[index + 1]
        if token.upper == "COLLATE":
            if follows.upper not in ("CASE_SENSITIVE", "CS"):
                raise not_supported(f"{tokens[0].upper} DATABASE ... COLLATE {follows.upper}")
            edits.append(replace(token, follows))
        elif token.upper == "ISOLATION" and index + 2 < len(tokens):
            edits.append(replace(token, tokens[index + 2]))
        elif token.upper == "LIMIT" and follows.upper == "UNLIMITED":
            edits.append(swap(follows, "-1"))
    return Plan.of(apply(tokens, edits))


def begin(tokens: Tokens) -> Plan:
    """Return a BEGIN whose isolation the engine knows."""
    refuse_deferrable(tokens)
    edits = [
        swap(token, "REPEATABLE READ")
        for index, token in enumerate(tokens)
        if token.upper == "SNAPSHOT" and tokens[index - 1].upper == "LEVEL"
    ]
    return Plan.of(apply(tokens, edits))


def refuse_deferrable(tokens: Tokens) -> None:
    """Raise SqlError at a mode of transactions that Redshift does not have.

    https://docs.aws.amazon.com/redshift/latest/dg/r_BEGIN.html
    """
    if deferrable := next((token for token in tokens if token.upper == "DEFERRABLE"), None):
        raise syntax_error(deferrable.text)


def end(tokens: Tokens) -> Plan:
    """Return a COMMIT or ROLLBACK. Raises SqlError if it would begin a transaction, as AND CHAIN does.

    https://docs.aws.amazon.com/redshift/latest/dg/r_COMMIT.html
    """
    extra = tokens[1 + (len(tokens) > 1 and tokens[1].upper in ("WORK", "TRANSACTION")) :]
    if extra and extra[0].upper == "AND":
        raise syntax_error(extra[0].text)
    return Plan.of(tokens)


def check_cursor(tokens: Tokens) -> None:
    """Raise SqlError at a cursor that goes backward, outlives its transaction, or is binary.

    https://docs.aws.amazon.com/redshift/latest/dg/declare.html and fetch.html
    """
    refused, given = (_BACKWARD, tokens[1:2]) if tokens[0].upper == "FETCH" else (_CURSORS, tokens[2:])
    for token in takewhile(lambda token: token.upper != "FOR", given):
        if token.upper in refused:
            raise syntax_error(token.text)


def cancel(tokens: Tokens) -> Plan:
    """Return a CANCEL as a call."""
    if len(tokens) < 2 or not tokens[1].text.isdigit():
        raise SqlError("42601", "CANCEL needs a process id")
    return Plan(f"DO 'BEGIN PERFORM pg_catalog.pg_cancel_backend({tokens[1].text}); END'", tag="CANCEL")


def delete(tokens: Tokens) -> Tokens:
    """Return a DELETE with its FROM, which Redshift lets one leave out."""
    if len(tokens) > 1 and tokens[1].upper != "FROM":
        return apply(tokens, [after(tokens[0], " FROM")])
    return tokens


def check_explain(tokens: Tokens) -> None:
    """Raise SqlError if an EXPLAIN would run the statement, which Redshift's never does."""
    if len(tokens) > 1 and tokens[1].upper in ("ANALYZE", "ANALYSE", "("):
        raise syntax_error(tokens[1].text)

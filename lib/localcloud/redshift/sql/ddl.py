"""CREATE TABLE: what Redshift keeps in addition to the columns is taken out and noted.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html
"""

from __future__ import annotations

from typing import NamedTuple

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql import reserved, table_rules
from localcloud.redshift.sql.columns import REFUSED, element
from localcloud.redshift.sql.edits import Edit, apply, before, replace, written
from localcloud.redshift.sql.lexer import Tokens, closing
from localcloud.redshift.sql.names import folded, name_end, without_hash
from localcloud.redshift.sql.notes import Notes
from localcloud.redshift.sql.tree import parts

_QUERY = ("SELECT", "WITH", "(")


class CreateTable(NamedTuple):
    """A CREATE TABLE in the engine's SQL up to its query, if it has one, and the statement that stores the notes."""

    head: Tokens
    query: Tokens
    then: str


def is_create_table(tokens: Tokens) -> bool:
    """Return whether it is a CREATE TABLE, temporary or not."""
    keywords = [token.upper for token in tokens[1:4]]
    return tokens[0].upper == "CREATE" and "TABLE" in keywords and "EXTERNAL" not in keywords[:2]


def create_table(tokens: Tokens) -> CreateTable:
    """Read a CREATE TABLE. Raises SqlError at what Redshift refuses."""
    start = next(index for index, token in enumerate(tokens) if token.upper == "TABLE") + 1
    edits = [replace(token, token) for token in tokens[1:start] if token.upper in ("LOCAL", "GLOBAL")]
    notes = Notes(keep=[token.upper for token in tokens[start : start + 3]] == ["IF", "NOT", "EXISTS"])
    start += 3 if notes.keep else 0
    if start >= len(tokens):
        raise SqlError("42601", "syntax error at end of input")
    end = name_end(tokens, start)
    notes.table = written(tokens[start:end])
    reserved.check(tokens[end - 1])
    if tokens[start].text.startswith(("#", '"#')) and tokens[1].upper == "TABLE":
        edits.append(before(tokens[1], "TEMPORARY "))
    added, end = _columns(tokens, end, notes)
    taken, query = attributes(tokens, end, notes)
    check_distribution(tokens[end:query], notes)
    table_rules.check_keys(notes)
    head = apply(tokens[:query], [*edits, *added, *taken])
    return CreateTable(head, tokens[query:] if query is not None else [], notes.statement(without_hash(notes.table)))


def _columns(tokens: Tokens, index: int, notes: Notes) -> tuple[list[Edit], int]:
    """Return the changes to the columns in parentheses, if there are any, and the index after them."""
    if index >= len(tokens) or tokens[index].text != "(":
        return [], index
    last = closing(tokens, index)
    if tokens[index + 1].upper in _QUERY:
        return [], index
    spans = parts(tokens, index + 1, last)
    if all(first + 1 == end for first, end in spans):
        return [], last + 1  # names alone, as before the AS of a query
    edits = list[Edit]()
    for first, end in spans:
        if first == end:
            raise syntax_error(tokens[end].text)
        edits += element(tokens[first:end], notes)
    return edits, last + 1


def check_distribution(tokens: Tokens, notes: Notes) -> None:
    """Raise SqlError if the style and the key of the distribution do not agree."""
    index = next((at for at, token in enumerate(tokens[:-1]) if token.upper == "DISTSTYLE"), None)
    style = tokens[index + 1].upper if index is not None else ""
    if style == "KEY" and not notes.distkey:
        raise SqlError("42601", "DISTSTYLE KEY needs a DISTKEY")
    if style in ("EVEN", "ALL", "AUTO") and notes.distkey:
        raise SqlError("42601", f"DISTSTYLE {style} cannot be combined with a DISTKEY")


def attributes(tokens: Tokens, index: int, notes: Notes) -> tuple[list[Edit], int | None]:
    """Take the table's attributes out; return the index where the query of a CTAS begins, if it is one."""
    edits = list[Edit]()
    while index < len(tokens):
        word, start = tokens[index].upper, index
        if word == "AS":
            if [last.upper for last in tokens[-2:]] in (["NO", "DATA"], ["WITH", "DATA"]):
                raise syntax_error(tokens[-1].text)  # a query always fills its table (r_CREATE_TABLE_AS)
            follows = tokens[index + 1].upper if index + 1 < len(tokens) else ""
            if notes.keep or follows in ("TABLE", "VALUES", "EXECUTE"):
                raise syntax_error(tokens[index].text)  # no IF NOT EXISTS, and a SELECT alone
            return edits, index + 1
        index = _attribute(tokens, index, word, notes)
        edits.append(replace(tokens[start], tokens[index - 1]))
    return edits, None


def _attribute(tokens: Tokens, index: int, word: str, notes: Notes) -> int:
    follows = tokens[index + 1].upper if index + 1 < len(tokens) else ""
    if (word, follows) in (("BACKUP", "YES"), ("BACKUP", "NO"), ("ENCODE", "AUTO")):
        return index + 2
    if word == "DISTSTYLE" and follows in ("AUTO", "EVEN", "KEY", "ALL"):
        notes.diststyle = "AUTO(ALL)" if follows == "AUTO" else follows
        return index + 2
    if word in ("COMPOUND", "INTERLEAVED") and follows == "SORTKEY":
        notes.interleaved = word == "INTERLEAVED"
        return _attribute(tokens, index + 1, "SORTKEY", notes)
    if word in ("DISTKEY", "SORTKEY") and follows == "(":
        end = closing(tokens, index + 1)
        names = [folded(token) for token in tokens[index + 2 : end] if token.text != ","]
        if word == "DISTKEY":
            notes.distribute_by(*names)
        else:
            notes.sortkeys = names
        return end + 1
    if word == "SORTKEY" and follows in ("AUTO", "NONE"):
        return index + 2
    raise syntax_error(tokens[index].text) if word not in REFUSED else not_supported(f"{word} in CREATE TABLE")

"""Divisions of decimals in queries, and items of known precision where a query around them divides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.redshift.sql import numbers
from localcloud.redshift.sql.arithmetic import Lookup, Reader
from localcloud.redshift.sql.blocks import Block, Item, folded, is_name
from localcloud.redshift.sql.lexer import Edit, Token, apply, closing, identifier, tokens
from localcloud.redshift.sql.numbers import Number

if TYPE_CHECKING:
    from localcloud.redshift.sql.queries import Context

_COMPUTES = {"*", "/", "%", "+", "-", "(", "CASE"}
_MIXES = {"/", "CASE", "COALESCE", "GREATEST", "LEAST", "UNION", "INTERSECT", "EXCEPT"}
"""What gives a number of a scale that the engine does not know: a quotient, or one of several values."""
_CASTS = {"::", "CAST"}


def need_types(words: list[Token], *, rounds: bool) -> bool:
    """Tell whether a query, in the engine's words, may need the precision and scale of its decimals.

    `rounds` tells that it reads no table, so that its casts round.
    """
    casts = rounds or any(word.kind == "number" and "." in word.text for word in words)
    wanted = _MIXES | _CASTS if casts else _MIXES
    return any(word.upper in wanted or _multiplies(words, place) for place, word in enumerate(words))


def _multiplies(words: list[Token], place: int) -> bool:
    """Tell whether a word is the sign of a product, which may have more than 38 digits; a star of a list is none."""
    before = words[place - 1] if place else words[place]
    value = before.kind in ("number", "quoted", "parameter") or before.text in (")", "]")
    named = before.kind == "word" and before.upper not in ("SELECT", "DISTINCT", "ALL")
    return words[place].text == "*" and (value or named)


def divide(sql: str, words: list[Token], block: Block, context: Context) -> str:
    """Return the text with a block's divisions cut to Redshift's scale. Raises NeedsColumns."""
    if not context.typed or not any(_computes(word) for word in words[block.list_start : block.end]):
        return sql
    start = block.clauses.get("FROM", (block.end, block.end))[0]
    reader = reader_of(sql, words, block, context)
    listed = [(item, reader.scan(item.start, item.expression_end)) for item in block.items]
    for first, last in block.clauses.values():
        if first != start:
            reader.scan(first + 1, last)
    edits = list(reader.edits)
    # The keys of an ORDER BY must stay those of the list where it is DISTINCT.
    casts = not (block.distinct and "ORDER" in block.clauses)
    edits = [edit for item, kind in listed if kind for edit in [_typed(reader, item, kind, casts)] if edit] + edits
    edits += [edit for item in block.items for edit in _kept_name(reader, item)]
    return apply(sql, _outermost(edits)) if edits else sql


def _kept_name(reader: Reader, item: Item) -> list[Edit]:
    """Return the label of an item that is a column with a cast that rounds: its own name."""
    words = reader.words[item.start : item.end]
    sign = next((place for place, word in enumerate(words) if word.text == "::"), 0)
    path = words[:sign]
    if item.alias or item.start not in reader.rounded or not all(is_name(word) or word.text == "." for word in path):
        return []
    return [Edit(words[-1].end, words[-1].end, f" AS {identifier(folded(path[-1]))}")] if path else []


def reader_of(sql: str, words: list[Token], block: Block, context: Context) -> Reader:
    """Return a reader of the expressions of a block, which asks for the columns of its FROM when it meets one."""
    start, end = block.clauses.get("FROM", (block.end, block.end))
    source = sql[words[start].start : words[end - 1].end] if start < end else ""
    return Reader(sql, words, _columns(source, context), context.rounds)


def _computes(word: Token) -> bool:
    return word.upper in _COMPUTES or (word.kind == "number" and "." in word.text)


def _outermost(edits: list[Edit]) -> list[Edit]:
    """Return the changes that are not part of another one; the first of two at the same place."""
    kept = list[Edit]()
    for edit in edits:
        if not any(other.start <= edit.start and edit.end <= other.end for other in kept):
            kept.append(edit)
    return kept


def _typed(reader: Reader, item: Item, kind: Number, casts: bool) -> Edit | None:
    """Return an item with its type, where the engine would forget it; without new casts, with its name alone."""
    words, edits = reader.words[item.start : item.expression_end], reader.edits
    first, last = words[0].start, words[-1].end
    if kind.kind != "decimal":
        return None
    name = "" if item.alias else label(words)
    whole = next((edit for edit in edits if edit.start == first and edit.end == last), None)
    if whole is not None:
        return whole._replace(text=whole.text + name)
    if not casts or not any(_computes(word) for word in words) or _ends_with_cast(words):
        return None
    inside = [Edit(edit.start - first, edit.end - first, edit.text) for edit in edits if first <= edit.start < last]
    text = apply(reader.sql[first:last], inside)
    return Edit(first, last, f"({text})::numeric({kind.precision},{kind.scale}){name}")


def _ends_with_cast(words: list[Token]) -> bool:
    """Tell whether an expression is a cast, which gives it its type: `x::decimal(5,2)`."""
    depth, sign = 0, None
    for place, word in enumerate(words):
        depth += (word.text in "([") - (word.text in ")]")
        if depth == 0 and word.text == "::":
            sign = place
        elif depth == 0 and word.kind == "operator" and word.text not in (".", ")", "]"):
            return False
    return sign is not None


def label(words: list[Token]) -> str:
    """Return the name that the engine gives an item without the cast; nothing where the cast changes none."""
    if _ends_with_cast(words):
        return ""
    if words[0].text == "(" and closing(words, 0) == len(words) - 1:
        return label(words[1:-1])
    if words[0].upper == "CASE" and words[-1].upper == "END":
        default = _default(words)
        return "" if default and not _ends_with_cast(default) and not label(default) else ' AS "case"'
    call = next((place for place, word in enumerate(words) if word.text == "("), None)
    path = words[:call]
    is_path = all(is_name(word) or word.text == "." for word in path)
    if is_path and path and (call is None or closing(words, call) == len(words) - 1):
        return ""
    return "" if is_path and call is not None and _is_window(words, closing(words, call) + 1) else ' AS "?column?"'


def _default(words: list[Token]) -> list[Token]:
    """Return the value after the ELSE of a CASE, whose name the CASE takes; nothing without one."""
    depth, start = 0, 0
    for place, word in enumerate(words[:-1]):
        depth += (word.upper == "CASE") - (word.upper == "END")
        if depth == 1 and word.upper == "ELSE":
            start = place + 1
    return words[start:-1] if start else []


def _is_window(words: list[Token], place: int) -> bool:
    """Tell whether OVER and a window are all that follows a call."""
    if place >= len(words) or words[place].upper != "OVER":
        return False
    opened = place + 1 < len(words) and words[place + 1].text == "("
    return (closing(words, place + 1) if opened else place + 1) == len(words) - 1


def _columns(source: str, context: Context) -> Lookup:
    """Return how the columns of a FROM are looked up; the engine is asked at the first one."""

    def lookup(path: list[str]) -> Number | None:
        if not source or len(path) > 2:
            return None
        kinds = {
            (column.type, column.modifier)
            for column in context.columns(f"SELECT * {source}")
            if column.name == path[-1]
        }
        if len(kinds) > 1 and len(path) == 2:
            found = context.columns(f"SELECT {identifier(path[0])}.* {source}")
            kinds = {(column.type, column.modifier) for column in found if column.name == path[-1]}
        return numbers.of_column(*kinds.pop()) if len(kinds) == 1 else None

    return lookup


def outside(sql: str, context: Context) -> str:
    """Return an INSERT ... VALUES or an UPDATE with its divisions cut to Redshift's scale. Raises NeedsColumns."""
    words = tokens(sql)
    verb = words[0].upper if words else ""
    if verb not in ("INSERT", "UPDATE") or not any(word.text == "/" for word in words):
        return sql
    start = next((at for at, word in enumerate(words) if word.upper in ("VALUES", "SET", "SELECT")), len(words))
    if start + 1 >= len(words) or words[start].upper == "SELECT":
        return sql
    source, end = "", len(words)
    if verb == "UPDATE":
        table = sql[words[1].start : words[start - 1].end]
        end, stop, others = _from(sql, words, start)
        source = f"FROM {table}{others}"
        reader = Reader(sql, words, _columns(source, context))
        reader.scan(stop, len(words))
    else:
        reader = Reader(sql, words, _columns(source, context))
    reader.scan(start + 1, end)
    return apply(sql, reader.edits) if reader.edits else sql


def _from(sql: str, words: list[Token], start: int) -> tuple[int, int, str]:
    """Return where the SETs end, where what follows the FROM begins, and the tables of the FROM."""
    depth, first, after = 0, len(words), len(words)
    for place in range(start, len(words)):
        depth += (words[place].text == "(") - (words[place].text == ")")
        if depth == 0 and words[place].upper == "FROM":
            first = place
        if depth == 0 and words[place].upper == "WHERE":
            after = place
            break
    if first == len(words):
        return after, after, ""
    return first, after, f", {sql[words[first + 1].start : words[after - 1].end]}"

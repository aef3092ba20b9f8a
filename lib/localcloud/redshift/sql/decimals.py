"""Divisions of decimals in queries, and items of known precision where a query around them divides.

https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html
"""

from __future__ import annotations

from collections.abc import Iterable

from localcloud.redshift.sql import numbers
from localcloud.redshift.sql.arithmetic import Change, Lookup, Reader
from localcloud.redshift.sql.context import Context
from localcloud.redshift.sql.edits import apply, made
from localcloud.redshift.sql.item_labels import ends_with_cast, label
from localcloud.redshift.sql.lexer import Token, Tokens
from localcloud.redshift.sql.names import folded, identifier, is_name
from localcloud.redshift.sql.numbers import Number
from localcloud.redshift.sql.tree import Item, Select

Span = tuple[int, int]
_COMPUTES = {"*", "/", "%", "+", "-", "(", "CASE"}
_MIXES = {"/", "CASE", "COALESCE", "GREATEST", "LEAST", "UNION", "INTERSECT", "EXCEPT"}
"""What gives a number of a scale that the engine does not know: a quotient, or one of several values."""
_CASTS = {"::", "CAST"}


def need_types(tokens: Tokens, *, rounds: bool) -> bool:
    """Return whether a query, in the engine's words, may need the precision and scale of its decimals.

    `rounds` says that it reads no table, so that its casts round.
    """
    casts = rounds or any(token.kind == "number" and "." in token.text for token in tokens)
    wanted = _MIXES | _CASTS if casts else _MIXES
    return any(token.upper in wanted or _multiplies(tokens, index) for index, token in enumerate(tokens))


def _multiplies(tokens: Tokens, index: int) -> bool:
    """Return whether a token is the sign of a product, which may have more than 38 digits; a star of a list is none."""
    if tokens[index].text != "*":
        return False
    before = tokens[index - 1] if index else tokens[index]
    value = before.kind in ("number", "quoted", "parameter") or before.text in (")", "]")
    return value or (before.kind == "word" and before.upper not in ("SELECT", "DISTINCT", "ALL"))


async def divide(tokens: Tokens, select: Select, context: Context) -> Tokens:
    """Return the tokens with a SELECT's divisions cut to Redshift's scale."""
    if not context.typed or not any(_computes(token) for token in tokens[select.list_start : select.end]):
        return tokens
    items = [(item.start, item.expression_end) for item in select.items]
    clauses = [(first + 1, last) for name, (first, last) in select.clauses.items() if name != "FROM"]
    source = select.clause(tokens, "FROM")
    reader, kinds = await read(tokens, [*items, *clauses], source, context, rounds=context.rounds)
    # The keys of an ORDER BY must stay those of the list where it is DISTINCT.
    casts = not (select.distinct and "ORDER" in select.clauses)
    typed = [_typed(reader, item, kind, casts) for item, kind in zip(select.items, kinds, strict=False)]
    names = [_kept_name(reader, item) for item in select.items]
    changes = [change for change in (*typed, *reader.changes, *names) if change is not None]
    return apply(tokens, [change.edit(tokens) for change in _outermost(changes)]) if changes else tokens


def _kept_name(reader: Reader, item: Item) -> Change | None:
    """Return the label of an item that is a column with a cast that rounds: its own name."""
    tokens = reader.tokens[item.start : item.end]
    sign = next((index for index, token in enumerate(tokens) if token.text == "::"), 0)
    path = tokens[:sign]
    is_path = bool(path) and all(is_name(token) or token.text == "." for token in path)
    if item.alias or item.start not in reader.rounded or not is_path:
        return None
    return Change(item.end, item.end, made(f" AS {identifier(folded(path[-1]))}"))


def _computes(token: Token) -> bool:
    return token.upper in _COMPUTES or (token.kind == "number" and "." in token.text)


def _outermost(changes: list[Change]) -> list[Change]:
    """Return the changes that are not part of another one; the first of two at the same place."""
    kept = list[Change]()
    for change in changes:
        if not any(other.covers(change) for other in kept):
            kept.append(change)
    return kept


def _typed(reader: Reader, item: Item, kind: Number | None, casts: bool) -> Change | None:
    """Return an item with its type, where the engine would forget it; without new casts, with its name alone."""
    if kind is None or kind.kind != "decimal":
        return None
    whole = Change(item.start, item.expression_end, [])
    tokens = reader.tokens[whole.start : whole.end]
    name = "" if item.alias else label(tokens)
    same = next((change for change in reader.changes if change[:2] == whole[:2]), None)
    if same is not None:
        return same._replace(new=made(same.new, name))
    if not casts or not any(_computes(token) for token in tokens) or ends_with_cast(tokens):
        return None
    inside = [change.edit(reader.tokens) for change in reader.changes if whole.start <= change.start < whole.end]
    return whole._replace(new=made("(", apply(tokens, inside), f"){kind.cast}{name}"))


async def read(
    tokens: Tokens, spans: list[Span], source: Tokens, context: Context, *, rounds: bool = False
) -> tuple[Reader, list[Number | None]]:
    """Return a reader that has read expressions, and their types; the columns that it meets are of one FROM."""
    met = list[list[str]]()

    def note(path: list[str]) -> None:
        met.append(path)

    reader = Reader(tokens, note, rounds)
    kinds = [reader.scan(*span) for span in spans]
    if not source or not any(len(path) <= 2 for path in met):
        return reader, kinds
    reader = Reader(tokens, await _columns(met, source, context), rounds)
    return reader, [reader.scan(*span) for span in spans]


async def _columns(paths: Iterable[list[str]], source: Tokens, context: Context) -> Lookup:
    """Return how columns of a FROM are looked up, which are asked for here."""
    columns = await context.columns("SELECT * ", source)
    types = dict[tuple[str, ...], Number | None]()
    for path in paths:
        if len(path) > 2:
            continue
        kinds = {(column.type, column.modifier) for column in columns if column.name == path[-1]}
        if len(kinds) > 1 and len(path) == 2:
            qualified = await context.columns(f"SELECT {identifier(path[0])}.* ", source)
            kinds = {(column.type, column.modifier) for column in qualified if column.name == path[-1]}
        types[tuple(path)] = numbers.of_column(*kinds.pop()) if len(kinds) == 1 else None
    return lambda path: types.get(tuple(path))


async def outside(tokens: Tokens, context: Context) -> Tokens:
    """Return an INSERT ... VALUES or an UPDATE with its divisions cut to Redshift's scale."""
    verb = tokens[0].upper if tokens else ""
    if verb not in ("INSERT", "UPDATE") or not any(token.text == "/" for token in tokens):
        return tokens
    keywords = ("VALUES", "SET", "SELECT")
    start = next((index for index, token in enumerate(tokens) if token.upper in keywords), len(tokens))
    if start + 1 >= len(tokens) or tokens[start].upper == "SELECT":
        return tokens
    source, spans = Tokens(), [(start + 1, len(tokens))]
    if verb == "UPDATE":
        end, rest, others = _from(tokens, start)
        listed = (", ", others) if others else ()
        source, spans = made("FROM ", tokens[1:start], *listed), [(rest, len(tokens)), (start + 1, end)]
    reader, _ = await read(tokens, spans, source, context)
    return apply(tokens, [change.edit(tokens) for change in reader.changes]) if reader.changes else tokens


def _from(tokens: Tokens, start: int) -> tuple[int, int, Tokens]:
    """Return where the SETs end, where what follows the FROM begins, and the tables of the FROM."""
    depth, first, after = 0, len(tokens), len(tokens)
    for index in range(start, len(tokens)):
        depth += (tokens[index].text == "(") - (tokens[index].text == ")")
        if depth == 0 and tokens[index].upper == "FROM":
            first = index
        if depth == 0 and tokens[index].upper == "WHERE":
            after = index
            break
    if first == len(tokens):
        return after, after, []
    return first, after, tokens[first + 1 : after]

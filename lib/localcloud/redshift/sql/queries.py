"""What Redshift's SELECT has beyond the engine's: TOP, QUALIFY, PIVOT, EXCLUDE, names of the list used in it, SUPER."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from localcloud.redshift.frames import Column
from localcloud.redshift.sql import (
    decimals,
    exclude,
    grouping,
    hierarchies,
    labels,
    outer_joins,
    pivot,
    qualify,
    semistructured,
    unions,
)
from localcloud.redshift.sql.blocks import Block, Item, find_blocks, folded, is_name
from localcloud.redshift.sql.lexer import Edit, Token, apply, closing, tokens
from localcloud.redshift.sql.plan import NeedsColumns
from localcloud.redshift.sql.sources import sources

Known = Mapping[str, Sequence[Column]]


class Context:
    """What is known around a block: the WITH before it, the names of tables outside, answers of the engine."""

    def __init__(
        self,
        known: Known,
        prefix: str = "",
        names: frozenset[str] = frozenset(),
        *,
        typed: bool = False,
        way: semistructured.Way | None = None,
        rounds: bool = False,
    ) -> None:
        self.known, self.prefix, self.names, self.typed, self.rounds = known, prefix, names, typed, rounds
        self.way = way or semistructured.Way()

    def columns(self, query: str) -> Sequence[Column]:
        """Return the columns of a query in the engine's SQL. Raises NeedsColumns to have them asked for."""
        whole = labels.reveal(self.prefix + query)
        if whole not in self.known:
            raise NeedsColumns(whole)
        return self.known[whole]

    def within(self, prefix: str, names: frozenset[str], *, typed: bool = True) -> Context:
        """Return the context of a subquery."""
        known, names, typed = self.known, self.names | names, self.typed and typed
        return Context(known, prefix or self.prefix, names, typed=typed, way=self.way, rounds=self.rounds)


def rewrite_queries(sql: str, context: Context) -> str:
    """Return a text with all its queries in the engine's SQL, the innermost first. Raises NeedsColumns."""
    words = tokens(sql)
    blocks = find_blocks(words)
    prefix = _with(sql, words, blocks)
    names = frozenset(name for block in blocks for name in table_names(words, block))
    sql = _nested(sql, words, context.within("", names))
    if prefix:
        words = tokens(sql)
        context = context.within(_with(sql, words, find_blocks(words)), frozenset())
    for number in range(len(blocks) - 1, -1, -1):
        sql = _one(sql, number, context)
    return unions.align(sql, context) if context.typed else sql


def _with(sql: str, words: list[Token], blocks: list[Block]) -> str:
    """Return the WITH that comes before the first block of this level."""
    first = next(
        (place for place, word in enumerate(words) if word.upper == "WITH" and words[place + 1].text != "("), None
    )
    if first is None or not blocks or first > blocks[0].start:
        return ""
    return sql[words[first].start : words[blocks[0].start].start]


def _nested(sql: str, words: list[Token], context: Context) -> str:
    edits, place, seen, recursive = list[Edit](), 0, "", False
    while place < len(words):
        if words[place].upper == "WITH" and place + 1 < len(words) and words[place + 1].text != "(":
            seen = sql[words[place].start : words[place].end]
            # A table that is defined by itself has no columns yet.
            recursive = words[place + 1].upper == "RECURSIVE"
        if words[place].text == "(" and words[place + 1].upper in ("SELECT", "WITH"):
            end = closing(words, place)
            inner = sql[words[place].end : words[end].start]
            before = _earlier(sql, words, place, edits) if seen else ""
            new = rewrite_queries(inner, context.within(before, frozenset(), typed=not recursive))
            if new != inner:
                edits.append(Edit(words[place].end, words[end].start, new))
            place = end
        place += 1
    return apply(sql, edits) if edits else sql


def _earlier(sql: str, words: list[Token], place: int, edits: list[Edit]) -> str:
    """Return the common table expressions that are complete before a place, to be seen by a query there."""
    first = next(index for index, word in enumerate(words) if word.upper == "WITH" and words[index + 1].text != "(")
    depth, last = 0, 0
    for index in range(first, place):
        depth += (words[index].text == "(") - (words[index].text == ")")
        if depth == 0 and words[index].text == ")" and index + 1 < len(words) and words[index + 1].upper != "AS":
            last = index
            if index + 1 < place and words[index + 1].text != ",":
                break
    if not last:
        return ""
    start, stop = words[first].start, words[last].end
    inside = [Edit(e.start - start, e.end - start, e.text) for e in edits if start <= e.start and e.end <= stop]
    return apply(sql[start:stop], inside) + " "


def table_names(words: list[Token], block: Block) -> list[str]:
    """Return the names by which the tables of a block are known in it."""
    if "FROM" not in block.clauses:
        return []
    return [source.name for source in sources(words, *block.clauses["FROM"]) if source.name]


def _one(sql: str, number: int, context: Context) -> str:
    """Apply all rules to one block of the outermost level."""
    for rule in (
        outer_joins.rewrite,
        hierarchies.walk,
        semistructured.unnest,
        pivot.rewrite,
        exclude.spell_out,
        grouping.expand,
        semistructured.navigate,
        _aliases,
        decimals.divide,
        qualify.filter_outside,
        _top,
    ):
        words = tokens(sql)
        blocks = find_blocks(words)
        if number >= len(blocks):
            return sql
        sql = rule(sql, words, blocks[number], context)
    return sql


def _aliases(sql: str, words: list[Token], block: Block, context: Context) -> str:
    """Put the expression in the place of its name, where a later item or a condition uses the name."""
    named = {item.alias: item for item in block.items if item.alias and not _names_itself(words, item)}
    uses = [place for place in _later(words, block) if _is_use(words, place, named)]
    uses = [place for place in uses if place >= named[folded(words[place])].end]
    if not uses:
        return sql
    source = block.text(sql, words, "FROM")
    real = {column.name for column in context.columns(f"SELECT * {source}")} if source else set()
    texts = dict[str, str]()
    edits = list[Edit]()
    for item in block.items:
        inside = _replaced(words, uses, texts, real, item.start, item.expression_end)
        edits += inside
        if item.alias in named and item.alias not in texts:
            start = words[item.start].start
            shifted = [Edit(edit.start - start, edit.end - start, edit.text) for edit in inside]
            texts[item.alias] = apply(sql[start : words[item.expression_end - 1].end], shifted)
    list_end = block.items[-1].end
    edits += _replaced(words, uses, texts, real, list_end, block.end)
    return apply(sql, edits) if edits else sql


def _replaced(
    words: list[Token], uses: list[int], texts: Mapping[str, str], real: set[str], start: int, end: int
) -> list[Edit]:
    return [
        Edit(words[place].start, words[place].end, f"({texts[folded(words[place])]})")
        for place in uses
        if start <= place < end and folded(words[place]) in texts and folded(words[place]) not in real
    ]


def _names_itself(words: list[Token], item: Item) -> bool:
    """Tell whether an item is a column under its own name."""
    span = words[item.start : item.expression_end]
    return is_name(span[-1]) and folded(span[-1]) == item.alias and all(is_name(one) or one.text == "." for one in span)


def _later(words: list[Token], block: Block) -> list[int]:
    """Return the places where a name of the list may be used: items, conditions, but not FROM or a subquery."""
    found, place = list[int](), block.list_start
    start, end = block.clauses.get("FROM", (block.end, block.end))
    bare = block.clauses.get("ORDER", (block.end, block.end)), block.clauses.get("GROUP", (block.end, block.end))
    while place < block.end:
        if words[place].text == "(" and words[place + 1].upper in ("SELECT", "WITH"):
            place = closing(words, place)
        elif not start <= place < end and not any(_is_whole_key(words, place, *span) for span in bare):
            found.append(place)
        place += 1
    return found


def _is_whole_key(words: list[Token], place: int, start: int, end: int) -> bool:
    """Tell whether a word is all of a key of ORDER BY or GROUP BY: the engine knows names of the list there."""
    if not start <= place < end:
        return False
    before, after = words[place - 1], words[place + 1] if place + 1 < end else None
    return (before.text == "," or before.upper == "BY") and (
        after is None or after.text == "," or after.upper in ("ASC", "DESC", "NULLS")
    )


def _is_use(words: list[Token], place: int, named: Mapping[str, Item]) -> bool:
    word = words[place]
    if (
        not is_name(word)
        or folded(word) not in named
        or words[place - 1].text in (".", "::")
        or words[place - 1].upper == "AS"
    ):
        return False
    after = words[place + 1].text if place + 1 < len(words) else ""
    item = next((one for one in named.values() if one.start <= place < one.end), None)
    if item is not None and place >= item.expression_end:
        return False  # it is the name that an item is given
    return after not in (".", "(")


def _top(sql: str, words: list[Token], block: Block, _context: Context) -> str:
    if block.top is None:
        return sql
    first, number = block.top
    limit = f" LIMIT {words[number].text}"
    end = words[block.end - 1].end
    body = sql[words[block.start].start : words[first].start] + sql[words[number].end : end].lstrip() + limit
    if any(one.start != block.start for one in find_blocks(words)):
        body = f"({body})"
    return sql[: words[block.start].start] + body + sql[end:]

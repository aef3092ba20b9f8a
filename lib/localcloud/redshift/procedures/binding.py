"""Variables in SQL: each becomes a parameter of the engine's statement, with its type."""

from __future__ import annotations

from dataclasses import dataclass, field

from localcloud.redshift.procedures.scope import Record, Scope, Value, Variable
from localcloud.redshift.sql.edits import Edit, after, apply, replace, text
from localcloud.redshift.sql.lexer import Token, Tokens, closing, lex
from localcloud.redshift.sql.names import folded, identifier, is_name, path_end
from localcloud.redshift.sql.sources import steps_end

_TAKE_VALUES = {"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "(", "DECLARE", "VALUES", "CALL"}
_NAMES_FOLLOW = {"FROM", "JOIN", "INTO", "UPDATE", "TABLE", "AS", ".", "::"}


@dataclass(frozen=True)
class Bound:
    """A statement with parameters, their values, and the statement as logs show it."""

    sql: str
    values: tuple[str | None, ...]
    shown: str


def bind(sql: str, scope: Scope) -> Bound:
    """Return a statement with its variables as parameters; DDL takes none, as in Redshift."""
    tokens = lex(sql)
    if not tokens or not _takes_values(tokens):
        return Bound(sql, (), sql)
    binding, kept, index = _Binding(tokens), _kept(tokens), 0
    while index < len(tokens):
        end = path_end(tokens, index)
        if index not in kept:
            steps = _steps_end(tokens, index, scope)
            value = _value(tokens, index, index + 1 if steps else end, scope)
            if value is not None:
                binding.put(index, end, steps, value)
        index = end
    return binding.bound()


@dataclass
class _Binding:
    """The changes of a statement whose variables become parameters."""

    tokens: Tokens
    edits: list[Edit] = field(default_factory=list)
    shown: list[Edit] = field(default_factory=list)
    values: list[str | None] = field(default_factory=list)

    def put(self, index: int, end: int, steps: int, value: Value) -> None:
        """Take a variable as a parameter; `steps` is where a path into it ends, or nothing."""
        tokens, last = self.tokens, self.tokens[index if steps else end - 1]
        self.values.append(value[0])
        new = _parameter(len(self.values), *value)
        if steps:  # as a path into a column
            name = identifier(folded(tokens[index]))
            self.edits.append(after(tokens[steps - 1], f" FROM (SELECT {new} AS {name}) AS lab_super)"))
            new = f"(SELECT lab_super.{name}"
        self.edits.append(replace(tokens[index], last, new))
        # With a blank on either side, as the logs of Redshift show it.
        self.shown.append(Edit(tokens[index], last, [Token("parameter", f"${len(self.values)} ", " ")]))

    def bound(self) -> Bound:
        """Return the statement with its parameters."""
        sql, shown = text(apply(self.tokens, self.edits)), text(apply(self.tokens, self.shown))
        return Bound(sql, tuple(self.values), shown)


def _steps_end(tokens: Tokens, index: int, scope: Scope) -> int:
    """Return where the path ends that begins at a variable of the type SUPER; nothing if there is none.

    https://docs.aws.amazon.com/redshift/latest/dg/query-super.html
    """
    token, follows = tokens[index], tokens[index + 1].text if index + 1 < len(tokens) else ""
    if not is_name(token) or follows not in (".", "["):
        return 0
    variable = scope.find(folded(token))
    if not isinstance(variable, Variable) or variable.type != "super":
        return 0
    end = steps_end(tokens, index, len(tokens))
    return 0 if end < len(tokens) and tokens[end].text == "(" else end


def _parameter(number: int, value: str | None, kind: str) -> str:
    if kind == "numeric":  # without a scale it would have none
        kind = f"numeric(38,{len((value or '').partition('.')[2])})"
    if kind == "super":
        return f"json_parse(${number}::varchar)"
    return f"CAST(${number} AS {'varchar' if kind in ('refcursor', 'text', 'unknown') else kind})"


def _takes_values(tokens: Tokens) -> bool:
    first = tokens[0].upper
    created = first == "CREATE" and any(token.upper in ("SELECT", "WITH") for token in tokens)
    return first in _TAKE_VALUES or (created and not any(token.upper == "VIEW" for token in tokens[:5]))


def _value(tokens: Tokens, index: int, end: int, scope: Scope) -> Value | None:
    token = tokens[index]
    if token.kind == "parameter":
        return scope.read(token.text)
    before = tokens[index - 1] if index else None
    if not is_name(token) or (before is not None and before.upper in _NAMES_FOLLOW):
        return None
    if end < len(tokens) and tokens[end].text == "(":
        return None
    variable = scope.find(folded(token))
    if isinstance(variable, Record) and end - index == 1:
        return None
    if isinstance(variable, Variable) and end - index > 1:
        return None
    return scope.read(".".join(folded(part) for part in tokens[index:end:2]))


def _kept(tokens: Tokens) -> set[int]:
    """Return the places of names that are columns for certain: what INSERT lists, and what UPDATE sets."""
    kept = set[int]()
    for index, token in enumerate(tokens[:-1]):
        if token.upper == "INTO":
            at = path_end(tokens, index + 1)
            if at < len(tokens) and tokens[at].text == "(" and tokens[at + 1].upper not in ("SELECT", "WITH"):
                kept |= set(range(at, closing(tokens, at)))
        sets = token.upper == "SET" or (token.text == "," and _in_set(tokens, index))
        if sets and index + 2 < len(tokens) and tokens[index + 2].text == "=":
            kept.add(index + 1)
    return kept


def _in_set(tokens: Tokens, index: int) -> bool:
    """Return whether a comma is between the settings of an UPDATE."""
    depth = 0
    for at in range(index - 1, -1, -1):
        depth += (tokens[at].text == ")") - (tokens[at].text == "(")
        if depth < 0 or (depth == 0 and tokens[at].upper in ("SELECT", "FROM", "WHERE", "BY", "VALUES")):
            return False
        if depth == 0 and tokens[at].upper == "SET":
            return True
    return False

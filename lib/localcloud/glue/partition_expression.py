"""Expressions that choose partitions: https://docs.aws.amazon.com/glue/latest/webapi/API_GetPartitions.html

Values compare by the types of their keys. A partition whose value is Hive's mark for NULL fits no comparison of a
number or a date; keys of text hold the mark as it is, and the engine asks for it by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from localcloud.aws.errors import ApiError
from localcloud.glue.names import InvalidInput

Holds = Callable[[Mapping[str, str]], bool | None]
"""Says of the values of a partition whether a condition holds; None if it is not known, as SQL has it."""

NULL = "__HIVE_DEFAULT_PARTITION__"
_DEPTH = 200
_SCAN = re.compile(
    r"""\s*(?:(?P<string>'(?:[^']|'')*')|(?P<name>"(?:[^"]|"")*"|`[^`]*`)|(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)\b)
    |(?P<word>[A-Za-z_][\w$]*)|(?P<mark><\s*>|<=|>=|!=|[=<>(),]))""",
    re.VERBOSE,
)
_WHOLE = ("tinyint", "smallint", "int", "integer", "bigint", "long")
_TEXT = ("string", "char", "varchar")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def compiled(expression: str, types: Mapping[str, str]) -> Holds:
    """Return what an expression says of partitions; `types` are the keys' types by their names in lower case.

    Raises:
        InvalidInput: it is not written as the page says, names something else than a key, or fits no type.
    """
    reader = _Reader(expression, types)
    holds = reader.either(0)
    if reader.at < len(reader.tokens):
        raise reader.unsupported()
    return holds


class InvalidState(ApiError):
    """The catalog holds a value that its key cannot have."""

    code = "InvalidStateException"


class _Reader:
    def __init__(self, expression: str, types: Mapping[str, str]) -> None:
        self.expression, self.types, self.at = expression, types, 0
        self.tokens: list[tuple[str, str]] = []
        end = 0
        while match := _SCAN.match(expression, end):
            self.tokens.append((match.lastgroup or "", match[match.lastgroup or 0]))
            end = match.end()
        if expression[end:].strip():
            raise self.unsupported()

    def unsupported(self) -> InvalidInput:
        return InvalidInput(f"Unsupported expression {self.expression[:200]!r}")

    def sees(self, *keywords: str) -> bool:
        ahead = self.tokens[self.at : self.at + len(keywords)]
        return [text.upper().replace(" ", "") for kind, text in ahead if kind in ("word", "mark")] == list(keywords)

    def take(self, *keywords: str) -> bool:
        seen = self.sees(*keywords)
        self.at += len(keywords) if seen else 0
        return seen

    def need(self, word: str) -> None:
        if not self.take(word):
            raise self.unsupported()

    def either(self, depth: int) -> Holds:
        parts = [self.both(depth)]
        while self.take("OR"):
            parts.append(self.both(depth))
        return partial(_any, parts) if len(parts) > 1 else parts[0]

    def both(self, depth: int) -> Holds:
        parts = [self.condition(depth)]
        while self.take("AND"):
            parts.append(self.condition(depth))
        return partial(_all, parts) if len(parts) > 1 else parts[0]

    def condition(self, depth: int) -> Holds:
        if depth > _DEPTH:
            raise InvalidInput("The expression is nested too deeply.")
        if self.take("NOT"):
            return partial(_not, self.condition(depth + 1))
        if self.take("("):
            inner = self.either(depth + 1)
            self.need(")")
            return inner
        return self.comparison()

    def comparison(self) -> Holds:
        if self.tokens[self.at : self.at + 1] and self.tokens[self.at][0] in ("string", "number"):
            literal = self.literal()
            operator = self.operator()
            return partial(_compared, _MIRRORED.get(operator, operator), *self.pair(self.key(), literal))
        key = self.key()
        if self.take("IS"):
            negated = self.take("NOT")
            self.need("NULL")
            return lambda values: (values[key] == NULL) is not negated
        negated = self.take("NOT")
        made = self.listed(key)
        if made is None and negated:
            raise self.unsupported()
        if made is None:
            made = partial(_compared, self.operator(), *self.pair(key, self.literal()))
        return partial(_not, made) if negated else made

    def listed(self, key: str) -> Holds | None:
        """Return the condition of IN, BETWEEN or LIKE, if one of them comes next."""
        if self.take("IN"):
            self.need("(")
            parts = [self.equal(key)]
            while self.take(","):
                parts.append(self.equal(key))
            self.need(")")
            return partial(_any, parts)
        if self.take("BETWEEN"):
            low = partial(_compared, ">=", *self.pair(key, self.literal()))
            self.need("AND")
            return partial(_all, [low, partial(_compared, "<=", *self.pair(key, self.literal()))])
        return self.like(key) if self.take("LIKE") else None

    def equal(self, key: str) -> Holds:
        return partial(_compared, "=", *self.pair(key, self.literal()))

    def like(self, key: str) -> Holds:
        if self.types[key] not in _TEXT:
            raise InvalidInput(f"{self.types[key]} data type doesn't support operation 'LIKE'")
        parts = {"%": ".*", "_": "."}
        pattern = re.compile("".join(parts.get(sign) or re.escape(sign) for sign in self.literal()), re.DOTALL)
        return lambda values: pattern.fullmatch(values[key]) is not None

    def key(self) -> str:
        kind, text = self.step()
        if kind not in ("word", "name"):
            raise self.unsupported()
        name = (text[1:-1] if kind == "name" else text).lower()
        if name not in self.types:
            raise InvalidInput(f"Invalid partition expression! {name!r} is not a partition key.")
        return name

    def literal(self) -> str:
        kind, text = self.step()
        if kind == "word" and text.upper() in ("DATE", "TIMESTAMP"):
            kind, text = self.step()
        if kind not in ("string", "number"):
            raise self.unsupported()
        return text[1:-1].replace("''", "'") if kind == "string" else text

    def operator(self) -> str:
        _, text = self.step()
        if (operator := re.sub(r"\s", "", text)) not in _COMPARE:
            raise self.unsupported()
        return operator

    def step(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise self.unsupported()
        self.at += 1
        return self.tokens[self.at - 1]

    def pair(self, key: str, literal: str) -> tuple[str, str, Any]:
        try:
            return key, self.types[key], _value(self.types[key], literal)
        except ValueError as error:
            raise InvalidInput(f"Invalid partition expression! {error}") from None


def _value(kind: str, text: str) -> Any:
    """Return a text as a value of a type. Raises ValueError."""
    if kind in _WHOLE:
        if not re.fullmatch(r"[+-]?\d+", text, re.ASCII):
            raise ValueError(f'"{text}" is not an integer.')
        return int(text)
    if kind == "date":
        return date.fromisoformat(text.partition(" ")[0])
    if kind == "timestamp":
        return datetime.fromisoformat(text)
    if kind in ("decimal", "float", "double"):
        try:
            return Decimal(text)
        except InvalidOperation:
            raise ValueError(f'"{text}" is not a number.') from None
    return text.lower() if kind == "boolean" else text


def _compared(operator: str, key: str, kind: str, literal: Any, values: Mapping[str, str]) -> bool | None:
    if kind not in _TEXT and values[key] == NULL:
        return None
    try:
        return _COMPARE[operator](_value(kind, values[key]), literal)
    except ValueError as error:
        raise InvalidState(f"A value of the partition key {key} does not have the type {kind}: {error}") from None


def _all(parts: list[Holds], values: Mapping[str, str]) -> bool | None:
    answers = [holds(values) for holds in parts]
    return False if False in answers else None if None in answers else True


def _any(parts: list[Holds], values: Mapping[str, str]) -> bool | None:
    answers = [holds(values) for holds in parts]
    return True if True in answers else None if None in answers else False


def _not(holds: Holds, values: Mapping[str, str]) -> bool | None:
    answer = holds(values)
    return None if answer is None else not answer

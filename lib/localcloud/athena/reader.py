"""Read the words of a statement one after the other: a scanner, and a cursor with what the families ask of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from localcloud.athena.failure import QueryFailed

Kind = Literal["word", "name", "string", "number", "mark", "end"]

_SCAN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<string>'(?:[^'\\]|''|\\.)*')
    |(?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`)
    |(?P<number>(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)
    |(?P<word>[A-Za-z_$@][\w$@]*)
    |(?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
_HIVE_NAME = re.compile(r"\d\w*[A-Za-z_]\w*")
"""A name of Hive DDL may begin with a digit."""
_EXPONENT = re.compile(r"\d+[eE]\d+")
_SQL_STRING = re.compile(r"'(?:[^']|'')*'", re.DOTALL)
_HIVE_QUOTED = re.compile(r'"(?:[^"\\]|""|\\.)*"', re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|[0-3][0-7]{2}|.)", re.DOTALL)
_BLANKS = re.compile(r"[ \t]{2,}")
"""Athena keeps one blank of many in a text of DDL, and a comment in one line; PyAthena's tests on AWS show it."""
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a"}
_CLOSING = {"(": ")", "[": "]", "<": ">"}


@dataclass(frozen=True)
class Token:
    """One word, quoted name, string, number or mark, with its position in the text."""

    kind: Kind
    text: str
    start: int
    end: int

    def upper(self) -> str:
        """Return the word in capitals; nothing for what is not a word."""
        return self.text.upper() if self.kind in ("word", "mark") else ""


def _unescape(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] == "u" and len(code) > 1:
            return chr(int(code[1:], 16))
        if len(code) == 3:
            return chr(int(code, 8))
        return _ESCAPES.get(code, "\\" + code if code in "%_" else code)

    return _ESCAPE.sub(character, text)


def scan(sql: str, *, hive: bool = False) -> list[Token]:
    """Return the tokens of a text, the last of kind `end`. In Hive DDL a backslash in a string escapes."""
    tokens, at = [], 0
    while at < len(sql):
        match = _SCAN.match(sql, at)
        assert match is not None, "the last alternative takes any character"
        if not hive and match.lastgroup == "string":
            match = _SQL_STRING.match(sql, at) or match
        if hive and sql[at] == '"':
            match = _HIVE_QUOTED.match(sql, at) or match
        kind = match.lastgroup or ("name" if sql[at] == '"' else "string")
        if hive and kind == "number" and (name := _HIVE_NAME.match(sql, at)) and not _EXPONENT.fullmatch(name[0]):
            match, kind = name, "word"
        if kind != "space":
            tokens.append(_token(kind, match[0], at, hive=hive))
        at = match.end()
    tokens.append(Token("end", "<EOF>", len(sql), len(sql)))
    return tokens


def _token(kind: str, text: str, at: int, *, hive: bool) -> Token:
    value = text
    if kind == "string":
        value = text[1:-1].replace("''", "'")
        value = _unescape(_BLANKS.sub(" ", value)) if hive else value
    elif kind == "name":
        value = text[1:-1].replace(text[0] * 2, text[0])
        # Hive takes double quotes for strings, too.
        value = _unescape(_BLANKS.sub(" ", value)) if hive and text[0] == '"' else value
    return Token(kind, value, at, at + len(text))  # type: ignore[arg-type]  # the groups of _SCAN are the kinds


def _statements(tokens: list[Token]) -> int:
    return 1 + sum(token.kind == "mark" and token.text == ";" for token in tokens[1:-2])


class Reader:
    """A cursor over the tokens of one statement; `sql` is its text without the semicolon at its end."""

    def __init__(self, sql: str, *, hive: bool = False) -> None:
        self.sql = sql
        self.tokens = scan(sql, hive=hive)
        self.at = 0
        while len(self.tokens) > 2 and self.tokens[-2].kind == "mark" and self.tokens[-2].text == ";":
            self.sql = sql[: self.tokens[-2].start]
            del self.tokens[-2]

    @property
    def token(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.at]

    def as_hive(self) -> Reader:
        """Return a reader of the same text by the rules of Hive DDL."""
        return Reader(self.sql, hive=True)

    def depth(self) -> int:
        """Return how deep parentheses and brackets are nested."""
        deepest = level = 0
        for token in self.tokens:
            level += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.upper(), 0)
            deepest = max(deepest, level)
        return deepest

    def statements(self) -> int:
        """Return how many statements the text has at least: a semicolon ends one, if it is in no string.

        Where a string ends is another question in Hive DDL than in SQL; the smaller number counts.
        """
        return min(_statements(tokens) for tokens in (self.tokens, scan(self.sql, hive=True)))

    def sees(self, *keywords: str) -> bool:
        """Return whether these words come next."""
        following = self.tokens[self.at : self.at + len(keywords)]
        return [token.upper() for token in following] == list(keywords)

    def take(self, *keywords: str) -> bool:
        """Step over these words if they come next; says whether they did."""
        seen = self.sees(*keywords)
        if seen:
            self.at += len(keywords)
        return seen

    def need(self, *keywords: str) -> None:
        """Step over these words, which must come next."""
        for keyword in keywords:
            if not self.take(keyword):
                raise self.mismatch(f"'{keyword}'")

    def step(self) -> Token:
        """Return the next token and step over it."""
        token = self.token
        if token.kind != "end":
            self.at += 1
        return token

    def name(self) -> str:
        """Return the identifier that must come next, in lower case as the catalog keeps it."""
        if self.token.kind not in ("word", "name"):
            raise self.mismatch("<identifier>")
        return self.step().text.lower()

    def path(self) -> list[str]:
        """Return the dotted identifiers that must come next."""
        parts = [self.name()]
        while self.take("."):
            parts.append(self.name())
        return parts

    def string(self) -> str:
        """Return the string that must come next, in single or double quotes."""
        token = self.token
        if token.kind == "string" or (token.kind == "name" and self.sql[token.start] == '"'):
            return self.step().text
        raise self.mismatch("<string>")

    def comment(self) -> str:
        """Return the string that must come next, in one line."""
        return re.sub(r"\s+", " ", self.string())

    def group(self) -> str:
        """Return the text between the parentheses that must come next."""
        first = self.token
        self.need("(")
        self.skip_to(")")
        last = self.step()
        return self.sql[first.end : last.start]

    def skip_to(self, *marks: str) -> None:
        """Step to the next of these marks that is not inside parentheses or brackets."""
        depth: list[str] = []
        while self.token.kind != "end":
            text = self.token.upper()
            if not depth and text in marks:
                return
            if text in _CLOSING:
                depth.append(_CLOSING[text])
            elif depth and text == depth[-1]:
                depth.pop()
            self.at += 1
        raise self.mismatch(" or ".join(f"'{mark}'" for mark in marks))

    def rest(self) -> str:
        """Return the text from here to the end."""
        return self.sql[self.token.start : self.tokens[-2].end if len(self.tokens) > 1 else 0]

    def done(self) -> None:
        """Make sure that nothing follows."""
        if self.token.kind != "end":
            raise self.mismatch("<EOF>")

    def position(self, token: Token | None = None) -> tuple[int, int]:
        """Return line and column of a token, counted from 1; of the next token by default."""
        before = self.sql[: (token or self.token).start]
        return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1

    def mismatch(self, expected: str) -> QueryFailed:
        """Return the syntax error for what comes next, with its line and column."""
        line, column = self.position()
        seen = self.sql[self.token.start : self.token.end] or "<EOF>"
        return QueryFailed("SYNTAX_ERROR", f"line {line}:{column}: mismatched input '{seen}'. Expecting: {expected}")

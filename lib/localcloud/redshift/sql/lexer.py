"""Words of a statement, with their places, so that a rule may change one and leave all else as it was written.

In Redshift a backslash escapes within a plain string, and comments nest (https://docs.aws.amazon.com/redshift/latest/dg/).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from localcloud.redshift.errors import SqlError

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|--[^\r\n]*)
  | (?P<comment>/\*)
  | (?P<string>(?:[eE](?='))?'(?:[^'\\]|''|\\.)*'|[bBxX]'[^']*')
  | (?P<quoted>"(?:[^"]|"")*")
  | (?P<dollar>\$(?P<tag>[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*)?\$)
  | (?P<parameter>\$\d+)
  | (?P<number>(?:\d+\.(?!\.)\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?)
  | (?P<word>\#?[A-Za-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]*)
  | (?P<operator>::|:=|\|\|/|\|/|!!|\#
      |[-+*/<>=~!@%^&|`?]+?(?=[-+]?(?:[^-+*/<>=~!@%^&|`?]|$))|[-+*/<>=~!@%^&|`?]+
      |[.,;:()\[\]{}\\])
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """One word: its kind, its text as written, and where it begins and ends."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def upper(self) -> str:
        """Return the text in capitals where it is a bare word or a sign, else nothing: a string is no keyword."""
        return self.text.upper() if self.kind in ("word", "operator") else ""


def tokens(sql: str) -> list[Token]:
    """Return the words of a text without blanks and comments. Raises SqlError where a string has no end."""
    return list(scan(sql))


def scan(sql: str) -> Iterator[Token]:
    """Yield the words of a text as `tokens` returns them."""
    place = 0
    while place < len(sql):
        match = _TOKEN.match(sql, place)
        if match is None:
            raise SqlError("42601", f'unterminated quoted string at or near "{sql[place : place + 20]}"')
        kind, end = str(match.lastgroup), match.end()
        if kind == "comment":
            end = _comment_end(sql, place)
        elif kind in ("dollar", "tag"):
            kind, end = "string", _dollar_end(sql, match)
        if kind not in ("space", "comment"):
            yield Token(kind, sql[place:end], place, end)
        place = end


def _comment_end(sql: str, place: int) -> int:
    depth = 0
    for mark in re.compile(r"/\*|\*/").finditer(sql, place):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    raise SqlError("42601", "unterminated /* comment")


def _dollar_end(sql: str, match: re.Match[str]) -> int:
    mark = f"${match['tag'] or ''}$"
    end = sql.find(mark, match.end())
    if end < 0:
        raise SqlError("42601", "unterminated dollar-quoted string")
    return end + len(mark)


def split_statements(sql: str) -> list[str]:
    """Return the statements of a text, without empty ones."""
    found, start, seen = list[str](), 0, False
    for token in tokens(sql):
        if token.text == ";":
            if seen:
                found.append(sql[start : token.start])
            start, seen = token.end, False
        else:
            seen = True
    return [*found, sql[start:]] if seen else found


class Edit(NamedTuple):
    """A change: what stands from `start` to `end` becomes `text`."""

    start: int
    end: int
    text: str


def apply(sql: str, edits: Iterable[Edit]) -> str:
    """Return the text with the changes made; they must not overlap."""
    parts, place = list[str](), 0
    for edit in sorted(edits):
        if edit.start < place:
            raise AssertionError(f"two rules change the same place of {sql!r}")
        parts += [sql[place : edit.start], edit.text]
        place = edit.end
    return "".join([*parts, sql[place:]])


def closing(words: list[Token], opening: int) -> int:
    """Return the index of the parenthesis or bracket that closes the one at `opening`. Raises SqlError at the end."""
    depth = 0
    for index in range(opening, len(words)):
        if words[index].text in ("(", "["):
            depth += 1
        elif words[index].text in (")", "]"):
            depth -= 1
            if depth == 0:
                return index
    raise SqlError("42601", "syntax error at end of input")


def string_value(token: Token) -> str:
    """Return what a string literal stands for."""
    written = token.text
    if written.startswith("$"):
        size = written.index("$", 1) + 1
        return written[size:-size]
    if written[0] in "eE":
        written = written[1:]
    escapes = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}

    def plain(found: re.Match[str]) -> str:
        return "'" if found[0] == "''" else escapes.get(found[1], found[1])

    return re.sub(r"''|\\(.)", plain, written[1:-1], flags=re.DOTALL)


def literal(value: str) -> str:
    """Return a string literal that means the same whether or not a backslash escapes."""
    quoted = "'" + value.replace("'", "''") + "'"
    return "E" + quoted.replace("\\", "\\\\") if "\\" in value else quoted


_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def lowered(name: str) -> str:
    """Return a name in small letters: those of ASCII, as Redshift and the engine fold names."""
    return name.translate(_LOWER)


def identifier(name: str) -> str:
    """Return a name in double quotes."""
    return '"' + name.replace('"', '""') + '"'

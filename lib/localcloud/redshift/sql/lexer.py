"""The tokens of a text: a statement is read into them once, and every rule works on them from then on.

A token knows what comes before it (blanks and comments) and not its position, so that rules can take tokens out,
put others in and leave all else as the client wrote it. In Redshift a backslash escapes within a plain string, and
comments nest (https://docs.aws.amazon.com/redshift/latest/dg/).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from localcloud.redshift.errors import SqlError

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|--[^\r\n]*)
  | (?P<word>\#?[A-Za-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]*(?!['\w$\x80-\U0010ffff]))
  | (?P<comment>/\*)
  | (?P<string>(?:[eE](?='))?'(?:[^'\\]|''|\\.)*'|[bBxX]'[^']*')
  | (?P<quoted>"(?:[^"]|"")*")
  | (?P<dollar>\$(?P<tag>[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*)?\$)
  | (?P<parameter>\$\d+)
  | (?P<number>(?:\d+\.(?!\.)\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?)
  | (?P<name>\#?[A-Za-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]*)
  | (?P<operator>::|:=|\|\|/|\|/|!!|\#
      |[-+*/<>=~!@%^&|`?]+?(?=[-+]?(?:[^-+*/<>=~!@%^&|`?]|$))|[-+*/<>=~!@%^&|`?]+
      |[.,;:()\[\]{}\\])
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_MARK = re.compile(r"/\*|\*/")
_KINDS = {"name": "word", "dollar": "string", "tag": "string"}


class Token:
    """One token: its kind, its text as written, what comes before it, and its keyword.

    `upper` is the text in capitals where the token is a bare word or a sign, else nothing: a string is not a keyword.
    Two tokens are the same only if they are one object.
    """

    __slots__ = ("kind", "space", "text", "upper")

    def __init__(self, kind: str, text: str, space: str = "", upper: str = "") -> None:
        self.kind, self.text, self.space, self.upper = kind, text, space, upper

    def __repr__(self) -> str:
        """Return the kind and the text."""
        return f"<{self.kind} {self.text}>"

    def spaced(self, space: str) -> Token:
        """Return such a token after other blanks."""
        return Token(self.kind, self.text, space, self.upper)


Tokens = list[Token]


def lex(sql: str) -> Tokens:
    """Return the tokens of a text. Raises SqlError if a string has no end."""
    return list(scan(sql))


def scan(sql: str) -> Iterator[Token]:
    """Yield the tokens of a text. Raises SqlError if a string has no end."""
    at, space, size, match_at = 0, 0, len(sql), _TOKEN.match
    while at < size:
        match = match_at(sql, at)
        if match is None:
            raise SqlError("42601", f'unterminated quoted string at or near "{sql[at : at + 20]}"')
        kind, end = str(match.lastgroup), match.end()
        if kind == "comment":
            end = _comment_end(sql, at)
        elif kind != "space":
            if kind in _KINDS:
                kind, end = _KINDS[kind], end if kind == "name" else _dollar_end(sql, match)
            text = sql[at:end]
            yield Token(kind, text, sql[space:at], text.upper() if kind in ("word", "operator") else "")
            space = end
        at = end


def _comment_end(sql: str, start: int) -> int:
    depth = 0
    for mark in _COMMENT_MARK.finditer(sql, start):
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


class Statement:
    """One statement of a client: its text, comments included, and its tokens."""

    def __init__(self, source: str, tokens: Tokens) -> None:
        self.source, self.tokens = source.strip(), tokens

    @property
    def verb(self) -> str:
        """Return the first word in capitals."""
        return self.tokens[0].upper if self.tokens else ""


def statement(sql: str) -> Statement:
    """Read a text that is one statement. Raises SqlError if a string has no end."""
    return Statement(sql, lex(sql))


def split(sql: str) -> list[Statement]:
    """Return the statements of a text, without empty ones."""
    statements, listed, start, at = list[Statement](), Tokens(), 0, 0
    for token in scan(sql):
        at += len(token.space)
        if token.text == ";":
            if listed:
                statements.append(Statement(sql[start:at], listed))
            start, listed = at + 1, []
        else:
            listed.append(token)
        at += len(token.text)
    return [*statements, Statement(sql[start:], listed)] if listed else statements


def split_statements(sql: str) -> list[str]:
    """Return the statements of a text as texts, without empty ones."""
    return [statement.source for statement in split(sql)]


def closing(tokens: Sequence[Token], opening: int) -> int:
    """Return the index of the parenthesis or bracket that closes the one at `opening`. Raises SqlError at the end."""
    depth = 0
    for index in range(opening, len(tokens)):
        text = tokens[index].text
        if text == "(" or text == "[":  # tuples cost time here, and no token is passed more often
            depth += 1
        elif text == ")" or text == "]":
            depth -= 1
            if depth == 0:
                return index
    raise SqlError("42601", "syntax error at end of input")


def parameters_of(sql: str) -> set[int]:
    """Return the numbers of the parameters in a text."""
    if "$" not in sql:
        return set()
    return {int(token.text[1:]) for token in scan(sql) if token.kind == "parameter"}

"""Names and literals: how they are folded, quoted, split and read.

https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from localcloud.redshift.sql.lexer import Token

_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_ESCAPED = re.compile(r"''|\\(.)", re.DOTALL)


def lowered(name: str) -> str:
    """Return a name in small letters: those of ASCII, as Redshift and the engine fold names."""
    return name.translate(_LOWER)


def identifier(name: str) -> str:
    """Return a name in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def folded(token: Token) -> str:
    """Return a name as it is stored."""
    return token.text[1:-1].replace('""', '"') if token.kind == "quoted" else lowered(token.text)


def is_name(token: Token) -> bool:
    """Return whether a token could be a name."""
    return token.kind == "word" or token.kind == "quoted"


def name_end(tokens: Sequence[Token], start: int) -> int:
    """Return the index after the (perhaps qualified) name that begins there."""
    end = start + 1
    while end + 1 < len(tokens) and tokens[end].text == ".":
        end += 2
    return end


def path_end(tokens: Sequence[Token], start: int) -> int:
    """Return the index after a name with what follows its dots, where these are names, too."""
    end = start + 1
    if is_name(tokens[start]):
        while end + 1 < len(tokens) and tokens[end].text == "." and is_name(tokens[end + 1]):
            end += 2
    return end


def is_path(tokens: Sequence[Token], start: int, parts: int) -> bool:
    """Return whether a name of so many parts begins there."""
    end = start + 2 * parts - 1
    if end > len(tokens):
        return False
    return all(is_name(token) for token in tokens[start:end:2]) and all(
        token.text == "." for token in tokens[start + 1 : end : 2]
    )


def joined(tokens: Sequence[Token]) -> str:
    """Return a qualified name as it is written, without blanks."""
    return "".join(token.text for token in tokens)


def without_hash(name: str) -> str:
    """Return the name of a table, in quotes where it begins with #, as a temporary one may."""
    return f'"{name}"' if name.startswith("#") else name


def string_value(token: Token) -> str:
    """Return what a string literal stands for."""
    return value_of(token.text)


def value_of(written: str) -> str:
    """Return what a string literal, given as it is written, stands for."""
    if written.startswith("$"):
        size = written.index("$", 1) + 1
        return written[size:-size]
    if written[0] in "eE":
        written = written[1:]

    def plain(match: re.Match[str]) -> str:
        return "'" if match[0] == "''" else _ESCAPES.get(match[1], match[1])

    return _ESCAPED.sub(plain, written[1:-1])


def literal(value: str) -> str:
    """Return a string literal that means the same whether or not a backslash escapes."""
    quoted = "'" + value.replace("'", "''") + "'"
    return "E" + quoted.replace("\\", "\\\\") if "\\" in value else quoted

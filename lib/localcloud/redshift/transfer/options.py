"""The options of COPY and UNLOAD, read strictly: one that is not known, or does not fit, is refused by name.

https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html, https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql.lexer import Token, string_value

_OCTAL = re.compile(r"\\\\|\\([0-7]{3})")


def _value(token: Token) -> str:
    """Return what a literal stands for; an octal escape, which other literals do not have, is its character."""
    text = _OCTAL.sub(lambda match: chr(int(match[1], 8)) if match[1] else match[0], token.text)
    return string_value(token._replace(text=text))


class Reader:
    """The words of a statement, taken one after another."""

    def __init__(self, words: list[Token]) -> None:
        self._words, self.place = words, 0

    @property
    def ended(self) -> bool:
        """Tell whether no word is left."""
        return self.place >= len(self._words)

    def peek(self) -> str:
        """Return the next word in capitals, empty at the end and before a string."""
        return "" if self.ended else self._words[self.place].upper

    def next(self) -> Token:
        """Take one word. Raises SqlError at the end."""
        if self.ended:
            raise SqlError("42601", "syntax error at end of input")
        self.place += 1
        return self._words[self.place - 1]

    def accept(self, *options: str) -> bool:
        """Take the next word if it is one of these."""
        if self.peek() in options and not self.ended:
            self.place += 1
            return True
        return False

    def expect(self, word: str) -> None:
        """Take that word. Raises SqlError where another stands."""
        if not self.accept(word):
            raise syntax_error(self.next().text)

    def string(self) -> str:
        """Take a string literal, perhaps after AS."""
        return _value(self._string_token())

    def null_string(self) -> str:
        """Take the text of NULL AS; `\\N` stands for itself, `\\0` and `\\000` for the character NUL."""
        token = self._string_token()
        return {"\\N": "\\N", "\\0": "\0", "\\000": "\0"}.get(token.text[1:-1], _value(token))

    def _string_token(self) -> Token:
        self.accept("AS")
        token = self.next()
        if token.kind != "string":
            raise syntax_error(token.text)
        return token

    def optional_string(self, default: str) -> str:
        """Take a string literal if one comes next."""
        word = self._words[self.place] if not self.ended else None
        follows = self._words[self.place + 1] if self.place + 1 < len(self._words) else None
        if word is not None and (
            word.kind == "string" or (word.upper == "AS" and follows and follows.kind == "string")
        ):
            return self.string()
        return default

    def integer(self) -> int:
        """Take a whole number, perhaps after AS."""
        self.accept("AS")
        token = self.next()
        if not token.text.isdigit():
            raise syntax_error(token.text)
        return int(token.text)

    def boolean(self) -> bool:
        """Take ON, OFF, TRUE or FALSE; ON where none of them stands."""
        if self.accept("OFF", "FALSE"):
            return False
        self.accept("ON", "TRUE")
        return True

    def names(self) -> list[str]:
        """Take a list of names in parentheses."""
        self.expect("(")
        found = [self.name()]
        while self.accept(","):
            found.append(self.name())
        self.expect(")")
        return found

    def name(self) -> str:
        """Take one name, folded as Redshift folds it."""
        token = self.next()
        if token.kind == "quoted":
            return token.text[1:-1].replace('""', '"')
        if token.kind != "word":
            raise syntax_error(token.text)
        return token.text.lower()


Rule = Callable[[Reader], dict[str, Any]]


def flag(name: str) -> Rule:
    """Return the rule of an option without a value."""
    return lambda _reader: {name: True}


def string(name: str) -> Rule:
    """Return the rule of an option with a string."""
    return lambda reader: {name: reader.string()}


def integer(name: str) -> Rule:
    """Return the rule of an option with a whole number."""
    return lambda reader: {name: reader.integer()}


def switch(name: str, *others: str) -> Rule:
    """Return the rule of an option that is ON where nothing follows it: ON, OFF, TRUE, FALSE, or one of the others."""

    def rule(reader: Reader) -> dict[str, Any]:
        for word in ("ON", "OFF", "TRUE", "FALSE", *others):
            if reader.accept(word):
                return {name: word}
        return {name: "ON"}

    return rule


def refused(what: str) -> Rule:
    """Return the rule of an option of Redshift that the lab does not have."""

    def rule(_reader: Reader) -> dict[str, Any]:
        raise not_supported(what)

    return rule


def delimiter(reader: Reader) -> dict[str, Any]:
    """Take the delimiter: one ASCII character."""
    value = reader.string()
    if len(value) == 4 and value[0] == "\\" and all(digit in "01234567" for digit in value[1:]):
        value = chr(int(value[1:], 8))
    value = "\t" if value == "\\t" else value
    if len(value) != 1 or not value.isascii() or value in "\n\r\0":
        raise not_supported(f"delimiter {value!r}: anything but one ASCII character")
    return {"delimiter": value}


def iam_role(reader: Reader) -> dict[str, Any]:
    """Take IAM_ROLE default or a list of ARNs."""
    reader.accept("AS")
    return {"iam_role": "default"} if reader.accept("DEFAULT") else {"iam_role": reader.string()}


def credentials(reader: Reader) -> dict[str, Any]:
    """Take CREDENTIALS: `aws_iam_role=...` or `aws_access_key_id=...;aws_secret_access_key=...[;token=...]`."""
    pairs = dict(part.split("=", 1) for part in reader.string().split(";") if "=" in part)
    names = {
        "aws_iam_role": "iam_role",
        "aws_access_key_id": "access_key",
        "aws_secret_access_key": "secret_key",
        "token": "session_token",
        "aws_session_token": "session_token",
    }
    for name in pairs:
        if name not in names:
            raise not_supported(f"{name} in CREDENTIALS")
    return {names[name]: value for name, value in pairs.items()}


AUTHORIZATION: dict[str, Rule] = {
    "IAM_ROLE": iam_role,
    "CREDENTIALS": credentials,
    "ACCESS_KEY_ID": string("access_key"),
    "SECRET_ACCESS_KEY": string("secret_key"),
    "SESSION_TOKEN": string("session_token"),
    "TOKEN": string("session_token"),
    "REGION": string("region"),
    "WITH": lambda _reader: {},
    "ENCRYPTED": refused("ENCRYPTED (client-side encryption)"),
    "MASTER_SYMMETRIC_KEY": refused("MASTER_SYMMETRIC_KEY"),
    "KMS_KEY_ID": refused("KMS_KEY_ID"),
}


def read_options(reader: Reader, rules: dict[str, Rule], what: str) -> dict[str, Any]:
    """Take all options to the end. Raises SqlError at one that is unknown or given twice."""
    found: dict[str, Any] = {}
    while not reader.ended:
        token = reader.next()
        rule = rules.get(token.upper)
        if rule is None:
            raise SqlError("42601", f'syntax error at or near "{token.text}"', hint=f"it is not an option of {what}")
        for name, value in rule(reader).items():
            if name in found:
                raise SqlError("42601", f"conflicting or redundant options: {token.text}")
            found[name] = value
    return found

"""A cursor over the tokens of a statement that is read strictly: COPY, UNLOAD, external tables, procedures.

https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html, https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html
"""

from __future__ import annotations

import re

from localcloud.redshift.errors import SqlError, syntax_error
from localcloud.redshift.sql.lexer import Token, Tokens
from localcloud.redshift.sql.names import folded, is_name, value_of

_OCTAL = re.compile(r"\\\\|\\([0-7]{3})")


def _value(token: Token) -> str:
    """Return what a literal stands for; an octal escape, which other literals do not have, is its character."""
    return value_of(_OCTAL.sub(lambda match: chr(int(match[1], 8)) if match[1] else match[0], token.text))


class Reader:
    """The tokens of a statement, taken one after another."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens, self.index = tokens, 0

    @property
    def ended(self) -> bool:
        """Return whether no token is left."""
        return self.index >= len(self.tokens)

    def peek(self, ahead: int = 0) -> str:
        """Return a token ahead in capitals; empty for a string, a quoted name, and at the end."""
        at = self.index + ahead
        return self.tokens[at].upper if at < len(self.tokens) else ""

    def next(self) -> Token:
        """Take one word. Raises SqlError at the end."""
        if self.ended:
            raise SqlError("42601", "syntax error at end of input")
        self.index += 1
        return self.tokens[self.index - 1]

    def accept(self, *options: str) -> bool:
        """Take the next word if it is one of these."""
        if self.peek() in options and not self.ended:
            self.index += 1
            return True
        return False

    def expect(self, *keywords: str) -> None:
        """Take these words. Raises SqlError if another stands."""
        for keyword in keywords:
            if not self.accept(keyword):
                raise syntax_error(self.next().text)

    def string(self) -> str:
        """Take a string literal, perhaps after AS."""
        return _value(self._string_token())

    def null_string(self) -> str:
        r"""Take the text of NULL AS; `\N` stands for itself, `\0` and `\000` for the character NUL."""
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
        word = self.tokens[self.index] if not self.ended else None
        follows = self.tokens[self.index + 1] if self.index + 1 < len(self.tokens) else None
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
        """Take ON, OFF, TRUE or FALSE; ON if none of them stands."""
        if self.accept("OFF", "FALSE"):
            return False
        self.accept("ON", "TRUE")
        return True

    def names(self) -> list[str]:
        """Take a list of names in parentheses."""
        self.expect("(")
        names = [self.name()]
        while self.accept(","):
            names.append(self.name())
        self.expect(")")
        return names

    def if_not_exists(self) -> bool:
        """Take IF NOT EXISTS if it comes."""
        if not self.accept("IF"):
            return False
        self.expect("NOT", "EXISTS")
        return True

    def role(self) -> str:
        """Take what follows IAM_ROLE: DEFAULT, or a list of ARNs."""
        self.accept("AS")
        return "default" if self.accept("DEFAULT") else self.string()

    def name(self) -> str:
        """Take one name, folded as Redshift folds it."""
        token = self.next()
        if not is_name(token):
            raise syntax_error(token.text)
        return folded(token)

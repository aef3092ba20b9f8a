"""A cursor over the tokens of a procedure's body: it takes keywords and names, and expressions as they are written."""

from __future__ import annotations

from localcloud.redshift.errors import SqlError, syntax_error
from localcloud.redshift.sql.edits import written
from localcloud.redshift.sql.lexer import Token, Tokens, closing
from localcloud.redshift.sql.reader import Reader


class BodyReader(Reader):
    """The tokens of a body, the index of the next one, and the lines on which they are."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__(tokens)
        self._lines, line = list[int](), 1
        for token in tokens:
            line += token.space.count("\n")
            self._lines.append(line)
            line += token.text.count("\n")
        self._lines.append(line)

    @property
    def line(self) -> int:
        """Return the line of the next token, counted from 1."""
        return self._lines[min(self.index, len(self._lines) - 1)]

    def token(self, ahead: int = 0) -> Token:
        """Return a token ahead. Raises SqlError at the end."""
        if self.index + ahead >= len(self.tokens):
            raise SqlError("42601", "syntax error at end of input")
        return self.tokens[self.index + ahead]

    def take(self, *keywords: str) -> bool:
        """Take these keywords if all of them come next."""
        if any(self.peek(ahead) != keyword for ahead, keyword in enumerate(keywords)):
            return False
        self.index += len(keywords)
        return True

    def error(self) -> SqlError:
        """Return the syntax error at the next token."""
        if self.ended:
            return SqlError("42601", "syntax error at end of input")
        return syntax_error(self.tokens[self.index].text)

    def path(self) -> str:
        """Take a variable, a field of a record, or the number of an argument."""
        if not self.ended and self.tokens[self.index].kind == "parameter":
            return self.next().text
        first = self.name()
        while self.take("."):
            first += "." + self.name()
        return first

    def until(self, *stops: str) -> str:
        """Take the text up to one of the stops on this level; the stop stays. Raises SqlError if none comes."""
        start = self.index
        while (word := self.peek()) not in stops or self.ended:
            self._pass(word)
        return self.between(start, self.index)

    def _pass(self, word: str) -> None:
        """Skip a token, with all that it encloses."""
        if self.ended:
            raise self.error()
        if word in ("(", "["):
            self.index = closing(self.tokens, self.index)
        self.index += 1
        if word == "CASE":
            while self.peek() != "END":
                self._pass(self.peek())
            self.index += 1

    def list_until(self, *stops: str) -> list[str]:
        """Take the texts between commas, up to one of the stops."""
        texts = [self.until(",", *stops)]
        while self.take(","):
            texts.append(self.until(",", *stops))
        return texts

    def between(self, start: int, end: int) -> str:
        """Return the text of these tokens, with the white space between them."""
        return written(self.tokens[start:end])

    def enclosed(self) -> list[str]:
        """Take the texts between commas in parentheses."""
        self.expect("(")
        texts = [] if self.peek() == ")" else self.list_until(")")
        self.expect(")")
        return texts

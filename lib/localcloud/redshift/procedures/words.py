"""A reader of the words of a body: it advances word by word, and takes stretches of text as they are written."""

from __future__ import annotations

from localcloud.redshift.errors import SqlError, syntax_error
from localcloud.redshift.sql.edits import written
from localcloud.redshift.sql.lexer import Token, Tokens, closing
from localcloud.redshift.sql.names import folded, is_name


class Words:
    """The words of a text, and the place of the next one."""

    def __init__(self, tokens: Tokens) -> None:
        self._words, self.place = tokens, 0
        self._lines, line = list[int](), 1
        for word in self._words:
            line += word.space.count("\n")
            self._lines.append(line)
            line += word.text.count("\n")
        self._lines.append(line)

    @property
    def ended(self) -> bool:
        """Return whether there are no more words."""
        return self.place >= len(self._words)

    @property
    def line(self) -> int:
        """Return the line of the next word, counted from 1."""
        return self._lines[min(self.place, len(self._lines) - 1)]

    def peek(self, ahead: int = 0) -> str:
        """Return a coming word in capitals; nothing if it is a string, a quoted name, or the end."""
        at = self.place + ahead
        return self._words[at].upper if at < len(self._words) else ""

    def token(self, ahead: int = 0) -> Token:
        """Return a coming word. Raises SqlError at the end."""
        if self.place + ahead >= len(self._words):
            raise SqlError("42601", "syntax error at end of input")
        return self._words[self.place + ahead]

    def next(self) -> Token:
        """Take a word."""
        token = self.token()
        self.place += 1
        return token

    def accept(self, *words: str) -> bool:
        """Take words if they come."""
        if any(self.peek(ahead) != word for ahead, word in enumerate(words)):
            return False
        self.place += len(words)
        return True

    def expect(self, *words: str) -> None:
        """Take words that must come. Raises SqlError."""
        for word in words:
            if self.peek() != word:
                raise self.error()
            self.place += 1

    def error(self) -> SqlError:
        """Return the error that the next word is out of place."""
        if self.ended:
            return SqlError("42601", "syntax error at end of input")
        return syntax_error(self._words[self.place].text)

    def name(self) -> str:
        """Take a name. Raises SqlError."""
        if not self.ended and not is_name(self._words[self.place]):
            raise self.error()
        return folded(self.next())

    def path(self) -> str:
        """Take a variable, a field of a record, or the number of an argument."""
        if not self.ended and self._words[self.place].kind == "parameter":
            return self.next().text
        first = self.name()
        while self.accept("."):
            first += "." + self.name()
        return first

    def until(self, *stops: str) -> str:
        """Take the text up to one of some words of this level, which stays. Raises SqlError if none comes."""
        start = self.place
        while (word := self.peek()) not in stops or self.ended:
            self._pass(word)
        return self.between(start, self.place)

    def _pass(self, word: str) -> None:
        """Go past a word, with all that it encloses."""
        if self.ended:
            raise self.error()
        if word in ("(", "["):
            self.place = closing(self._words, self.place)
        self.place += 1
        if word == "CASE":
            while self.peek() != "END":
                self._pass(self.peek())
            self.place += 1

    def list_until(self, *stops: str) -> list[str]:
        """Take texts between commas up to one of some words."""
        found = [self.until(",", *stops)]
        while self.accept(","):
            found.append(self.until(",", *stops))
        return found

    def between(self, start: int, end: int) -> str:
        """Return the text of some words, with what stands between them."""
        return written(self._words[start:end])

    def enclosed(self) -> list[str]:
        """Take the texts between commas of the parentheses that come."""
        self.expect("(")
        found = [] if self.peek() == ")" else self.list_until(")")
        self.expect(")")
        return found

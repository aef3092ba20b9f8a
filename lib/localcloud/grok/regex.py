"""Java's regular expressions, as Grok patterns have them, in a form that Python's `re` reads alike."""

from __future__ import annotations

import re

_NAMED = re.compile(r"\(\?P?<([A-Za-z_]\w*)>")
_FLAGS = re.compile(r"\(\?([a-z]*)(-[a-z]+)?\)")
_BARE = re.compile(r"(?<!\\)\[")
_BACK = re.compile(r"\\(?:[1-9]|k<)")


class Normalizer:
    """One expression on its way: named groups become the only capturing ones, and `names` holds their names in order.

    Flags in the middle (`(?i)`) become groups that end with the group around them, which is what they mean in Java.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._flags: list[int] = [0]
        self.names: list[str] = []

    def run(self) -> str:
        """Return the expression.

        Raises:
            ValueError: it refers back to a group, whose number is not kept.
        """
        out = []
        while self._at < len(self._text):
            out.append(self._next())
        return "".join(out) + ")" * self._flags[0]

    def _next(self) -> str:
        character = self._text[self._at]
        if character == "\\":
            return self._escape()
        if character == "[":
            return self._class()
        if character == "(":
            return self._group()
        self._at += 1
        if character == ")" and len(self._flags) > 1:
            return ")" * (1 + self._flags.pop())
        return character

    def _escape(self) -> str:
        if _BACK.match(self._text, self._at):
            raise ValueError("back references are not supported")
        self._at += 2
        return self._text[self._at - 2 : self._at]

    def _class(self) -> str:
        """Return a bracket expression whole; a `]` right after its start is a character of it."""
        start = self._at
        self._at += 2 if self._text.startswith("[^", start) else 1
        if self._text.startswith("]", self._at):
            self._at += 1
        while self._at < len(self._text) and self._text[self._at] != "]":
            self._at += 2 if self._text[self._at] == "\\" else 1
        self._at += 1
        inside = self._text[start + 1 : self._at - 1]
        # Java's sets may nest; Python warns of a bare "[" inside one.
        return "[" + _BARE.sub(r"\\[", inside) + "]"

    def _group(self) -> str:
        if flags := _FLAGS.match(self._text, self._at):
            self._at = flags.end()
            self._flags[-1] += 1
            return f"(?{flags[1]}{flags[2] or ''}:"
        self._flags.append(0)
        if named := _NAMED.match(self._text, self._at):
            self._at = named.end()
            self.names.append(named[1])
            return "("
        self._at += 1
        return "(" if self._text.startswith("?", self._at) else "(?:"

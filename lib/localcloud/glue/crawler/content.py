"""The start of a file after decompression, as the classifiers see it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

MAX_DOCUMENT = 16 * 1024 * 1024 + 16 * 1024
"""Bytes of one BSON document at most."""
_BOM = b"\xef\xbb\xbf"
_WIDE = {b"\xff\xfe\x00\x00": "UTF-32", b"\x00\x00\xfe\xff": "UTF-32", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


class NotRecognized(Exception):
    """A classifier's answer "certainty 0"; the text says what in the file does not fit."""


@dataclass(frozen=True)
class Content:
    """The first bytes of a file. `is_cut`: the file continues behind them."""

    raw: bytes
    is_cut: bool

    @property
    def has_bom(self) -> bool:
        """Whether the text starts with the byte order mark of UTF-8."""
        return self.raw.startswith(_BOM)

    @cached_property
    def text(self) -> str:
        """The content as UTF-8 text, without a byte order mark.

        Raises:
            NotRecognized: it is binary, or text in another encoding.
        """
        wide = next((name for mark, name in _WIDE.items() if self.raw.startswith(mark)), None)
        if wide:
            raise NotRecognized(f"the text is {wide}; the classifiers and Athena read UTF-8")
        if b"\x00" in self.raw:
            raise NotRecognized("the content is binary")
        for end in range(4 if self.is_cut else 1):  # the head may end inside a character
            try:
                return self.raw[: len(self.raw) - end].decode("utf-8-sig")
            except UnicodeDecodeError as error:
                bad = error
        raise NotRecognized(f"the text is not UTF-8: byte {bad.object[bad.start]:#04x} at position {bad.start}")

    @cached_property
    def lines(self) -> list[str]:
        r"""The whole lines of the text that hold more than blanks; `\r` at their ends is left out.

        Only line feeds end a line, as in Hadoop's text files.
        """
        parts = self.text.split("\n")
        if self.is_cut and len(parts) > 1:
            parts = parts[:-1]
        return [line for line in (part.removesuffix("\r") for part in parts) if line.strip(" ")]

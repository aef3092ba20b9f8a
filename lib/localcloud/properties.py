"""Java's .properties format: Latin-1 text with escapes, so that a folder may have any letters in its name."""

from __future__ import annotations

from collections.abc import Mapping

_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f"}
_PRINTABLE = range(0x20, 0x7F)


def properties(values: Mapping[str, object], separator: str = "=") -> str:
    """Return the text of a .properties file, in ASCII, one line for each value.

    `java.util.Properties` reads a byte stream as Latin-1 and takes a backslash as an escape; see the documentation of
    `java.util.Properties.load`. Spark's `spark-defaults.conf` is the same format with a blank as its separator.
    """
    return "".join(f"{key}{separator}{_escaped(str(value))}\n" for key, value in values.items())


def _escaped(value: str) -> str:
    text = "".join(_ESCAPES.get(letter) or _ascii(letter) for letter in value)
    # A blank at the start would be taken for part of the separator.
    return f"\\{text}" if text.startswith(" ") else text


def _ascii(letter: str) -> str:
    if ord(letter) in _PRINTABLE:
        return letter
    units = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))

"""Bytes as text: what is wrong with bytes that are not UTF-8, and what ACCEPTINVCHARS puts in their place.

https://docs.aws.amazon.com/redshift/latest/dg/multi-byte-character-load-errors.html
"""

from __future__ import annotations

import re

from localcloud.redshift.transfer.rejects import Problem

_LAST_OF_PLANES = "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
_NONCHARACTERS = re.compile(f"[\ufdd0-\ufdef{_LAST_OF_PLANES}]")


def problem(error: UnicodeDecodeError) -> Problem:
    """Return why bytes are no text, with the number of the kind of fault."""
    bad = error.object[error.start : error.end]
    shown = " ".join(f"{byte:02x}" for byte in bad)
    reason = "String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence:"
    return Problem(1220, f"{reason} {shown} (error {_fault(error)})")


def _fault(error: UnicodeDecodeError) -> int:
    lead = error.object[error.start]
    following = error.object[error.start + 1] if error.start + 1 < len(error.object) else 0
    if 0x80 <= lead <= 0xBF or lead >= 0xFE:
        return 3
    if lead >= 0xF8:
        return 1
    if error.reason == "unexpected end of data":
        return 2
    if lead == 0xED and following >= 0xA0:
        return 5
    return 6 if lead >= 0xF4 or lead in (0xC0, 0xC1) else 4


def replaced(value: bytes, mark: str) -> str:
    """Return the text with each invalid byte, and each byte of a noncharacter, as the mark."""
    parts, at = list[str](), 0
    while at < len(value):
        try:
            parts.append(value[at:].decode())
            break
        except UnicodeDecodeError as error:
            parts += [value[at : at + error.start].decode(), mark * (error.end - error.start)]
            at += error.end
    return _NONCHARACTERS.sub(lambda match: mark * len(match[0].encode()), "".join(parts))


def is_clean(value: bytes) -> bool:
    """Check that ACCEPTINVCHARS has nothing to replace in these bytes."""
    if value.isascii():
        return True
    try:
        return _NONCHARACTERS.search(value.decode()) is None
    except UnicodeDecodeError:
        return False


def shown(value: bytes) -> str:
    """Return bytes as the logs of a load show them: a period for each character that is not ASCII."""
    text = value.decode(errors="surrogateescape").replace("\0", ".")
    return text if text.isascii() else re.sub(r"[^\x00-\x7f]", ".", text)

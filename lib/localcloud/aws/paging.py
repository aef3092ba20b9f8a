"""Pages of lists: a NextToken says where the next page of an operation begins; clients pass it back unread."""

from __future__ import annotations

import base64
import binascii
import re


def token_at(operation: str, start: int) -> str:
    """Return the token of the page of `operation` that begins at `start`."""
    return base64.urlsafe_b64encode(f"{operation}:{start}".encode()).decode()


def start_of(operation: str, token: str) -> int | None:
    """Return where the page of a token begins; None for a token that this operation did not give."""
    try:
        text = base64.b64decode(token.encode("ascii"), b"-_", validate=True).decode("ascii")
    except (ValueError, binascii.Error):
        return None
    match = re.fullmatch(rf"{operation}:(\d{{1,18}})", text)
    return int(match.group(1)) if match else None

"""RAISE: messages to the client.

https://docs.aws.amazon.com/redshift/latest/dg/c_PLpgSQL-statements.html
"""

from __future__ import annotations

from localcloud.redshift.protocol import frames
from localcloud.redshift.session.prepared import Running

_SILENT = ("LOG", "DEBUG")
"""Levels that a client does not hear of."""


def formatted(form: str, values: list[str | None]) -> str:
    """Return the text with values in the places of %; %% is a sign."""
    parts = form.replace("%%", "\0").split("%")
    given = ["<NULL>" if value is None else value for value in values]
    text = "".join(part + value for part, value in zip(parts, [*given, ""], strict=True))
    return text.replace("\0", "%")


def send(host: Running, level: str, text: str) -> None:
    """Send the client a message of a level below EXCEPTION."""
    if level not in _SILENT:
        host.client.deliver(frames.error({"S": level, "V": level, "C": "00000", "M": text}, b"N"))

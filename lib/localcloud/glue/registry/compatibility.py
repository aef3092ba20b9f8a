"""The compatibility modes: which versions a new one is compared with, and in which directions.

https://docs.aws.amazon.com/glue/latest/dg/schema-registry.html#schema-registry-compatibility
"""

from __future__ import annotations

from localcloud.glue.registry.formats import why_unreadable
from localcloud.glue.registry.model import Schema, Version


def why_incompatible(schema: Schema, definition: str) -> str | None:
    """Return why a schema's mode does not allow a new definition; None if it does."""
    mode, _, every = schema.compatibility.partition("_")
    if mode in ("NONE", "DISABLED"):
        return None
    for version in compared(schema, bool(every)):
        reason = _why(mode, schema.data_format, definition, version)
        if reason:
            return f"{schema.compatibility} with version {version.number}: {reason}"
    return None


def compared(schema: Schema, every: bool) -> list[Version]:
    """Return the versions that a new one must be compatible with: the checkpoint, or every one that is available."""
    available = schema.available()
    return available if every else [version for version in available if version.number == schema.checkpoint]


def _why(mode: str, data_format: str, definition: str, version: Version) -> str | None:
    reason = None
    if mode in ("BACKWARD", "FULL"):
        reason = why_unreadable(data_format, definition, version.definition)
    if mode in ("FORWARD", "FULL") and not reason:
        reason = why_unreadable(data_format, version.definition, definition)
    return reason

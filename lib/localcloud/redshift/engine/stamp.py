"""Which version of the lab made a warehouse: a digest of the engine's SQL, and the format of its own tables."""

from __future__ import annotations

import hashlib
from importlib import resources

FORMAT = 3
"""Raised when a table of the schema redshift_lab changes. 1 stands for all versions that wrote no number.

An upgrade brings older formats to this one (`localcloud/upgrade/sql`), and refuses newer ones.
"""


def scripts() -> list[str]:
    """Return the engine's SQL, file by file in the order in which they run."""
    folder = resources.files(__package__)
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [folder.joinpath(name).read_text() for name in names]


def version() -> str:
    """Return the digest of the engine's SQL."""
    return hashlib.sha256("".join(scripts()).encode()).hexdigest()[:16]


def mark() -> str:
    """Return the name of the file in the data folder that says that this version prepared all of its databases."""
    return f"prepared-by-{version()}"

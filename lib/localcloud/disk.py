"""Whether the disk of a lab has room: on a full one services fail in many ways, and few of them name the reason."""

from __future__ import annotations

import shutil
from typing import Final

from localcloud.home import Home

SHORT_MB: Final = 100
"""With less, a service may fail at any write: PostgreSQL alone adds files of 16 MB."""


def shortage(home: Home) -> str:
    """Return a sentence that says how little is free and what to try; an empty text where there is room."""
    folder = home.root if home.root.exists() else home.root.parent
    free_mb = shutil.disk_usage(folder).free / 1e6
    if free_mb >= SHORT_MB:
        return ""
    return f"The disk of {folder} has only {free_mb:.0f} MB free, so writes fail. Try: free some space, then ./lab up"

"""Restore a learner's notebooks to their original state, and keep what the learner wrote."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from course import sources


def changed(folder: Path) -> list[Path]:
    """Return the notebooks in `folder` that hold other cells than their source gives, and those without a source."""
    made = sources.targets(folder)
    there = (*folder.glob("*.ipynb"), *folder.glob("solutions/*.ipynb"))
    return sorted(path for path in there if path not in made or sources.differs(path, made[path]))


def restore(folder: Path, backup: Path) -> Iterator[str]:
    """Copy changed notebooks to a new folder in `backup`, then write all again; yield a line for each step.

    Outputs come back too where the lab is a git clone, else the notebooks are as if never run. A notebook that the
    learner added is only copied.
    """
    mine = changed(folder)
    if mine:
        kept = backup / time.strftime("%Y-%m-%d_%H%M%S")
        for path in mine:
            target = kept / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
        yield f"Kept: {len(mine)} changed notebooks in {kept}"
    for path, notebook in sources.targets(folder).items():
        path.write_bytes(_committed(path) or sources.text(notebook).encode())
    stale = sources.stale(folder)
    if stale:
        yield f"Without their outputs: {', '.join(stale)}"
    yield "Restored: the notebooks"


def _committed(path: Path) -> bytes | None:
    """Return the file as it is in git, or None if there is no git or not this file."""
    try:
        shown = subprocess.run(
            ["git", "show", f"HEAD:./{path.name}"], cwd=path.parent, capture_output=True, timeout=60, check=False
        )
    except FileNotFoundError:
        return None
    return shown.stdout if shown.returncode == 0 else None

"""Measure the Redshift translator over all golden cases, and compare it with another commit if one is given.

Run: `./lab bench translator [--base COMMIT] [--json]`. It needs no running lab. It prints how often the text of a
statement is read into tokens, and the mean processor time of a statement in microseconds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CASES = [ROOT / "tests/localcloud/redshift" / f"{name}.jsonl" for name in ("cases", "documented", "ddl", "procedures")]


def probe(lib: Path) -> dict[str, Any]:
    """Return what the tree in a folder costs."""
    command = [sys.executable, ROOT / "bench/translator_probe.py", *CASES]
    env = {**os.environ, "PYTHONPATH": str(lib)}
    return dict(json.loads(subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout))


def at(commit: str) -> dict[str, Any]:
    """Return what the tree of a commit costs."""
    with tempfile.TemporaryDirectory() as folder:
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", folder, commit], check=True)
        try:
            return probe(Path(folder) / "lib")
        finally:
            subprocess.run([*git, "remove", "--force", folder], check=True)


def main() -> None:
    """Print one line for each measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", default="", help="the commit to compare with")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = {"now": probe(ROOT / "lib")}
    if given.base:
        found[given.base] = at(given.base)
    if given.json:
        print(json.dumps(found))
        return
    for measure in found["now"]:
        print(f"{measure:24}", *(f"{tree}: {values[measure]:>8}" for tree, values in found.items()), sep="  ")


if __name__ == "__main__":
    main()

"""Makes the two locks from one resolution: `.venv/bin/python tests/lock.py`, after a change in requirements.in."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LAB, TESTS = ROOT / "requirements.in", ROOT / "tests" / "requirements.in"
UV = Path(sys.executable).parent / "uv"
OPTIONS = ("--universal", "--python-version=3.11", "--generate-hashes", "--no-emit-index-url", "--no-header")
OPTIONS += ("--no-annotate",)


def compiled(*sources: Path, output: Path) -> dict[str, str]:
    """Write the lock of these lists, and return its entries; versions that the file already has stay if they can."""
    argv = (UV, "pip", "compile", "--quiet", *OPTIONS, *sources, "--output-file", output)
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
    return entries(output.read_text())


def entries(lock: str) -> dict[str, str]:
    """Return the entries of a lock by package, which has several where its version depends on Python's."""
    packages: dict[str, str] = {}
    for part in re.split(r"(?m)^(?=[a-zA-Z0-9])", lock):
        name = part.partition("==")[0]
        packages[name] = packages.get(name, "") + part
    return packages


def main() -> None:
    """Resolve both lists together, then write what the lab needs and the rest. Versions of today stay where they can."""
    locks = LAB.with_suffix(".lock"), TESTS.with_suffix(".lock")
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "lock.txt"
        output.write_text("".join(lock.read_text() for lock in locks))
        together = compiled(LAB, TESTS, output=output)
        lab = compiled(LAB, output=output)
    locks[0].write_text("".join(together[name] for name in lab))
    locks[1].write_text("".join(part for name, part in together.items() if name not in lab))


if __name__ == "__main__":
    main()

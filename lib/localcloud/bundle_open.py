"""Unpack the packages of an offline bundle. Runs before the installation, so it uses only the standard library.

`python bundle_open.py LOCK TARGET ARGUMENTS...` looks for `--offline-bundle FILE` among the arguments of `./lab`. It
prints the folder of the wheels, or nothing when no bundle is named; a bundle that doesn't fit ends it with code 1.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import sys
import tarfile
from pathlib import Path, PurePosixPath
from typing import Any

OPTION = "--offline-bundle"
MANIFEST = "manifest.json"
VERSION = 1


def kind() -> dict[str, str]:
    """Return what a bundle depends on: the system, the processor, and Python's minor version."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"system": platform.system(), "machine": platform.machine().lower(), "python": python}


def named(arguments: list[str]) -> Path | None:
    """Return the bundle that the arguments name; a relative path counts from where `./lab` was called."""
    for position, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == OPTION:
            following = arguments[position + 1 :]
            value = value if equals else (following[0] if following else "")
            return Path(os.environ.get("LAB_CALLED_FROM", ".")) / value if value else None
    return None


def read_manifest(bundle: tarfile.TarFile) -> dict[str, Any]:
    """Return the manifest, which is the first member. Raises ValueError if the file is not a bundle."""
    first = bundle.next()
    file = bundle.extractfile(first) if first is not None and first.name == MANIFEST else None
    if file is None:
        raise ValueError(f"there is no {MANIFEST} at its start, so ./lab bundle didn't make it")
    manifest: dict[str, Any] = json.loads(file.read())
    if manifest.get("version") != VERSION:
        raise ValueError(f"its version is {manifest.get('version')}, this lab reads {VERSION}")
    return manifest


def misfit(manifest: dict[str, Any], lock: Path) -> str | None:
    """Return why a bundle can't serve this machine and this lab, or None."""
    for name, here in kind().items():
        if manifest["kind"][name] != here:
            return f"it was made for {name} {manifest['kind'][name]}, but this is {here}"
    if manifest["lock_sha256"] != hashlib.sha256(lock.read_bytes()).hexdigest():
        return "it was made from another requirements.lock, for a different version of the lab"
    return None


def unpack_wheels(file: Path, lock: Path, target: Path) -> None:
    """Write the packages of the bundle to `target`. Raises ValueError, OSError or tarfile.TarError."""
    with tarfile.open(file) as bundle:
        if reason := misfit(read_manifest(bundle), lock):
            raise ValueError(reason)
        target.mkdir(parents=True, exist_ok=True)
        for member in bundle:
            path = PurePosixPath(member.name)
            source = bundle.extractfile(member) if path.parent.name == "wheels" else None
            if source is not None:
                with (target / path.name).open("wb") as copy:
                    shutil.copyfileobj(source, copy, 1 << 20)


def main(lock: str, target: str, *arguments: str) -> int:
    """Unpack what the arguments name; return the exit code."""
    file = named(list(arguments))
    if file is None:
        return 0
    try:
        unpack_wheels(file, Path(lock), Path(target))
    except (ValueError, OSError, tarfile.TarError) as error:
        print(f"lab: {file} can't be used: {error}.", file=sys.stderr)
        print("Try: ./lab bundle FILE, on a machine of this kind and with this version of the lab.", file=sys.stderr)
        return 1
    print(target)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))

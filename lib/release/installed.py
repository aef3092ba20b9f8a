"""What this machine knows of pinned components: from installed packages, and from jars in the cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path

from release import licences
from release.sbom import Look, Pinned


def look(folders: Sequence[str], files: Mapping[str, Path]) -> Look:
    """Return how the licence of something pinned is read: from packages in `folders`, or from `files` by name."""
    packages = {
        f"{package.name.lower().replace('_', '-')}=={package.version}": package
        for package in distributions(path=[*folders])
    }

    def read(pinned: Pinned) -> tuple[str, licences.Finding]:
        if pinned.key in packages:
            return pinned.purl, licences.of_distribution(packages[pinned.key])
        path = files.get(pinned.key)
        if path is None or not path.exists() or path.suffix != ".jar":
            return pinned.purl or f"pkg:generic/{pinned.key}", licences.Finding(licences.UNKNOWN, "not on this machine")
        return pinned.purl or licences.purl_of_jar(path, pinned.key), licences.of_jar(path)

    return read

"""A Trino server with only what Athena needs: the core, and the hive, iceberg and geospatial plugins."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
from pathlib import Path, PurePosixPath
from typing import Any

from localcloud.binaries.fetch import Artifact, exclusive, fetch, maven_path
from localcloud.binaries.jars import lock_lines

VERSION = "476"
CORE = Artifact(
    name=f"trino-server-core-{VERSION}.tar.gz",
    path=maven_path(f"io.trino:trino-server-core:{VERSION}", "tar.gz"),
    sha256="0f388f9967c177ae70a47c099082fc95387f0c3cb96d8000d1d41fc3a5223158",
    size=194_358_953,
)
# Debian 12's Python has no filters yet; the archive is a pinned one.
_SAFE: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
_CORE_PARTS = ("lib", "plugin/geospatial")
_LAKE = "lake"
"""The one folder of the hive and the iceberg plugin: 331 of their jars are the same, and a folder has a class loader of
its own, so that two folders load each class twice: 60 MB."""


def plugin_artifacts() -> list[Artifact]:
    """Return the pinned jars of the hive and iceberg plugins.

    Their archives hold many that no local lab needs: the wanted members are fetched one by one, by their byte ranges.
    """
    return [
        Artifact(name, maven_path(f"io.trino:{archive}:{VERSION}", "zip"), sha256, int(size), int(offset))
        for name, sha256, size, archive, offset in lock_lines("trino-plugins.lock")
    ]


def trino_artifacts() -> list[Artifact]:
    """Return all that is fetched for Trino."""
    return [CORE, *plugin_artifacts()]


def trino_home(cache_folder: Path) -> Path:
    """Return the server's folder (it holds `lib/` and `plugin/`), named by what is pinned."""
    pins = _LAKE + "".join(artifact.sha256 for artifact in trino_artifacts())
    return cache_folder / f"trino-{VERSION}-{hashlib.sha256(pins.encode()).hexdigest()[:12]}"


def install_trino(cache_folder: Path) -> Path:
    """Put the fetched parts together, once; return the server's folder."""
    target = trino_home(cache_folder)
    cache_folder.mkdir(parents=True, exist_ok=True)
    with exclusive(target):
        if not target.exists():
            draft = target.with_suffix(".draft")
            shutil.rmtree(draft, ignore_errors=True)
            _unpack_core(fetch(CORE, cache_folder), draft)
            for artifact in plugin_artifacts():
                _link(fetch(artifact, cache_folder), draft / "plugin" / _LAKE / artifact.name)
            draft.replace(target)
    return target


def _unpack_core(archive: Path, target: Path) -> None:
    whole = target.with_suffix(".core")
    shutil.rmtree(whole, ignore_errors=True)
    with tarfile.open(archive) as tar:
        for member in tar:
            inner = PurePosixPath(*PurePosixPath(member.name).parts[1:])
            if any(inner.is_relative_to(part) for part in _CORE_PARTS):
                tar.extract(member, whole, **_SAFE)
    next(whole.iterdir()).replace(target)
    whole.rmdir()


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target)

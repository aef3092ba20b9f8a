"""The engines that do not come as a Python wheel: fetched once by pinned sha256, kept in the cache of the user.

What is downloaded is listed in `jars.lock` and `trino-plugins.lock`; jgo, a Maven client, knows where to download it
from.
"""

from __future__ import annotations

from localcloud.binaries.fetch import Artifact, Progress, fetch_all, missing_bytes
from localcloud.binaries.jars import jar_artifacts, jars
from localcloud.binaries.java import java_home
from localcloud.binaries.trino import install_trino, trino_artifacts, trino_home

__all__ = [
    "Artifact",
    "Progress",
    "fetch_all",
    "install_trino",
    "jar_artifacts",
    "jars",
    "java_home",
    "missing_bytes",
    "trino_artifacts",
    "trino_home",
]

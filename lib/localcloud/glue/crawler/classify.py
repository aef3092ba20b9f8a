"""Classifies one object: custom classifiers first, then the built-in ones in their order, else UNKNOWN."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from localcloud.glue.crawler import columnar
from localcloud.glue.crawler.builtin import by_built_in
from localcloud.glue.crawler.compression import LIMIT, detect, layout_notes, name_notes, start_of
from localcloud.glue.crawler.content import Content, NotRecognized
from localcloud.glue.crawler.custom import answers
from localcloud.glue.crawler.s3 import HEAD, S3, TAIL, RangeFile
from localcloud.glue.crawler.sample import UNKNOWN, S3Object, Sample, unknown

MAX_HEAD = 10 * HEAD
"""Bytes after which the search for a first whole record ends."""
MAX_ARCHIVE = 64 * HEAD
"""Bytes of a ZIP file, whose directory is at its end, that are read at most."""


def classify(s3: S3, bucket: str, item: S3Object, classifiers: list[dict[str, Any]]) -> Sample:
    """Return what an object holds, from as few bytes as possible. What cannot be read is UNKNOWN, with the reason."""
    file = RangeFile(s3, bucket, item)
    if item.key.endswith((".parquet", ".orc")) or item.size <= TAIL:
        columnar_sample = _columnar(file, file.tail())
        if columnar_sample:
            return columnar_sample
    head = file.tail() if item.size <= TAIL else s3.read(bucket, item.key, 0, HEAD)
    marked = _columnar(file, head) or _avro(head, item)
    if marked:
        return marked
    if detect(head, item.key) == "zip" and len(head) < item.size <= MAX_ARCHIVE:
        head = s3.read(bucket, item.key, 0, item.size)
    sample = _text(head, item, classifiers)
    if sample.classification == UNKNOWN and len(head) < item.size and detect(head, item.key) == "none":
        sample = _text(s3.read(bucket, item.key, 0, MAX_HEAD), item, classifiers)
    return sample


def _columnar(file: RangeFile, part: bytes) -> Sample | None:
    """Return the sample of a Parquet or ORC file; `part` is its start or its end."""
    is_parquet, is_orc = b"PAR1" in (part[:4], part[-4:]), b"ORC" in (part[:3], part[-4:-1])
    if not is_parquet and not is_orc:
        return None
    import pyarrow  # noqa: PLC0415  late: 30 MB that a crawl without such files saves

    try:
        return columnar.parquet(file) if is_parquet else columnar.orc(file)
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        return unknown(f"it is marked as {'Parquet' if is_parquet else 'ORC'}, but cannot be read: {error}"[:500])


def _avro(head: bytes, item: S3Object) -> Sample | None:
    if not head.startswith(b"Obj\x01"):
        return None
    try:
        return columnar.avro(head, item.size)
    except Exception as error:  # the library raises whatever a damaged header makes it stumble over
        return unknown(f"it is marked as Avro, but cannot be read: {type(error).__name__}: {error}"[:500])


def _text(head: bytes, item: S3Object, classifiers: list[dict[str, Any]]) -> Sample:
    compression = detect(head, item.key)
    is_whole = len(head) >= item.size
    try:
        raw = start_of(head, compression, is_whole)
        content = Content(raw, not is_whole or (compression != "none" and len(raw) >= LIMIT))
        sample = _decide(content, classifiers)
    except NotRecognized as error:
        return unknown(str(error), compression)
    share = len(head) / item.size
    notes = (*sample.notes, *name_notes(compression, item.key), *layout_notes(compression, head))
    return replace(sample, compression=compression, records=round(sample.records / share), notes=notes)


def _decide(content: Content, classifiers: list[dict[str, Any]]) -> Sample:
    """Return the answer of a certain custom classifier, else of a built-in one, else of the surest custom one."""
    custom = answers(content, classifiers)
    if custom and custom[-1].certainty == 1.0:
        return custom[-1]
    try:
        return by_built_in(content)
    except NotRecognized:
        if custom:
            return max(custom, key=lambda sample: sample.certainty)
        raise

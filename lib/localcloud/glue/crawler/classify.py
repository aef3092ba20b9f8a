"""Finds out what one object is: custom classifiers first, then Avro, ORC, Parquet, JSON and CSV, else UNKNOWN."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from localcloud.glue.crawler import columnar
from localcloud.glue.crawler.compression import detect, start_of
from localcloud.glue.crawler.csv_format import CsvRules, sample_csv
from localcloud.glue.crawler.json_format import sample_json
from localcloud.glue.crawler.s3 import HEAD, S3, TAIL, RangeFile
from localcloud.glue.crawler.sample import S3Object, Sample

MAX_HEAD = 10 * HEAD
"""Bytes after which the search for a first whole record ends."""


def classify(s3: S3, bucket: str, item: S3Object, classifiers: list[dict[str, Any]]) -> Sample:
    """Return what an object holds, from as few bytes as tell it. What cannot be read is UNKNOWN."""
    file = RangeFile(s3, bucket, item)
    if item.key.endswith((".parquet", ".orc")) or item.size <= TAIL:
        found = _columnar(file, file.tail())
        if found:
            return found
    head = file.tail() if item.size <= TAIL else s3.read(bucket, item.key, 0, HEAD)
    found = _columnar(file, head) or _described(head, item) or _text(head, item, classifiers)
    if found is None and len(head) < item.size and detect(head, item.key) == "none":
        head = s3.read(bucket, item.key, 0, MAX_HEAD)
        found = _text(head, item, classifiers)
    return found or Sample(compression=detect(head, item.key))


def _columnar(file: RangeFile, part: bytes) -> Sample | None:
    """Return the sample of a Parquet or ORC file; `part` is its start or its end."""
    is_parquet, is_orc = b"PAR1" in (part[:4], part[-4:]), b"ORC" in (part[:3], part[-4:-1])
    if not is_parquet and not is_orc:
        return None
    import pyarrow

    try:
        return columnar.parquet(file) if is_parquet else columnar.orc(file)
    except (pyarrow.ArrowException, OSError, ValueError):
        return Sample()


def _described(head: bytes, item: S3Object) -> Sample | None:
    if not head.startswith(b"Obj\x01"):
        return None
    try:
        return columnar.avro(head, item.size)
    except Exception:  # the library raises whatever a damaged header makes it stumble over
        return Sample()


def _text(head: bytes, item: S3Object, classifiers: list[dict[str, Any]]) -> Sample | None:
    compression = detect(head, item.key)
    try:
        raw = start_of(head, compression)
        cut = len(head) < item.size or compression != "none"
        text = _decode(raw, cut)
    except ValueError:
        return None
    found = _by_rules(text, cut, classifiers) or sample_json(text) or sample_csv(text, cut)
    if not found:
        return None
    share = len(head) / item.size
    return replace(found, compression=compression, records=round(found.records / share * _shown(text, found)))


def _shown(text: str, found: Sample) -> float:
    """Return by how much the text is longer than the rows of it that were counted (CSV stops at 1,000 rows)."""
    lines = text.count("\n") + (not text.endswith("\n"))
    counted = found.records + ("skip.header.line.count" in found.parameters)
    return max(1.0, lines / counted) if found.classification == "csv" and counted else 1.0


def _by_rules(text: str, cut: bool, classifiers: list[dict[str, Any]]) -> Sample | None:
    for classifier in classifiers:
        found = None
        if "CsvClassifier" in classifier:
            found = sample_csv(text, cut, CsvRules.of(classifier["CsvClassifier"]))
        elif "JsonClassifier" in classifier:
            found = sample_json(text, classifier["JsonClassifier"]["JsonPath"])
        if found and found.columns:
            return found
    return None


def _decode(raw: bytes, cut: bool) -> str:
    if b"\x00" in raw:
        raise ValueError("binary")
    for end in range(4 if cut else 1):  # the head may end inside a character
        try:
            return raw[: len(raw) - end].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
    raise ValueError("not UTF-8")

"""Compaction: the rows of `transformed/`, once more, in `compacted/TOPIC/event_date=D/hour=HH/`, one file an hour.

A stream that commits every two seconds leaves thousands of small files an hour, and a query pays for each of them.
Nothing is taken from the zone of the stream, so neither the stream nor its readers notice. Readers of `compacted/` see
each hour as of one commit: S3 replaces an object atomically, and each file records its last commit, so after a crash
you just run it again. Rows that came later are added behind the old ones, whose bytes stay where they were: a query
that is reading the file meanwhile gets its rows, or an error, but never other rows.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from smartcity.errors import LakeError
from smartcity.events import Verdict
from smartcity.lake import Committed, Lake, Store
from smartcity.lake.layout import COMPACTED
from smartcity.schemas import transformed_schema

_UP_TO: Final = b"smartcity.commit"
_FILE: Final = "hour.parquet"


@dataclass(frozen=True)
class Hour:
    """One file that was written: its path below the lake, all its rows, and the small files that were added to it."""

    path: str
    rows: int
    files: int


def compact(lake: Lake, done: Callable[[Hour], None] | None = None) -> list[Hour]:
    """Bring `compacted/` up to the stream's newest commit; return the hours that had new rows. Raises LakeError."""
    store = lake.store(patient=True)
    written = []
    for folder, files in _by_folder(lake.committed_files(Verdict.TRANSFORMED)).items():
        if hour := _add(store, folder, files):
            written.append(hour)
            if done:
                done(hour)
    return written


def _by_folder(files: Iterator[Committed]) -> dict[str, list[Committed]]:
    folders: dict[str, list[Committed]] = defaultdict(list)
    for file in files:
        folders[str(PurePosixPath(file.path).parent)].append(file)
    return dict(folders)


def _add(store: Store, folder: str, files: list[Committed]) -> Hour | None:
    """Write the file of an hour again, with the rows of the commits that it lacks."""
    path = f"{folder.replace(Verdict.TRANSFORMED, COMPACTED, 1)}/{_FILE}"
    old = _file(store, path)
    up_to = int(old.schema_arrow.metadata[_UP_TO]) if old else -1
    new = [file for file in files if file.batch > up_to]
    if not new:
        return None
    rows = pa.concat_tables(pq.read_table(io.BytesIO(_body(store, file.path))) for file in new).sort_by("event_time")
    _check(path, "the commits record", sum(file.rows for file in new), rows.num_rows)
    body = _parquet(files[0].topic, max(file.batch for file in new), old, rows)
    total = rows.num_rows + (old.metadata.num_rows if old else 0)
    _check(path, "the hour has", total, pq.read_metadata(io.BytesIO(body)).num_rows)
    store.complete([store.upload_bytes(path, body, total)])
    return Hour(path, total, len(new))


def _check(path: str, what: str, expected: int, rows: int) -> None:
    """Raise LakeError if rows were lost or added."""
    if rows != expected:
        raise LakeError(f"{path}: {what} {expected:,} rows, but the files hold {rows:,}. Try: ./lab reconcile")


def _parquet(topic: str, up_to: int, old: pq.ParquetFile | None, rows: pa.Table) -> memoryview:
    schema = transformed_schema(topic)
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink, schema.with_metadata({_UP_TO: str(up_to).encode()}), compression="zstd", coerce_timestamps="us"
    ) as writer:
        for number in range(old.num_row_groups if old else 0):
            assert old
            writer.write_table(old.read_row_group(number).cast(schema))
        writer.write_table(rows.cast(schema))
    return memoryview(sink.getvalue())


def _file(store: Store, path: str) -> pq.ParquetFile | None:
    try:
        return pq.ParquetFile(io.BytesIO(store.get(path)))
    except store.client.exceptions.NoSuchKey:
        return None


def _body(store: Store, path: str) -> bytes:
    try:
        return store.get(path)
    except store.client.exceptions.NoSuchKey:
        raise LakeError(
            f"{path} was committed and is gone, so its hour can't be compacted. Try: ./lab reconcile"
        ) from None

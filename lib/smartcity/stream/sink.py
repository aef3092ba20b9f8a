"""What a task does with the records of its Kafka partition: judge them, and upload a file for each zone and hour."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec
import pyarrow as pa
from pyspark import TaskContext

from smartcity.lake.layout import file_name
from smartcity.lake.store import Store
from smartcity.schema_registry import Schemas
from smartcity.schemas import TIME
from smartcity.stream.memory import Memory, Windows, forget
from smartcity.stream.split import by_partition, split, zones_of
from smartcity.transforms.places import Places

_UPLOADS: Final = 4


@dataclass(frozen=True)
class Plan:
    """One batch as the driver gives it to the tasks."""

    store: Store
    query_id: str
    batch_id: int
    ingest_time: datetime
    windows: Windows = field(repr=False)
    places: Places | None = field(repr=False)
    schemas: Schemas = field(repr=False)

    def run(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield one JSON text: what this task uploaded, and the windows that changed. For `DataFrame.mapInArrow`."""
        chunks = [batch for batch in batches if batch.num_rows]
        if not chunks:
            return
        # The many tuples of a batch live until its end: looking for cycles among them costs more than the parsing.
        gc.disable()
        try:
            done = self._write(pa.Table.from_batches(chunks))
        finally:
            gc.enable()
        yield pa.RecordBatch.from_pydict({"done": [msgspec.json.encode(done).decode()]})

    def _write(self, records: pa.Table) -> dict[str, Any]:
        memory = Memory(self.store, f"_state/{self.query_id}", self.windows)
        forget(memory.store, memory.folder, self.windows)
        tables: dict[tuple[str, str], list[pa.Table]] = {}
        for part in by_partition(records.append_column("ingest_time", self._ingest(len(records)))):
            for zone, topic, table in zones_of(part, memory, self.places, self.schemas):
                tables.setdefault((zone, topic), []).append(table)
        with ThreadPoolExecutor(_UPLOADS) as pool:
            windows = pool.submit(memory.save)
            uploads = list(pool.map(self._upload, self._files(tables)))
        return {"uploads": uploads, "windows": windows.result()}

    def _ingest(self, rows: int) -> pa.Array:
        return pa.repeat(pa.scalar(self.ingest_time, TIME), rows)

    def _files(self, tables: dict[tuple[str, str], list[pa.Table]]) -> Iterator[tuple[str, str, str, pa.Table]]:
        name = file_name(self.batch_id, TaskContext.get().partitionId())  # type: ignore[union-attr]
        for (zone, topic), parts in tables.items():
            for where, table in split(zone, topic, pa.concat_tables(parts)):
                yield zone, topic, f"{where}/{name}", table

    def _upload(self, file: tuple[str, str, str, pa.Table]) -> dict[str, Any]:
        zone, topic, path, table = file
        return {"zone": zone, "topic": topic, **self.store.upload(path, table)}

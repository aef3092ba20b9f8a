"""Relationalize: structs become columns `a.b`, arrays become tables that a number joins to their root."""

from __future__ import annotations

from uuid import uuid4

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, MapType, StructType

from .mapping import quoted


def relationalized(frame: DataFrame, root: str, staging_path: str) -> dict[str, DataFrame]:
    """Return the root and a frame for each array, by name."""
    frames: dict[str, DataFrame] = {}
    _add(frames, frame, root, f"{staging_path.rstrip('/')}/relationalize-{uuid4().hex}")
    return frames


def _add(frames: dict[str, DataFrame], frame: DataFrame, name: str, staging: str) -> None:
    flat = _flat(frame)
    arrays = [field.name for field in flat.schema.fields if isinstance(field.dataType, ArrayType)]
    if not arrays:
        frames[name] = flat
        return
    # The numbers must be the same in all frames, so they are written down before anything uses them.
    kept = f"{staging}/{len(frames)}"
    numbered = flat.withColumn(" number", F.monotonically_increasing_id() + 1)
    numbered.write.parquet(kept)
    numbered = frame.sparkSession.read.parquet(kept)
    references = {array: F.when(F.col(quoted(array)).isNotNull(), F.col("` number`")) for array in arrays}
    frames[name] = numbered.withColumns(references).drop(" number")
    for array in arrays:
        items = numbered.select(F.col("` number`").alias("id"), F.posexplode(quoted(array)).alias("index", "value"))
        items = items.withColumnRenamed("value", f"{array}.val")
        _add(frames, items, f"{name}_{array}", staging)


def _flat(frame: DataFrame) -> DataFrame:
    """Return the frame without structs."""
    while any(isinstance(field.dataType, StructType | MapType) for field in frame.schema.fields):
        columns = []
        for field in frame.schema.fields:
            if isinstance(field.dataType, MapType):
                raise NotImplementedError(f"Relationalize of the map {field.name!r}")
            if isinstance(field.dataType, StructType):
                for inner in field.dataType.fields:
                    path = F.col(f"{quoted(field.name)}.{quoted(inner.name)}")
                    columns.append(path.alias(f"{field.name}.{inner.name}"))
            else:
                columns.append(F.col(quoted(field.name)))
        frame = frame.select(*columns)
    return frame

"""The transforms as classes: `ApplyMapping.apply(frame=..., mappings=...)`."""

from __future__ import annotations

from typing import Any, NoReturn

from pyspark.sql import functions as F
from pyspark.sql.types import NullType

from .dynamicframe import DynamicFrame, DynamicFrameCollection
from .mapping import quoted

__all__ = [
    "ApplyMapping",
    "DropFields",
    "DropNullFields",
    "Filter",
    "Join",
    "Map",
    "Relationalize",
    "RenameField",
    "ResolveChoice",
    "SelectFields",
    "SelectFromCollection",
    "SplitFields",
]


class Transform:
    """A transform: it is called, or applied as a class."""

    @classmethod
    def apply(cls, *args: Any, **named: Any) -> Any:
        transform: Any = cls()
        return transform(*args, **named)


class ApplyMapping(Transform):
    def __call__(self, frame: DynamicFrame, *args: Any, **named: Any) -> DynamicFrame:
        return frame.apply_mapping(*args, **named)


class DropFields(Transform):
    def __call__(self, frame: DynamicFrame, *args: Any, **named: Any) -> DynamicFrame:
        return frame.drop_fields(*args, **named)


class SelectFields(Transform):
    def __call__(self, frame: DynamicFrame, *args: Any, **named: Any) -> DynamicFrame:
        return frame.select_fields(*args, **named)


class RenameField(Transform):
    def __call__(self, frame: DynamicFrame, old_name: str, new_name: str, **_: Any) -> DynamicFrame:
        return frame.rename_field(old_name, new_name)


class Filter(Transform):
    def __call__(self, frame: DynamicFrame, f: Any, **_: Any) -> DynamicFrame:
        return frame.filter(f)


class Map(Transform):
    def __call__(self, frame: DynamicFrame, f: Any, **_: Any) -> DynamicFrame:
        return frame.map(f)


class ResolveChoice(Transform):
    def __call__(self, frame: DynamicFrame, *args: Any, **named: Any) -> DynamicFrame:
        return frame.resolveChoice(*args, **named)


class Relationalize(Transform):
    def __call__(
        self, frame: DynamicFrame, staging_path: str, name: str = "roottable", **_: Any
    ) -> DynamicFrameCollection:
        return frame.relationalize(name, staging_path)


class SplitFields(Transform):
    def __call__(
        self, frame: DynamicFrame, paths: Any, name1: str = "frame1", name2: str = "frame2", **_: Any
    ) -> DynamicFrameCollection:
        return frame.split_fields(paths, name1, name2)


class Join(Transform):
    def __call__(self, frame1: DynamicFrame, frame2: DynamicFrame, keys1: Any, keys2: Any, **_: Any) -> DynamicFrame:
        return frame1.join(keys1, keys2, frame2)


class SelectFromCollection(Transform):
    def __call__(self, dfc: DynamicFrameCollection, key: str, **_: Any) -> DynamicFrame:
        return dfc[key]


class DropNullFields(Transform):
    """Drops the fields that are null in every record."""

    def __call__(self, frame: DynamicFrame, **_: Any) -> DynamicFrame:
        rows = frame.toDF()
        typed = [field.name for field in rows.schema.fields if not isinstance(field.dataType, NullType)]
        counts = rows.select(*(F.count(quoted(name)).alias(name) for name in typed)).first() if typed else None
        empty = [name for name in rows.columns if counts is None or name not in typed or not counts[name]]
        return DynamicFrame(rows.drop(*empty), frame.glue_ctx, frame.name)


def __getattr__(name: str) -> NoReturn:
    if name.startswith("_"):
        raise AttributeError(name)
    raise NotImplementedError(f"awsglue.transforms.{name}")

"""DynamicFrames: Spark's DataFrames with the methods of Glue. No column has a choice of types; Spark takes one type."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from .catalog import CatalogTable
from .mapping import cast_type, mapped, quoted
from .relational import relationalized

Record = dict[str, Any]


class DynamicFrame:
    """Rows with a schema, which Spark computes when they are needed."""

    def __init__(self, dataframe: DataFrame, glue_ctx: Any, name: str = "") -> None:
        self._frame, self.glue_ctx, self.name = dataframe, glue_ctx, name

    @classmethod
    def fromDF(cls, dataframe: DataFrame, glue_ctx: Any, name: str = "") -> DynamicFrame:
        return cls(dataframe, glue_ctx, name)

    def __getattr__(self, name: str) -> Any:
        lacking("DynamicFrame", name)

    def toDF(self, options: Any = None) -> DataFrame:
        if options:
            raise NotImplementedError("DynamicFrame.toDF with options")
        return self._frame

    def _with(self, frame: DataFrame) -> DynamicFrame:
        return DynamicFrame(frame, self.glue_ctx, self.name)

    def count(self) -> int:
        return int(self._frame.count())

    def schema(self) -> Any:
        return self._frame.schema

    def printSchema(self) -> None:
        self._frame.printSchema()

    def show(self, num_rows: int = 20) -> None:
        for line in self._frame.toJSON().take(num_rows):
            print(line)

    def errorsCount(self) -> int:
        """Return 0: a record that can't be read ends the job here."""
        return 0

    stageErrorsCount = errorsCount

    def repartition(self, num_partitions: int, *_: Any, **__: Any) -> DynamicFrame:
        return self._with(self._frame.repartition(num_partitions))

    def coalesce(self, num_partitions: int, *_: Any, **__: Any) -> DynamicFrame:
        return self._with(self._frame.coalesce(num_partitions))

    def apply_mapping(self, mappings: Sequence[Sequence[str]], case_sensitive: bool = False, **_: Any) -> DynamicFrame:
        if case_sensitive:
            raise NotImplementedError("apply_mapping with case_sensitive")
        return self._with(mapped(self._frame, mappings))

    def drop_fields(self, paths: Sequence[str], **_: Any) -> DynamicFrame:
        return self._with(self._frame.drop(*(_plain(path) for path in _list(paths))))

    def select_fields(self, paths: Sequence[str], **_: Any) -> DynamicFrame:
        wanted = [_plain(path) for path in _list(paths)]
        return self._with(self._frame.select(*(quoted(name) for name in wanted if name in self._frame.columns)))

    def rename_field(self, oldName: str, newName: str, **_: Any) -> DynamicFrame:
        old, new = _plain(oldName), _plain(newName)
        if old not in self._frame.columns:
            return self
        if new in self._frame.columns:
            raise ValueError(f"RenameField: there is a field {new!r} already.")
        return self._with(self._frame.withColumnRenamed(old, new))

    def filter(self, f: Callable[[Record], Any], **_: Any) -> DynamicFrame:
        rows = self._frame.rdd.filter(lambda row: bool(f(row.asDict(True))))
        return self._with(self._frame.sparkSession.createDataFrame(rows, self._frame.schema))

    def map(self, f: Callable[[Record], Record], **_: Any) -> DynamicFrame:
        """Apply a function to each record; the types of the result come from all of its records."""
        session = self._frame.sparkSession
        session.conf.set("spark.sql.pyspark.inferNestedDictAsStruct.enabled", "true")
        records = self._frame.rdd.map(lambda row: f(row.asDict(True)))
        if records.isEmpty():
            return self
        result = session.createDataFrame(records, samplingRatio=1.0)
        known = [name for name in self._frame.columns if name in result.columns]
        names = [*known, *(name for name in result.columns if name not in known)]
        return self._with(result.select(*map(quoted, names)))

    def join(self, paths1: Sequence[str], paths2: Sequence[str], frame2: DynamicFrame, **_: Any) -> DynamicFrame:
        """Return the pairs of records whose keys are equal."""
        left, right = self._frame, frame2._frame
        both = {name.lower() for name in left.columns} & {name.lower() for name in right.columns}
        if both:
            names = ", ".join(sorted(both))
            raise NotImplementedError(f"Join of frames that both have {names}; rename or drop these fields first")
        keys = zip(_list(paths1), _list(paths2), strict=True)
        conditions = [left[quoted(_plain(a))] == right[quoted(_plain(b))] for a, b in keys]
        return self._with(left.join(right, conditions))

    def split_fields(self, paths: Sequence[str], name1: str, name2: str, **_: Any) -> DynamicFrameCollection:
        rest = self.drop_fields(paths)
        return DynamicFrameCollection({name1: self.select_fields(paths), name2: rest}, self.glue_ctx)

    def resolveChoice(
        self,
        specs: Sequence[tuple[str, str]] | None = None,
        choice: str = "",
        database: str | None = None,
        table_name: str | None = None,
        **_: Any,
    ) -> DynamicFrame:
        """Cast fields; where no type has to be chosen, `make_cols` and `make_struct` leave the frame as it is."""
        kinds = CatalogTable(database, table_name or "").columns if choice == "match_catalog" and database else {}
        wanted = {**{name: f"cast:{kind}" for name, kind in kinds.items()}, **dict(specs or ())}
        if choice.startswith(("cast:", "project:")):
            wanted = dict.fromkeys(self._frame.columns, choice)
        frame = self._frame
        for name, action in wanted.items():
            verb, _separator, kind = action.partition(":")
            if verb in ("cast", "project") and _plain(name) in frame.columns:
                frame = frame.withColumn(_plain(name), F.col(quoted(_plain(name))).cast(cast_type(kind)))
            elif verb not in ("cast", "project", "make_cols", "make_struct"):
                raise ValueError(f"ResolveChoice: {action!r} is not an action.")
        return self._with(frame)

    def relationalize(self, root_table_name: str, staging_path: str, **_: Any) -> DynamicFrameCollection:
        frames = relationalized(self._frame, root_table_name, staging_path)
        return DynamicFrameCollection({name: self._with(frame) for name, frame in frames.items()}, self.glue_ctx)


class DynamicFrameCollection:
    """Frames by name."""

    def __init__(self, dynamic_frames: dict[str, DynamicFrame], glue_ctx: Any) -> None:
        self._frames, self.glue_ctx = dynamic_frames, glue_ctx

    def __getattr__(self, name: str) -> Any:
        lacking("DynamicFrameCollection", name)

    def __getitem__(self, name: str) -> DynamicFrame:
        return self._frames[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)

    def keys(self) -> Any:
        return self._frames.keys()

    def values(self) -> Any:
        return self._frames.values()

    def items(self) -> Any:
        return self._frames.items()

    def select(self, key: str, default: Any = None) -> Any:
        return self._frames.get(key, default)


def lacking(where: str, name: str) -> NoReturn:
    """Refuse by name what this package does not have."""
    if name.startswith("_"):
        raise AttributeError(name)
    raise NotImplementedError(f"{where}.{name}")


def _list(paths: str | Sequence[str]) -> list[str]:
    return [paths] if isinstance(paths, str) else list(paths)


def _plain(path: str) -> str:
    """Return the name of a top field, which may be between backticks."""
    if path.startswith("`") and path.endswith("`"):
        return path[1:-1]
    if "." in path:
        raise NotImplementedError(f"the nested field {path!r}; use ApplyMapping, or toDF()")
    return path

"""`create_dynamic_frame` and `write_dynamic_frame` of a GlueContext."""

from __future__ import annotations

from typing import Any

from .catalog import CatalogTable
from .dynamicframe import DynamicFrame, lacking
from .sinks import S3Sink
from .sources import read_paths, read_table


class DynamicFrameReader:
    """`glueContext.create_dynamic_frame`."""

    def __init__(self, glue_context: Any) -> None:
        self._context = glue_context

    def __getattr__(self, name: str) -> Any:
        lacking("create_dynamic_frame", name)

    def from_options(
        self,
        connection_type: str,
        connection_options: dict[str, Any] | None = None,
        format: str | None = None,
        format_options: dict[str, Any] | None = None,
        transformation_ctx: str = "",
        push_down_predicate: str = "",
        **_: Any,
    ) -> DynamicFrame:
        if connection_type != "s3" or push_down_predicate:
            raise NotImplementedError(f"from_options with {push_down_predicate or connection_type!r}")
        options = (connection_options or {}, format or "json", format_options or {}, transformation_ctx)
        return DynamicFrame(read_paths(self._context.spark_session, *options), self._context)

    def from_catalog(
        self,
        database: str,
        table_name: str,
        redshift_tmp_dir: str = "",
        transformation_ctx: str = "",
        push_down_predicate: str = "",
        additional_options: dict[str, Any] | None = None,
        **_: Any,
    ) -> DynamicFrame:
        if additional_options:
            raise NotImplementedError(f"from_catalog with additional_options {', '.join(additional_options)}")
        table = CatalogTable(database, table_name)
        frame = read_table(self._context.spark_session, table, push_down_predicate, transformation_ctx)
        return DynamicFrame(frame, self._context, table_name)

    def from_rdd(self, data: Any, name: str, schema: Any = None, **_: Any) -> DynamicFrame:
        return DynamicFrame(self._context.spark_session.createDataFrame(data, schema), self._context, name)


class DynamicFrameWriter:
    """`glueContext.write_dynamic_frame`."""

    def __init__(self, glue_context: Any) -> None:
        self._context = glue_context

    def __getattr__(self, name: str) -> Any:
        lacking("write_dynamic_frame", name)

    def from_options(
        self,
        frame: DynamicFrame,
        connection_type: str,
        connection_options: dict[str, Any] | None = None,
        format: str = "json",
        format_options: dict[str, Any] | None = None,
        transformation_ctx: str = "",
        **_: Any,
    ) -> DynamicFrame:
        if connection_type != "s3":
            raise NotImplementedError(f"write_dynamic_frame.from_options(connection_type={connection_type!r})")
        sink = S3Sink(connection_options or {}, transformation_ctx)
        sink.setFormat(format, **(format_options or {}))
        sink.writeFrame(frame)
        return frame

    def from_catalog(
        self,
        frame: DynamicFrame,
        database: str,
        table_name: str,
        redshift_tmp_dir: str = "",
        transformation_ctx: str = "",
        additional_options: dict[str, Any] | None = None,
        **_: Any,
    ) -> DynamicFrame:
        table = CatalogTable(database, table_name)
        options = {"partitionKeys": list(table.partition_keys), **(additional_options or {})}
        sink = S3Sink({"path": table.location, **options}, transformation_ctx)
        given = {"separator": table.options["sep"]} if table.format == "csv" else {}
        header = {"writeHeader": table.options["header"] == "true"} if table.format == "csv" else {}
        sink.setFormat(table.format, **given, **header)
        sink.setCatalogInfo(database, table_name)
        sink.writeFrame(frame)
        return frame

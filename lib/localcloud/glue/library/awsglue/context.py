"""GlueContext: Spark's context with DynamicFrames from S3 and the catalog."""

from __future__ import annotations

from typing import Any

from pyspark import SparkContext
from pyspark.sql import SparkSession

from .dynamicframe import DynamicFrame, lacking
from .readwrite import DynamicFrameReader, DynamicFrameWriter
from .sinks import S3Sink


class GlueContext:
    """The entry of a script: `GlueContext(SparkContext.getOrCreate())`."""

    def __init__(self, sparkContext: SparkContext, **options: Any) -> None:
        self._sc = sparkContext
        self.spark_session = SparkSession.builder.getOrCreate()
        self.create_dynamic_frame = DynamicFrameReader(self)
        self.write_dynamic_frame = DynamicFrameWriter(self)

    def __getattr__(self, name: str) -> Any:
        lacking("GlueContext", name)

    @property
    def sparkSession(self) -> SparkSession:
        return self.spark_session

    @property
    def sparkContext(self) -> SparkContext:
        return self._sc

    def getSink(
        self,
        connection_type: str,
        format: str | None = None,
        transformation_ctx: str = "",
        **options: Any,
    ) -> S3Sink:
        """Return a sink: `setFormat`, `setCatalogInfo`, then `writeFrame`."""
        if connection_type != "s3":
            raise NotImplementedError(f"getSink(connection_type={connection_type!r})")
        sink = S3Sink(options, transformation_ctx)
        if format:
            sink.setFormat(format)
        return sink

    get_sink = getSink

    def get_logger(self) -> Any:
        """Return a logger that writes to the run's error log."""
        jvm: Any = self._sc._jvm
        return jvm.org.apache.log4j.LogManager.getLogger("GlueLogger")

    def create_dynamic_frame_from_catalog(self, *args: Any, **options: Any) -> DynamicFrame:
        return self.create_dynamic_frame.from_catalog(*args, **options)

    def create_dynamic_frame_from_options(self, *args: Any, **options: Any) -> DynamicFrame:
        return self.create_dynamic_frame.from_options(*args, **options)

    def write_dynamic_frame_from_options(self, *args: Any, **options: Any) -> DynamicFrame:
        return self.write_dynamic_frame.from_options(*args, **options)

    def write_dynamic_frame_from_catalog(self, *args: Any, **options: Any) -> DynamicFrame:
        return self.write_dynamic_frame.from_catalog(*args, **options)

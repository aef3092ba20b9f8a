"""Measure dbldatagen on Spark with one core: GPS-like events as columns and as JSON text, events per core-second.

Started by `bench/simulate.py` with dbldatagen on PYTHONPATH and the lab's Spark in the environment; prints JSON. The
sink is Spark's `noop`, so that nothing but generation counts. Core-seconds are the JVM's; a first round warms it up.
"""

from __future__ import annotations

import json
import sys

import dbldatagen as dg
import psutil
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import struct, to_json

ROUNDS = 3


def events(spark: SparkSession, rows: int) -> DataFrame:
    """Return events with the fields of gps_data, each field independent of the others."""
    spec = dg.DataGenerator(spark, name="gps_data", rows=rows, partitions=4, randomSeed=7)
    spec = (
        spec.withColumn(
            "event_id", "string", template=r"gps-\\d\\d\\d\\d\\d\\d-\\d\\d\\d\\d\\d\\d\\d\\d\\d\\d\\d\\d\\d"
        )
        .withColumn("device_id", "string", uniqueValues=20_000, prefix="gps", baseColumn="id")
        .withColumn(
            "event_time",
            "timestamp",
            begin="2026-03-02 07:00:00",
            end="2026-03-02 08:00:00",
            interval="1 second",
            random=True,
        )
        .withColumn("latitude", "double", minValue=45.0, maxValue=45.03, step=0.000001, random=True)
        .withColumn("longitude", "double", minValue=9.0, maxValue=9.04, step=0.000001, random=True)
        .withColumn("vehicle_id", "string", uniqueValues=20_000, prefix="veh", baseColumn="id")
        .withColumn("vehicle_type", "string", values=["private", "taxi", "bus", "delivery", "emergency"], random=True)
        .withColumn("speed_kmh", "double", minValue=0.0, maxValue=100.0, step=0.1, random=True)
        .withColumn("direction_deg", "double", minValue=0.0, maxValue=359.9, step=0.1, random=True)
        .withColumn("accuracy_m", "double", minValue=2.0, maxValue=6.0, step=0.1, random=True)
    )
    return spec.build()


def per_core_second(frame: DataFrame, rows: int, jvm: psutil.Process) -> float:
    """Return rows per second of the JVM's processor time: the best of the rounds after the first."""
    best = 0.0
    for number in range(ROUNDS):
        before = sum(jvm.cpu_times()[:2])
        frame.write.format("noop").mode("overwrite").save()
        spent = sum(jvm.cpu_times()[:2]) - before
        best = max(best, rows / spent if number else 0.0)
    return best


def main() -> None:
    """Measure and print."""
    rows = int(sys.argv[1])
    spark = SparkSession.builder.master("local[1]").appName("peer").getOrCreate()
    jvm = next(p for p in psutil.Process().children(recursive=True) if "java" in p.name())
    frame = events(spark, rows)
    text = frame.select(to_json(struct(*frame.columns)).alias("value"))
    print(json.dumps({"columns": per_core_second(frame, rows, jvm), "json": per_core_second(text, rows, jvm)}))
    spark.stop()


if __name__ == "__main__":
    main()

"""Measure dbldatagen on Spark with one core: the events of vehicles, as ours have them, delivered to Python.

Started by `bench/simulate.py` with dbldatagen on PYTHONPATH and the lab's Spark in the environment; prints JSON. Three
of four events are gps_data (10 fields), one is vehicle_data (15 fields), which is the mix of ours; each field is drawn
on its own. Ids are made in two ways: by the `template` of dbldatagen, which runs in Python, and by SQL, which is
the fastest that we found. Core-seconds are those of all processes (JVM, driver, Python workers), the median of three
rounds after one to warm up. `internal` stops inside Spark (the `noop` sink), so that nothing is delivered to anyone.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Callable

import dbldatagen as dg
import psutil
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import struct, to_json

ROUNDS = 4
DEVICES = 20_000
TYPES = ["private", "taxi", "bus", "delivery", "emergency"]
MODELS = ["Ducato", "Model 3", "Niro", "Urbanway", "Golf", "Clio", "Panda", "Sprinter"]
IDS = {
    "template": {"template": r"ddd-dddddd-ddddddddddddd"},
    "expression": {"expr": "concat('gps-', lpad(id % 20000, 6, '0'), '-', 1772434800000 + id)"},
}


def gps(spark: SparkSession, rows: int, ids: str) -> dg.DataGenerator:
    """Describe events with the fields of gps_data."""
    number = {"random": True, "minValue": 0.0}
    spec = dg.DataGenerator(spark, name="gps_data", rows=rows, partitions=4, randomSeed=7)
    hour = {"begin": "2026-03-02 07:00:00", "end": "2026-03-02 08:00:00", "interval": "1 second", "random": True}
    return (
        spec.withColumn("event_id", "string", **IDS[ids])
        .withColumn("device_id", "string", uniqueValues=DEVICES, prefix="gps")
        .withColumn("event_time", "timestamp", **hour)
        .withColumn("latitude", "double", minValue=45.0, maxValue=45.03, step=0.000001, random=True)
        .withColumn("longitude", "double", minValue=9.0, maxValue=9.04, step=0.000001, random=True)
        .withColumn("vehicle_id", "string", uniqueValues=DEVICES, prefix="veh")
        .withColumn("vehicle_type", "string", values=TYPES, random=True)
        .withColumn("speed_kmh", "double", maxValue=100.0, step=0.1, **number)
        .withColumn("direction_deg", "double", maxValue=359.9, step=0.1, **number)
        .withColumn("accuracy_m", "double", maxValue=6.0, step=0.1, **number)
    )


def vehicles(spark: SparkSession, rows: int, ids: str) -> dg.DataGenerator:
    """Describe events with the fields of vehicle_data, one more than needed taking the place of `accuracy_m`."""
    return (
        gps(spark, rows, ids)
        .withColumn("make", "string", values=["Fiat", "Tesla", "Kia", "Iveco", "VW", "Renault"], random=True)
        .withColumn("model", "string", values=MODELS, random=True)
        .withColumn("year", "long", minValue=2008, maxValue=2026, random=True)
        .withColumn("fuel_type", "string", values=["diesel", "petrol", "electric", "hybrid"], random=True)
        .withColumn("road_id", "string", uniqueValues=500, prefix="road")
    )


def to_json_text(frame: DataFrame) -> DataFrame:
    """Return one column of JSON text."""
    return frame.select(to_json(struct(*frame.columns)).alias("value"))


def internal(frame: DataFrame) -> None:
    """Make all rows and drop them inside Spark."""
    frame.write.format("noop").mode("overwrite").save()


def delivered(frame: DataFrame) -> None:
    """Bring all rows to Python as an Arrow table."""
    frame.toArrow()


def spent_s() -> float:
    """Return the processor seconds of this process and all below it."""
    here = psutil.Process()
    return sum(sum(each.cpu_times()[:2]) for each in (here, *here.children(recursive=True)))


def per_core_second(frames: list[DataFrame], rows: int, use: Callable[[DataFrame], None]) -> int:
    """Return rows per second of processor time."""
    found = []
    for _ in range(ROUNDS):
        before = spent_s()
        for frame in frames:
            use(frame)
        found.append(rows / (spent_s() - before))
    return round(statistics.median(found[1:]))


def main() -> None:
    """Measure and print."""
    rows = int(sys.argv[1])
    spark = SparkSession.builder.master("local[1]").appName("peer").getOrCreate()
    found = {}
    for ids in IDS:
        frames = [gps(spark, rows * 3 // 4, ids).build(), vehicles(spark, rows // 4, ids).build()]
        texts = [to_json_text(frame) for frame in frames]
        found[ids] = {
            "arrow": per_core_second(frames, rows, delivered),
            "json": per_core_second(texts, rows, delivered),
            "internal": per_core_second(frames, rows, internal),
        }
    print(json.dumps(found))
    spark.stop()


if __name__ == "__main__":
    main()

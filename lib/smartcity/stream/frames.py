"""What Spark does with events, DataFrame to DataFrame: the same on a batch and on a stream.

The zones are judged by `smartcity.transforms.batch`, record by record. Here are the views over time: they pass over
what is not an event of the contract, or late, or a copy; such records are in their zones.
"""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812
from pyspark.sql.types import (
    ArrayType,
    DataType,
    DoubleType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from smartcity.events import FUTURE_LIMIT_S, LATENESS_LIMIT_S, TOPICS, Field, Kind

_CORRUPT: Final = "_corrupt"
"""Where Spark puts text that it could not parse as the type."""

WATERMARK: Final = f"{LATENESS_LIMIT_S} seconds"
SPEED_LEVELS: Final = ((0.85, "A"), (0.67, "B"), (0.50, "C"), (0.40, "D"), (0.30, "E"))
"""Levels of service of an urban street, by speed as a fraction of the speed limit; below the last: F.

Highway Capacity Manual 2010, exhibit 16-4, with the speed limit instead of the base free-flow speed.
"""

ALERT_SEVERITY: Final = 4
JAM_SPEED_KMH: Final = 10.0
JAM_DENSITY_VEH_KM: Final = 60.0

_SPARK: Final[dict[Kind, DataType]] = {
    "string": StringType(),
    "timestamp": TimestampType(),
    "double": DoubleType(),
    "long": LongType(),
    "list": ArrayType(StringType()),
}


def event_type(topic: str) -> StructType:
    """Return the events of a topic as a Spark type."""
    return StructType([StructField(field.name, _SPARK[field.kind]) for field in TOPICS[topic].fields])


def events(records: DataFrame, topic: str) -> DataFrame:
    """Return the events of the contract in records of one topic, typed, without those late or from the future.

    Takes columns topic, kafka_timestamp and value; gives the fields of the contract and kafka_timestamp, times UTC.
    """
    text = F.col("value").cast("string")
    type_ = StructType([*event_type(topic), StructField(_CORRUPT, StringType())])
    options = {"allowNonNumericNumbers": "false", "columnNameOfCorruptRecord": _CORRUPT}
    lag_s = F.col("kafka_timestamp").cast("double") - F.col("event_time").cast("double")
    return (
        records.where((F.col("topic") == topic) & F.is_valid_utf8(text) & _texts_are_texts(text, topic))
        .select(F.from_json(text, type_, options).alias("event"), "kafka_timestamp")
        .select("event.*", "kafka_timestamp")
        .where(F.col(_CORRUPT).isNull() & reduce(and_, map(_possible, TOPICS[topic].fields)))
        .where(lag_s.between(-FUTURE_LIMIT_S, LATENESS_LIMIT_S))
        .drop(_CORRUPT)
    )


def _texts_are_texts(text: Column, topic: str) -> Column:
    """Return whether the contract's strings are strings or null in the JSON: `from_json` turns numbers into text."""
    parsed = F.try_parse_json(text)
    kinds = (
        F.schema_of_variant(F.try_variant_get(parsed, f"$.{field.name}", "variant"))
        for field in TOPICS[topic].fields
        if field.kind in ("string", "timestamp")
    )
    return reduce(and_, (F.coalesce(kind, F.lit("VOID")).isin("STRING", "VOID") for kind in kinds))


def _possible(field: Field) -> Column:
    """Return whether a field holds a value of the contract; null counts as one where it is not required."""
    column = F.col(field.name)
    held = column.isNotNull()
    if field.low is not None:
        held &= column >= field.low
    if field.high is not None:
        held &= column <= field.high
    if field.choices:
        held &= column.isin(*field.choices)
    return held if field.required else column.isNull() | held


def once(events: DataFrame) -> DataFrame:
    """Return the first of each event, with the watermark: Spark forgets an id, and drops events, when that has passed.

    What a query drops behind its watermark is counted in its progress (`numRowsDroppedByWatermark`).
    """
    if not events.isStreaming:
        return events.dropDuplicates(["event_id"])
    return events.withWatermark("event_time", WATERMARK).dropDuplicatesWithinWatermark(["event_id"])


def district_minutes(traffic: DataFrame, roads: DataFrame) -> DataFrame:
    """Return one row per district and minute of what the cameras saw.

    `traffic` are events of traffic_data, `roads` have road_id, district and speed_limit_kmh. Columns: district,
    minute_start (UTC), cameras, vehicle_count, flow_veh_h, mean_speed_kmh (of the vehicles; null if none passed),
    density_veh_km, congestion_level (A free to F jammed; null if none passed).
    """
    count = F.col("vehicle_count")
    moving = F.when(F.col("mean_speed_kmh").isNotNull(), count).otherwise(0)
    weighted = F.sum(F.col("mean_speed_kmh") * moving) / F.nullif(F.sum(moving), F.lit(0))
    limit = F.sum(F.col("speed_limit_kmh") * moving) / F.nullif(F.sum(moving), F.lit(0))
    grouped = (
        once(traffic)
        .join(F.broadcast(roads.select("road_id", "district", "speed_limit_kmh")), "road_id")
        .groupBy(F.window("event_time", "1 minute"), "district")
        .agg(
            F.count("*").alias("cameras"),
            F.sum(count).alias("vehicle_count"),
            F.sum(count * 3600 / F.col("interval_s")).alias("flow_veh_h"),
            weighted.alias("mean_speed_kmh"),
            F.avg("density_veh_km").alias("density_veh_km"),
            (weighted / limit).alias("part"),
        )
    )
    minute, level = F.col("window.start").alias("minute_start"), _level(F.col("part")).alias("congestion_level")
    means = ("cameras", "vehicle_count", "flow_veh_h", "mean_speed_kmh", "density_veh_km")
    return grouped.select("district", minute, *means, level)


def incident_queues(incidents: DataFrame, traffic: DataFrame) -> DataFrame:
    """Return what the cameras on its road saw from 10 minutes before to 20 minutes after each incident was reported.

    `incidents` are events of emergency_data, `traffic` of traffic_data. Columns: incident_id, incident_type, severity,
    road_id, reported_time and camera_time (UTC), minutes_since (negative before), mean_speed_kmh, density_veh_km.
    """
    reported = (
        once(incidents)
        .where(F.col("status") == "reported")
        .select("incident_id", "incident_type", "severity", "road_id", F.col("event_time").alias("reported_time"))
    )
    seen = once(traffic).select(
        F.col("road_id").alias("camera_road_id"),
        F.col("event_time").alias("camera_time"),
        *("mean_speed_kmh", "density_veh_km"),
    )
    near = F.expr(
        "road_id = camera_road_id AND camera_time BETWEEN reported_time - INTERVAL 10 MINUTES "
        "AND reported_time + INTERVAL 20 MINUTES"
    )
    since = (F.col("camera_time").cast("double") - F.col("reported_time").cast("double")) / 60
    return reported.join(seen, near).select(
        *("incident_id", "incident_type", "severity", "road_id", "reported_time", "camera_time"),
        since.alias("minutes_since"),
        *("mean_speed_kmh", "density_veh_km"),
    )


def alerts(records: DataFrame) -> DataFrame:
    """Return key and value (JSON) of an alert for each serious incident and each jam among the records.

    Takes topic, kafka_timestamp and value of traffic_data and emergency_data. An alert holds kind (incident, jam),
    event_id, event_time, road_id, and text for a person.
    """
    both = StructType([*event_type("emergency_data"), *_only(event_type("traffic_data"), event_type("emergency_data"))])
    event = F.from_json(F.col("value").cast("string"), both)
    incident = (
        (F.col("topic") == "emergency_data")
        & (F.col("e.status") == "reported")
        & (F.col("e.severity") >= ALERT_SEVERITY)
    )
    jam = (
        (F.col("topic") == "traffic_data")
        & (F.col("e.mean_speed_kmh") < JAM_SPEED_KMH)
        & (F.col("e.density_veh_km") > JAM_DENSITY_VEH_KM)
    )
    text = F.when(incident, F.concat_ws(" ", "e.incident_type", F.lit("on"), "e.road_id")).otherwise(
        F.concat(F.lit("jam on "), "e.road_id", F.lit(", "), F.col("e.mean_speed_kmh").cast("string"), F.lit(" km/h"))
    )
    fields = [
        F.when(incident, "incident").otherwise("jam").alias("kind"),
        *(F.col(f"e.{name}").alias(name) for name in ("event_id", "event_time", "road_id")),
        text.alias("text"),
    ]
    hits = records.select("topic", event.alias("e")).where(incident | jam)
    return hits.select(F.col("e.road_id").alias("key"), F.to_json(F.struct(*fields)).alias("value"))


def _only(fields: StructType, known: StructType) -> list[StructField]:
    return [field for field in fields if field.name not in known.names]


def _level(part: Column) -> Column:
    level = F.when(part.isNull(), F.lit(None).cast("string"))
    for least, name in SPEED_LEVELS:
        level = level.when(part > least, name)
    return level.otherwise("F")

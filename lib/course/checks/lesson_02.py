"""Checks of lesson 02, from what Kafka holds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from kafka import KafkaConsumer, TopicPartition

from course.checks.exercise import Exercise, Sheet
from course.checks.judges import number
from smartcity import kafka_login

READ = 200
"""How many records the lesson reads, from the first of the run in partition 0 of gps_data."""

_PARTITION = TopicPartition("gps_data", 0)


def sheet(bootstrap: str, begin: Mapping[str, Mapping[str, int]]) -> Sheet:
    """Return the exercises of the lesson; `begin` are the offsets at which the run began, by topic and partition."""
    first = begin[_PARTITION.topic][str(_PARTITION.partition)]
    end = cache(lambda: _end(bootstrap))
    return Sheet(
        "02",
        Exercise(
            "devices",
            "a whole number",
            number(
                cache(lambda: _devices(bootstrap, first)),
                slips={"That is the number of records, not devices.": lambda: READ},
            ),
            "Many devices share a partition, but each device uses only one.",
        ),
        Exercise(
            "lag",
            "a whole number",
            number(
                lambda: end() - first - READ,
                slips={
                    "That is the end of the partition. Where did you start reading?": end,
                    "That also counts the records you have already read.": lambda: end() - first,
                },
            ),
            "This is the consumer's **lag**, the first number to watch. If it keeps growing, the reader is too slow.",
        ),
    )


def _devices(bootstrap: str, first: int) -> int:
    reader = KafkaConsumer(**kafka_login.kafka_python(bootstrap), consumer_timeout_ms=10_000, enable_auto_commit=False)
    try:
        reader.assign([_PARTITION])
        reader.seek(_PARTITION, first)
        return len({next(reader).key for _ in range(READ)})
    finally:
        reader.close()


def _end(bootstrap: str) -> int:
    reader = KafkaConsumer(**kafka_login.kafka_python(bootstrap), enable_auto_commit=False)
    try:
        return int(reader.end_offsets([_PARTITION])[_PARTITION])
    finally:
        reader.close()

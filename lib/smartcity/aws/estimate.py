"""What the stack costs per idle hour, per lesson and per workshop. Pure arithmetic on a dated table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from smartcity.errors import LabError

HOURS_A_MONTH: Final = 730
CRAWL_DPU: Final = 2
"""What a crawler uses (https://aws.amazon.com/glue/pricing/ assumes two)."""
CRAWL_MINUTES: Final = 10
"""The minimum that a crawl is billed for."""
QUERY_MB: Final = 10
"""The minimum that an Athena query is billed for; the lessons' queries scan less."""
WAREHOUSE_MINUTES: Final = 5
"""How long the warehouse works in lesson 08 and again in lesson 10, beyond the minute that each start is billed for."""
ADDRESSES: Final = 3
"""Public addresses of the warehouse: one a zone."""
PARTITIONS: Final = 20


@dataclass(frozen=True)
class Stack:
    """What is deployed: which parts, and how much of them. `lake_gb` is what is in S3."""

    warehouse: bool = True
    kafka: bool = False
    spark: bool = False
    rpu: int = 4
    lake_gb: float = 0.1


@dataclass(frozen=True)
class Line:
    """A quantity of one item, at its price."""

    what: str
    price: str
    quantity: float

    @property
    def usd(self) -> float:
        """Return US dollars, not rounded."""
        return self.quantity * float(prices()["prices"][self.price]["usd"])

    @property
    def unit(self) -> str:
        """Return the unit of the quantity."""
        return str(prices()["prices"][self.price]["unit"])


@cache
def prices() -> Mapping[str, Any]:
    """Return the price table: `as_of` (year and month), `region`, and `prices` with `usd`, `unit` and `source`."""
    table: Mapping[str, Any] = json.loads(resources.files(__package__).joinpath("prices.json").read_text())
    return table


@cache
def usage() -> Mapping[str, Mapping[str, int]]:
    """Return what each lesson's run of an hour with 200 vehicles calls: S3 writes and reads, and queries of Athena.

    Counted at the local lab's endpoints; see docs/aws.md.
    """
    table: Mapping[str, Mapping[str, int]] = json.loads(resources.files(__package__).joinpath("usage.json").read_text())
    return table


def total(lines: Iterable[Line]) -> float:
    """Return the sum in US dollars."""
    return sum(line.usd for line in lines)


def idle_hour(stack: Stack) -> list[Line]:
    """Return what an hour costs when nobody does anything."""
    lines = [Line("objects in the lake", "s3_gb_month", stack.lake_gb / HOURS_A_MONTH)]
    if stack.warehouse:
        lines += [
            Line("tables of the warehouse", "redshift_gb_month", stack.lake_gb / HOURS_A_MONTH),
            Line("two secrets", "secret_month", 2 / HOURS_A_MONTH),
            Line("addresses of the warehouse", "ipv4_hour", ADDRESSES),
        ]
    if stack.kafka:
        lines += [Line("Kafka", "msk_cluster_hour", 1), Line("its partitions", "msk_partition_hour", PARTITIONS)]
    return lines


def lesson(number: str, stack: Stack) -> list[Line]:
    """Return what one run of a lesson costs, beyond the hours; nothing if it calls no service of AWS.

    Raises KeyError for a lesson that was not counted.
    """
    counted = usage()[number]
    lines = [
        Line("requests that write or list", "s3_write", counted["s3_writes"]),
        Line("requests that read", "s3_read", counted["s3_reads"]),
        Line("crawls", "crawler_dpu_hour", counted["crawls"] * CRAWL_DPU * CRAWL_MINUTES / 60),
        Line("queries of Athena", "athena_tb", counted["queries"] * QUERY_MB / 1e6),
    ]
    if number in ("08", "10") and stack.warehouse:
        lines.append(Line("the warehouse at work", "redshift_rpu_hour", stack.rpu * (WAREHOUSE_MINUTES + 1) / 60))
    if number == "03" and stack.spark:
        lines += [Line("Spark's cores", "emr_vcpu_hour", 8 / 6), Line("Spark's memory", "emr_gb_hour", 32 / 6)]
    return [line for line in lines if line.quantity]


def workshop(people: int, hours: float, stack: Stack) -> float:
    """Return the cost of a workshop where each of `people` has a stack for `hours` and runs each lesson twice.

    Raises LabError if `usage.json` has no lessons.
    """
    if not usage():
        raise LabError("No lesson has been counted, so there is no estimate for a workshop. Try: bench/aws_calls.py")
    lessons = sum(total(lesson(number, stack)) for number in usage())
    return people * (hours * total(idle_hour(stack)) + 2 * lessons)

"""Which partitions of a table a query reads, as the engine plans it.

https://trino.io/docs/476/sql/explain.html (TYPE IO)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from localcloud.athena.job import Job
from localcloud.athena.reader import Reader
from localcloud.athena.serdes import engine_tables
from localcloud.athena.serdes.table_files import Values

Table = dict[str, Any]

_READ = {
    **dict.fromkeys(("tinyint", "smallint", "integer", "bigint"), int),
    "date": date.fromisoformat,
    "varchar": str,
}


class ReadPartitions:
    """Asks the engine for the plan of a query once, and only if somebody wants to know."""

    def __init__(self, job: Job, sql: str) -> None:
        self._job, self._sql = job, sql
        self._inputs: list[dict[str, Any]] | None = None

    def reads(self, table: Table, values: Values) -> bool:
        """Return whether the query may read one of these partitions of a table; True if that is not certain."""
        if self._inputs is None:
            self._inputs = self._planned()
        scans = [scan["constraint"] for scan in self._inputs if _is_of(scan["table"]["schemaTable"], table)]
        return any(not scan["none"] and (not values or any(_admits(scan, each) for each in values)) for scan in scans)

    def _planned(self) -> list[dict[str, Any]]:
        plan = json.loads(self._job.plan(_without_explain(self._sql), "TYPE IO, FORMAT JSON"))
        return list(plan["inputTableColumnInfos"])


def _is_of(named: Mapping[str, str], table: Table) -> bool:
    return (named["schema"], engine_tables.plain_name(named["table"])) == (table["DatabaseName"], table["Name"])


def _without_explain(sql: str) -> str:
    reader = Reader(sql)
    if not reader.take("EXPLAIN", "ANALYZE"):
        return sql
    if reader.sees("(") and reader.tokens[reader.at + 1].upper() == "FORMAT":
        reader.group()
    return reader.rest()


def _admits(constraint: Mapping[str, Any], values: Mapping[str, str]) -> bool:
    return all(
        _holds(column["domain"], column["type"].partition("(")[0], values[column["columnName"]])
        for column in constraint["columnConstraints"]
        if column["columnName"] in values
    )


def _holds(domain: Mapping[str, Any], kind: str, text: str) -> bool:
    if kind not in _READ or text == "__HIVE_DEFAULT_PARTITION__":
        return True
    with suppress(ValueError):
        return any(_is_within(each, kind, text) for each in domain["ranges"])
    return True


def _is_within(ends: Mapping[str, Any], kind: str, text: str) -> bool:
    read: Any = _READ[kind]
    value, low, high = read(text), ends["low"], ends["high"]
    if low.get("value") is not None:
        least = read(low["value"])
        if value < least or (value == least and low["bound"] == "ABOVE"):
            return False
    if high.get("value") is not None:
        most = read(high["value"])
        if value > most or (value == most and high["bound"] == "BELOW"):
            return False
    return True

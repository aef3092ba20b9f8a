"""A case: a file, a table over it, and what a query answers or why it fails. The cases of a list run side by side."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ..conftest import Athena

LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
REGEX = "org.apache.hadoop.hive.serde2.RegexSerDe"
OPENX = "org.openx.data.jsonserde.JsonSerDe"
HIVE = "org.apache.hive.hcatalog.data.JsonSerDe"
GROK = "com.amazonaws.glue.serde.GrokSerDe"

Rows = list[list[str | None]]


@dataclass(frozen=True)
class Case:
    """`expected` holds the rows in the order of the file, or the part of a reason that must appear."""

    name: str
    """The page of the user guide, and what it says."""
    serde: str
    columns: str
    body: str | bytes
    expected: Rows | str
    properties: dict[str, str] = field(default_factory=dict)
    table: dict[str, str] = field(default_factory=dict)
    file: str = "a"
    select: str = "*"

    def outcome(self, athena: Athena) -> str:
        """Return what is wrong, or ''."""
        table = f"c{uuid.uuid4().hex[:8]}"
        athena.put(f"{table}/{self.file}", self.body)
        properties = f"WITH SERDEPROPERTIES ({listed(self.properties)})" if self.properties else ""
        more = f"TBLPROPERTIES ({listed(self.table)})" if self.table else ""
        created = athena.ask(
            f"CREATE EXTERNAL TABLE {table} ({self.columns}) ROW FORMAT SERDE '{self.serde}' {properties} "
            f"LOCATION '{athena.root}/{table}/' {more}"
        )
        if created.state != "SUCCEEDED":
            return self._failed(f"CREATE: {created.reason}")
        answer = athena.ask(f"SELECT {self.select} FROM {table}")
        if answer.state != "SUCCEEDED":
            return self._failed(answer.reason)
        return "" if answer.rows == self.expected else f"{self.name}: {answer.rows} and not {self.expected}"

    def _failed(self, reason: str) -> str:
        right = isinstance(self.expected, str) and self.expected in reason
        return "" if right else f"{self.name}: {reason} and not {self.expected}"


def listed(properties: dict[str, str]) -> str:
    """Return properties as DDL writes them."""
    return ", ".join(f"'{key}' = '{escaped(value)}'" for key, value in properties.items())


def escaped(value: str) -> str:
    """Return a text as it stands between the quotes of a Hive string."""
    return value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")


def wrong(athena: Athena, cases: list[Case]) -> list[str]:
    """Return what is wrong with the answers to all cases."""
    with ThreadPoolExecutor(6) as pool:
        return [text for text in pool.map(lambda case: case.outcome(athena), cases) if text]

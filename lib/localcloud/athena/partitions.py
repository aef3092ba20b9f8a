"""The partitions of a table, as the Glue catalog lists them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol


class HasGlue(Protocol):
    """Anything that has a Glue client, such as a job."""

    @property
    def glue(self) -> Any:
        """A client of Glue."""


def registered_partitions(job: HasGlue, table: dict[str, Any], expression: str = "") -> Iterator[dict[str, Any]]:
    """Yield a table's partitions from the catalog, only those that match `expression` if one is given."""
    named = {"DatabaseName": table["DatabaseName"], "TableName": table["Name"]}
    matching = {"Expression": expression} if expression else {}
    for page in job.glue.get_paginator("get_partitions").paginate(**named, **matching, ExcludeColumnSchema=True):
        yield from page["Partitions"]

"""What is known about one file: its format, compression and columns, and its likely number of records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from localcloud.glue.crawler.schema import Columns, hive, parse

UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class S3Object:
    """One object of a listing. `size` in bytes."""

    key: str
    size: int
    etag: str


@dataclass(frozen=True)
class Sample:
    """What was inferred from one object. `records` is exact for Parquet and ORC, else estimated."""

    classification: str = UNKNOWN
    compression: str = "none"
    columns: Columns = ()
    records: int = 0
    parameters: dict[str, str] = field(default_factory=dict)
    """Table parameters that belong to the format, such as the delimiter."""
    serde: dict[str, str] = field(default_factory=dict)
    """SerDe parameters; `library` overrides the class; `format` names the classes where the classification is free."""
    notes: tuple[str, ...] = ()
    """Sentences for the crawl's log: what Athena cannot read of this file, or why the file is UNKNOWN."""
    certainty: float = 1.0
    """A custom classifier's certainty, above 0 and up to 1."""

    @property
    def compatible(self) -> tuple[Any, ...]:
        """Two files can only be in one table where this is equal: format, compression, delimiter, header, SerDe."""
        varying = ("avro.schema.literal", "paths")
        fixed = {key: value for key, value in self.serde.items() if key not in varying}
        return (self.classification, self.compression, *sorted(self.parameters.items()), *sorted(fixed.items()))

    def to_json(self) -> list[Any]:
        """Return the sample as plain JSON."""
        columns = [[name, hive(kind) if kind != "null" else "null"] for name, kind in self.columns]
        fixed = [self.classification, self.compression, columns, self.records, self.parameters, self.serde]
        return [*fixed, list(self.notes)]

    @classmethod
    def from_json(cls, stored: list[Any]) -> Sample:
        """Return the sample that `to_json` wrote."""
        classification, compression, columns, records, parameters, serde, notes = stored
        typed = tuple((name, parse(kind)) for name, kind in columns)
        return cls(classification, compression, typed, records, parameters, serde, tuple(notes))


def unknown(reason: str, compression: str = "none") -> Sample:
    """Return the sample of a file that no classifier recognized."""
    return Sample(compression=compression, notes=(reason,))

"""What one file told: its format, its compression, its columns, and how many records it may hold."""

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
    """SerDe parameters; `library`, `input` and `output` override the classes of the classification."""

    @property
    def compatible(self) -> tuple[Any, ...]:
        """Two files can only be in one table where this is equal: format, compression, delimiter, header, SerDe."""
        varying = ("avro.schema.literal", "paths")
        fixed = {key: value for key, value in self.serde.items() if key not in varying}
        return (self.classification, self.compression, *sorted(self.parameters.items()), *sorted(fixed.items()))

    def to_json(self) -> list[Any]:
        """Return the sample as plain JSON."""
        columns = [[name, hive(kind) if kind != "null" else "null"] for name, kind in self.columns]
        return [self.classification, self.compression, columns, self.records, self.parameters, self.serde]

    @classmethod
    def from_json(cls, stored: list[Any]) -> Sample:
        """Return the sample that `to_json` wrote."""
        classification, compression, columns, records, parameters, serde = stored
        return cls(classification, compression, tuple((n, parse(t)) for n, t in columns), records, parameters, serde)

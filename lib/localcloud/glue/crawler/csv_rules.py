"""A custom CSV classifier: what it fixes is not guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CUSTOM_TYPES = {
    "BINARY": "binary",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DECIMAL": "decimal(38,18)",
    "DOUBLE": "double",
    "FLOAT": "float",
    "INT": "int",
    "LONG": "bigint",
    "SHORT": "smallint",
    "STRING": "string",
    "TIMESTAMP": "timestamp",
}
"""Custom data type -> Hive type."""


@dataclass(frozen=True)
class CsvRules:
    """The members of a CsvClassifier structure."""

    delimiter: str | None = None
    quote: str | None = None
    header: str = "UNKNOWN"
    names: tuple[str, ...] = ()
    trim: bool = False
    single_column: bool = False
    types: tuple[str, ...] = ()
    serde: str = "None"

    @classmethod
    def of(cls, classifier: dict[str, Any]) -> CsvRules:
        """Return the rules of a CsvClassifier structure."""
        return cls(
            delimiter=classifier.get("Delimiter"),
            quote=classifier.get("QuoteSymbol"),
            header=classifier.get("ContainsHeader") or "UNKNOWN",
            names=tuple(classifier.get("Header") or ()),
            trim=classifier.get("DisableValueTrimming") is False,
            single_column=bool(classifier.get("AllowSingleColumn")),
            types=tuple(classifier.get("CustomDatatypes") or ()) if classifier.get("CustomDatatypeConfigured") else (),
            serde=classifier.get("Serde") or "None",
        )

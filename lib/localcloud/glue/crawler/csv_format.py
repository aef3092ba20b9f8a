"""Delimited text: the delimiter, the header and the types are guessed as AWS's built-in CSV classifier guesses them.

https://docs.aws.amazon.com/glue/latest/dg/add-classifier.html#classifier-builtin-rules
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from localcloud.glue.crawler.sample import Sample
from localcloud.glue.crawler.schema import Columns

DELIMITERS = (",", "|", "\t", ";", "\x01")
MAX_ROWS = 1000
_HEADER_LENGTH = 150
_NAME = re.compile(r"[A-Za-z_][^\x00-\x1f\x7f]*")
_INTEGER = re.compile(r"[+-]?\d{1,19}")
_DOUBLE = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_CUSTOM = {
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


@dataclass(frozen=True)
class CsvRules:
    """A CSV classifier: what it fixes is not guessed."""

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


def sample_csv(text: str, cut: bool, rules: CsvRules | None = None) -> Sample | None:
    """Return what a delimited text holds, or None if it is none. `cut`: the text ends inside the file.

    A custom classifier (`rules`) needs one row; the built-in one two rows and two columns.
    """
    custom, rules = rules is not None, rules or CsvRules()
    for delimiter in [rules.delimiter] if rules.delimiter else DELIMITERS:
        rows = _rows(text, delimiter, rules, cut)
        if rows and (len(rows[0]) > 1 or rules.single_column) and (custom or len(rows) > 1):
            return _sample(rows, delimiter, rules)
    return None


def _rows(text: str, delimiter: str, rules: CsvRules, cut: bool) -> list[list[str]]:
    """Return the rows if they are regular: all of one length (a trailing delimiter apart)."""
    lines = text.splitlines()
    if cut and not text.endswith("\n"):
        lines = lines[:-1]
    lines = [line for line in lines if line.strip()][:MAX_ROWS]
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, quotechar=rules.quote or '"'))
    except csv.Error:
        return []
    widths = {len(row) for row in rows}
    if len(widths) > 1 and not (len(widths) == 2 and max(widths) - min(widths) == 1 and _trailing(rows, max(widths))):
        return []
    return [[value.strip() if rules.trim else value for value in row] for row in rows]


def _trailing(rows: list[list[str]], width: int) -> bool:
    return all(row[-1] == "" for row in rows if len(row) == width)


def _sample(rows: list[list[str]], delimiter: str, rules: CsvRules) -> Sample:
    has_header = rules.header == "PRESENT" or (rules.header == "UNKNOWN" and _is_header(rows))
    body = rows[1:] if has_header else rows
    names = rules.names or (tuple(rows[0]) if has_header else ())
    parameters = {
        "areColumnsQuoted": "true" if rules.quote else "false",
        "columnsOrdered": "true",
        "delimiter": delimiter,
    }
    if has_header:
        parameters["skip.header.line.count"] = "1"
    return Sample(
        "csv",
        columns=_columns(names, body, rules, len(rows[0])),
        records=len(body),
        parameters=parameters,
        serde=_serde(delimiter, rules),
    )


def _is_header(rows: list[list[str]]) -> bool:
    first, rest = rows[0], rows[1:]
    if not rest or any(_infer([value]) != "string" or not _NAME.fullmatch(value.strip()) for value in first[:-1]):
        return False
    last = first[-1].strip()
    if last and (_infer([last]) != "string" or not _NAME.fullmatch(last)):
        return False
    if any(len(value) >= _HEADER_LENGTH for value in first[:-1]):
        return False
    return any(_infer([value]) != "string" for row in rest for value in row if value.strip())


def _columns(names: Sequence[str], rows: list[list[str]], rules: CsvRules, width: int) -> Columns:
    found: dict[str, str] = {}
    for index in range(width):
        given = names[index].strip().lower() if index < len(names) else ""
        name = given or f"col{index}"
        if name in found:
            name = f"{name}_{index}"
        values = [row[index] for row in rows if index < len(row)]
        found[name] = _column_type(values, index, rules)
    return tuple(found.items())


def _column_type(values: list[str], index: int, rules: CsvRules) -> str:
    if rules.serde == "OpenCSVSerDe":
        return "string"  # the engine reads this SerDe's columns as text only
    if index < len(rules.types):
        return _CUSTOM.get(rules.types[index].upper(), "string")
    return _infer(values)


def _infer(values: list[str]) -> str:
    seen = [value.strip() for value in values if value.strip()]
    if seen and all(_INTEGER.fullmatch(value) and -(1 << 63) <= int(value) < 1 << 63 for value in seen):
        return "bigint"
    return "double" if seen and all(_DOUBLE.fullmatch(value) for value in seen) else "string"


def _serde(delimiter: str, rules: CsvRules) -> dict[str, str]:
    if rules.serde == "OpenCSVSerDe":
        library = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
        return {"library": library, "separatorChar": delimiter, "quoteChar": rules.quote or '"'}
    return {"field.delim": delimiter}

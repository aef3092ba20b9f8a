"""Records of OpenX JSON that Athena refuses and the engine would change: keys that repeat, values of a wrong type.

The engine keeps the last of two equal keys and answers NULL for a value of another type. The lab therefore reads the
files before a query does, each version of a file once.
https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from localcloud.athena.failure import BAD_DATA, QueryFailed
from localcloud.athena.serdes.classes import serde_properties
from localcloud.athena.serdes.json_values import Check, Number, check_of
from localcloud.athena.serdes.lines import S3File

_LENIENT = "use.null.for.invalid.data"


class DuplicateKey(ValueError):
    """A JSON object has a key twice."""


@dataclass(frozen=True)
class Rules:
    """What the records of a table must keep to."""

    case_insensitive: bool
    checks: Mapping[str, Check]
    """Key of the record, as the engine looks it up -> the check of its column."""
    numbers: Mapping[str, int]


def rules_of(table: dict[str, Any]) -> Rules:
    """Return the rules of a table of the catalog."""
    properties = serde_properties(table)
    folded = properties.get("case.insensitive", "true").strip().lower() == "true"
    lenient = {**properties, **(table.get("Parameters") or {})}.get(_LENIENT, "").strip().lower() == "true"
    checks: dict[str, Check] = {}
    numbers: dict[str, int] = {}
    for number, column in enumerate(table["StorageDescriptor"].get("Columns") or []):
        key = properties.get(f"mapping.{column['Name']}", column["Name"])
        numbers[key.lower() if folded else key] = number
        if not lenient and not (column["Type"] == "timestamp" and "timestamp.formats" in properties):
            checks[key.lower() if folded else key] = check_of(column["Type"])
    return Rules(folded, checks, numbers)


def check(lines: Iterable[bytes], file: S3File, rules: Rules) -> None:
    """Read the lines of a file. A line that is not JSON is left to the engine.

    Raises:
        QueryFailed: HIVE_CURSOR_ERROR for a key that repeats, HIVE_BAD_DATA for a value of a wrong type; with the line.
    """
    decoder = json.JSONDecoder(
        object_pairs_hook=lambda pairs: _object(pairs, rules.case_insensitive), parse_int=Number, parse_float=Number
    )
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text.startswith(b"{"):
            continue
        try:
            record = decoder.raw_decode(text.decode())[0]
        except DuplicateKey as repeated:
            raise QueryFailed(
                "HIVE_CURSOR_ERROR",
                f"Row is not a valid JSON Object - JSONException: {repeated} ({file.url}, line {number})",
            ) from None
        except ValueError:
            continue
        _values(record, rules, f"{file.url}, line {number}")


def _object(pairs: list[tuple[str, Any]], folded: bool) -> dict[str, Any]:
    values = {key.lower() if folded else key: value for key, value in pairs}
    if len(values) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            name = key.lower() if folded else key
            if name in seen:
                raise DuplicateKey(f'Duplicate key "{name}"')
            seen.add(name)
    return values


def _values(record: dict[str, Any], rules: Rules, where: str) -> None:
    for key, value in record.items():
        reason = rules.checks[key](value) if key in rules.checks else ""
        if reason:
            shown = value if isinstance(value, str) else json.dumps(value)
            field = rules.numbers[key]
            raise QueryFailed(BAD_DATA, f"Error parsing field value '{shown}' for field {field}: {reason} ({where})")

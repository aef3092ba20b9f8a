"""Partition projection: a table as the engine must see it to find the files where Athena finds them.

Without a `storage.location.template` both look for `key=value` folders. Athena takes a value as it is, the engine
writes it as Hive does (`01%3A00` for `01:00`) and would find nothing, so it gets the template that Athena means.

The properties are checked here, because the engine reads some wrong ones as others, and does not survive an interval
of 0. Athena allows type enum on any column, the engine only on text: whole numbers at equal steps become a range.
https://docs.aws.amazon.com/athena/latest/ug/partition-projection-setting-up.html and
https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from localcloud.athena import projected_dates
from localcloud.athena.projected_dates import INTEGERS

_TEMPLATE = "storage.location.template"
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_RANGE = re.compile(r"\s*([+-]?\d+)\s*,\s*([+-]?\d+)\s*", re.ASCII)
_INT_32 = range(-(2**31), 2**31)


def problem(table: dict[str, Any]) -> str:
    """Return what is wrong with the projection of a table, or ''."""
    try:
        projected(table)
    except ValueError as error:
        return str(error)
    return ""


def projected(table: dict[str, Any]) -> dict[str, Any]:
    """Return a projected table of the catalog in the form that the engine needs.

    Raises:
        ValueError: its properties are not what the pages ask for; the text names the property.
    """
    parameters = table.get("Parameters") or {}
    if str(parameters.get("projection.enabled", "")).strip().lower() != "true" or not table.get("PartitionKeys"):
        return table
    keys = [(key["Name"], str(key.get("Type") or "string").lower()) for key in table["PartitionKeys"]]
    _complete(table, [name for name, _ in keys], parameters)
    kept = {key: value for key, value in parameters.items() if not key.startswith("projection.")}
    properties = {**kept, "projection.enabled": "true", _TEMPLATE: _location(table, [name for name, _ in keys])}
    for name, hive_type in keys:
        prefix = f"projection.{name}."
        own = {key.removeprefix(prefix): value for key, value in parameters.items() if key.startswith(prefix)}
        properties |= {prefix + key: value for key, value in _column(name, hive_type, own).items()}
    return {**table, "Parameters": properties}


def _complete(table: dict[str, Any], names: list[str], parameters: Mapping[str, str]) -> None:
    missing = [name for name in names if not parameters.get(f"projection.{name}.type", "").strip()]
    if missing:
        named = f"{table.get('DatabaseName', '')}.{table['Name']}"
        raise ValueError(
            f"Table {named} is configured for partition projection, but the following partition columns are missing "
            f"projection configuration: [{', '.join(missing)}] (table {named})"
        )


def _location(table: dict[str, Any], names: list[str]) -> str:
    template = (table.get("Parameters") or {}).get(_TEMPLATE)
    if not template:
        root = (table.get("StorageDescriptor") or {}).get("Location", "").rstrip("/")
        return f"{root}/" + "".join(f"{name}=${{{name}}}/" for name in names)
    placeholders = set(_PLACEHOLDER.findall(template))
    for name in set(names) - placeholders:
        raise ValueError(f"{_TEMPLATE} {template} has no placeholder for the partition column '{name}'")
    for name in placeholders - set(names):
        raise ValueError(f"{_TEMPLATE} {template} has a placeholder for '{name}', which is not a partition column")
    return template if template.endswith("/") else f"{template}/"


def _column(name: str, hive_type: str, own: Mapping[str, str]) -> dict[str, str]:
    kind = own["type"].strip().lower()
    readers: dict[str, Callable[[Mapping[str, str], str], dict[str, str]]] = {
        "enum": _enum,
        "integer": _integer,
        "date": projected_dates.engine_properties,
        "injected": _injected,
    }
    if kind not in readers:
        raise ValueError(
            f"Property 'projection.{name}.type' has the value {own['type']!r}: it must be one of {', '.join(readers)}"
        )
    try:
        properties = readers[kind](own, hive_type)
        return _steps(properties["values"]) if properties["type"] == "enum" and hive_type in INTEGERS else properties
    except ValueError as error:
        raise ValueError(f"Partition projection of the column '{name}' failed. {error}") from error


def _injected(_own: Mapping[str, str], hive_type: str) -> dict[str, str]:
    if hive_type != "string" and not hive_type.startswith("varchar"):
        raise ValueError(f"Type injected supports string columns only, and the type is {hive_type}")
    return {"type": "injected"}


def _enum(own: Mapping[str, str], hive_type: str) -> dict[str, str]:
    values = own.get("values", "")
    if not values:
        raise ValueError("Missing required property 'values'")
    if hive_type in INTEGERS:
        return {"type": "enum", "values": values}
    if hive_type != "string" and not hive_type.startswith("varchar"):
        raise ValueError(f"The lab projects type enum on columns of text or whole numbers, and the type is {hive_type}")
    if any(value != value.strip() for value in values.split(",")):
        raise ValueError(f"White space is part of an enum value, and the lab cannot project it: {values!r}")
    return {"type": "enum", "values": values}


def _steps(values: str) -> dict[str, str]:
    """Return a range of exactly the enumerated numbers."""
    texts = {text.strip() for text in values.split(",")}
    if not all(text.isdecimal() for text in texts):
        raise ValueError(f"The lab projects an enum of whole numbers from 0 on a numeric column, not {values!r}")
    numbers = sorted({int(text) for text in texts})
    step = numbers[1] - numbers[0] if len(numbers) > 1 else 1
    digits = min(map(len, texts)) if any(text != str(int(text)) for text in texts) else 0
    if {str(number).zfill(digits) for number in range(numbers[0], numbers[-1] + 1, step)} != texts:
        raise ValueError(f"The lab projects an enum on a numeric column at equal steps only, not {values!r}")
    properties = {"type": "integer", "range": f"{numbers[0]},{numbers[-1]}", "interval": str(step)}
    return properties | ({"digits": str(digits)} if digits else {})


def _integer(own: Mapping[str, str], hive_type: str) -> dict[str, str]:
    if hive_type not in INTEGERS and hive_type != "string" and not hive_type.startswith("varchar"):
        raise ValueError(f"Type integer does not fit a column of the type {hive_type}")
    ends = _RANGE.fullmatch(own.get("range", ""))
    if not ends:
        raise ValueError(
            f"Property 'range' has the value {own.get('range', '')!r}: it must be two numbers, as in '0,10'"
        )
    first, last = int(ends[1]), int(ends[2])
    if first > last:
        raise ValueError(f"The range {own['range']!r} ends before it begins")
    if first not in _INT_32 or last not in _INT_32:
        raise ValueError(f"The lab projects numbers of 32 bits, and the range is {own['range']!r}")
    properties = {"type": "integer", "range": f"{first},{last}"}
    return properties | {key: _positive(own, key) for key in ("interval", "digits") if key in own}


def _positive(own: Mapping[str, str], key: str) -> str:
    number = own[key].strip()
    if not (number.isascii() and number.isdecimal() and int(number) >= 1):
        raise ValueError(f"Property '{key}' has the value {own[key]!r}: it must be a positive number")
    return number

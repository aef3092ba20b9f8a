"""Partition projection: a table as the engine must see it to find the files where Athena finds them.

Without a `storage.location.template` both look for `key=value` folders. Athena takes a value as it is, the engine
writes it as Hive does (`01%3A00` for `01:00`) and would find nothing: so it is told the template that Athena means.

Type enum is for any column in Athena and for texts in the engine: whole numbers at equal steps are told as a range.
https://docs.aws.amazon.com/athena/latest/ug/partition-projection-setting-up.html
"""

from __future__ import annotations

from typing import Any

_TEMPLATE = "storage.location.template"
_INTEGERS = ("tinyint", "smallint", "int", "bigint")


def projected(table: dict[str, Any]) -> dict[str, Any]:
    """Return a table of the catalog as the engine needs it told, where it is projected."""
    parameters = table.get("Parameters") or {}
    if str(parameters.get("projection.enabled", "")).lower() != "true":
        return table
    told = {**parameters, **_template(table, parameters)}
    for key in table.get("PartitionKeys") or []:
        if key.get("Type") in _INTEGERS and parameters.get(f"projection.{key['Name']}.type", "").lower() == "enum":
            told |= _range(f"projection.{key['Name']}", parameters)
    return {**table, "Parameters": told}


def _template(table: dict[str, Any], parameters: dict[str, str]) -> dict[str, str]:
    location = (table.get("StorageDescriptor") or {}).get("Location", "")
    if _TEMPLATE in parameters or not location:
        return {}
    folders = "/".join(f"{key['Name']}=${{{key['Name']}}}" for key in table.get("PartitionKeys") or [])
    return {_TEMPLATE: f"{location.rstrip('/')}/{folders}/"}


def _range(prefix: str, parameters: dict[str, str]) -> dict[str, str]:
    """Return the properties of a range that has just the enumerated numbers; none where there is no such range."""
    texts = {text.strip() for text in parameters.get(f"{prefix}.values", "").split(",")}
    if not all(text.isdecimal() for text in texts):
        return {}
    numbers = sorted({int(text) for text in texts})
    step = numbers[1] - numbers[0] if len(numbers) > 1 else 1
    digits = min(map(len, texts)) if any(text != str(int(text)) for text in texts) else 0
    written = {str(number).zfill(digits) for number in range(numbers[0], numbers[-1] + 1, step)}
    if written != texts:
        return {}
    told = {"type": "integer", "range": f"{numbers[0]},{numbers[-1]}", "interval": str(step)}
    told |= {"digits": str(digits)} if digits else {}
    return {f"{prefix}.{name}": value for name, value in told.items()}

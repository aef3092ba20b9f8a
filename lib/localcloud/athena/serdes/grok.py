"""The Grok SerDe, presented to the engine as a Regex SerDe and a view that names the groups like the columns.

https://docs.aws.amazon.com/athena/latest/ug/grok-serde.html
"""

from __future__ import annotations

import re
from typing import Any

from localcloud.athena.serdes.classes import GROK, REGEX, TEXT_OUTPUT, library, serde_properties
from localcloud.athena.serdes.engine_tables import RAW, Field, columns_of, quoted
from localcloud.athena.serdes.scalars import converted, engine_type, value
from localcloud.grok.pattern import Grok, GrokError, compile_grok

FORMAT, CUSTOM = "input.format", "input.grokCustomPatterns"
_UNNAMED = re.compile(r"%\{(\w+)\}")


def applies(table: dict[str, Any]) -> bool:
    """Return whether a table of the catalog is read by the Grok SerDe."""
    return library(table) == GROK


def problem(table: dict[str, Any]) -> str:
    """Return why the table's pattern cannot be used, or ''."""
    try:
        _compiled(table)
    except GrokError as error:
        return f"SerDe property '{FORMAT}' of {GROK}: {error}"
    for name, kind in columns_of(table):
        if engine_type(kind) is None:
            return f"Column {name} has the type {kind}, which the Grok SerDe does not support"
    return ""


def as_text(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a table or a partition as the Regex SerDe reads it: one text column for each group."""
    stored = entry.get("StorageDescriptor") or {}
    groups = _compiled(entry)
    columns = [{"Name": f"g{number}", "Type": "string"} for number in range(len(groups.fields))]
    # Grok searches the line for the pattern; the Regex SerDe wants the whole line to match.
    serde = {"SerializationLibrary": REGEX, "Parameters": {"input.regex": f"(?s).*?(?:{groups.regex}).*"}}
    return {
        **entry,
        "StorageDescriptor": {**stored, "Columns": columns, "SerdeInfo": serde, "OutputFormat": TEXT_OUTPUT},
    }


def raw(table: dict[str, Any]) -> dict[str, Any]:
    """Return the table of groups that is below the view."""
    return {**as_text(table), "Name": table["Name"] + RAW}


def fields(table: dict[str, Any]) -> list[Field]:
    """Return the columns of the view: the group of each name, NULL for a column that the pattern does not have."""
    names = [field.name.lower() for field in _compiled(table).fields]
    return [_field(number, name, kind, names) for number, (name, kind) in enumerate(columns_of(table))]


def _field(number: int, name: str, hive_type: str, names: list[str]) -> Field:
    kind = engine_type(hive_type) or "varchar"
    groups = [quoted(f"g{at}") for at, group in enumerate(names) if group == name]
    if not groups:
        return Field(name, kind, f"CAST(NULL AS {kind})")
    text = groups[0] if len(groups) == 1 else f"COALESCE({', '.join(groups)})"
    return Field(name, kind, text if kind == "varchar" else converted(text, value(text, kind), kind, number))


def _compiled(entry: dict[str, Any]) -> Grok:
    properties = serde_properties(entry)
    columns = {name for name, _ in columns_of(entry)}
    pattern = _UNNAMED.sub(lambda match: _named(match[1], columns), properties.get(FORMAT, ""))
    return compile_grok(pattern, properties.get(CUSTOM, ""))


def _named(name: str, columns: set[str]) -> str:
    """Return a reference without a field as one of that name, if a column is called so: the page's first example."""
    return f"%{{{name}:{name.lower()}}}" if name.lower() in columns else f"%{{{name}}}"

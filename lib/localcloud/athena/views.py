"""Views in the catalog: the form that the engine stores and reads, and the columns that the catalog shows.

The engine keeps a view's query and columns encoded in ViewOriginalText and describes the table with one column `dummy`.
Athena describes it with the view's own columns. The engine also recognizes a view by a parameter and a comment, which
any client can overwrite with UpdateTable. The lab gives it every view in its own form, whatever the catalog holds.
https://docs.aws.amazon.com/athena/latest/ug/views.html
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from localcloud.athena.reader import Reader

Table = dict[str, Any]

_LEAD, _END = "/* Presto View: ", " */"
_MARK = {"presto_view": "true", "comment": "Presto View"}
"""By these parameters the engine knows a view."""
_PLAIN = {"integer": "int", "varchar": "string", "real": "float", "varbinary": "binary"}
_SIZED = ("varchar", "char", "decimal")


def is_view(table: Table) -> bool:
    """Return whether a catalog entry is a view of Athena's."""
    text = str(table.get("ViewOriginalText") or "")
    return table.get("TableType") == "VIRTUAL_VIEW" and text.startswith(_LEAD)


def definition(table: Table) -> dict[str, Any]:
    """Return what the engine stored of a view: `originalSql`, `catalog`, `schema`, `columns` and more.

    Raises:
        ValueError: the text is not in the engine's form.
    """
    text = str(table["ViewOriginalText"]).strip()
    if not (text.startswith(_LEAD) and text.endswith(_END)):
        raise ValueError(f"Not the text of a view: {text[:40]!r}")
    try:
        decoded: dict[str, Any] = json.loads(base64.b64decode(text[len(_LEAD) : -len(_END)], validate=True))
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError(f"The text of a view cannot be decoded: {error}") from error
    return decoded


def columns(table: Table) -> list[dict[str, Any]]:
    """Return the columns of a view as the catalog describes columns, with types of Hive."""
    return [_column(column) for column in definition(table)["columns"]]


def _column(column: dict[str, Any]) -> dict[str, Any]:
    described = {"Name": column["name"], "Type": hive_type(column["type"])}
    return described | ({"Comment": column["comment"]} if column.get("comment") else {})


def described(table: Table) -> Table:
    """Return a table of the catalog with the columns of its query, where it is a view of the engine's."""
    stored = table.get("StorageDescriptor") or {}
    if not is_view(table) or [column["Name"] for column in stored.get("Columns") or []] not in (["dummy"], []):
        return table
    return {**table, "StorageDescriptor": {**stored, "Columns": columns(table)}}


def for_engine(table: Table) -> Table:
    """Return a view of the catalog as the engine stored it: without what a client has noted next to it."""
    if not is_view(table):
        return table
    kept = {key: value for key, value in table.items() if key != "Description"}
    return {**kept, "Parameters": {**(table.get("Parameters") or {}), **_MARK}}


def hive_type(engine_type: str) -> str:
    """Return Hive's name of a type of the engine; types that Hive does not have keep the engine's name."""
    return _hive_type(Reader(engine_type))


def _hive_type(reader: Reader) -> str:
    start = reader.token.start
    name = reader.name()
    if name == "array":
        (element,) = _inner(reader)
        return f"array<{element}>"
    if name == "map":
        key, value = _inner(reader)
        return f"map<{key},{value}>"
    if name == "row":
        return f"struct<{','.join(_fields(reader))}>"
    size = reader.group().replace(" ", "") if reader.sees("(") else ""
    if name == "timestamp" and not reader.sees("WITH"):
        return "timestamp"
    while reader.token.kind == "word":  # `timestamp(3) with time zone`, `interval day to second`
        reader.step()
    text = reader.sql[start : reader.tokens[reader.at - 1].end]
    if name in _SIZED and size:
        return f"{name}({size})"
    return _PLAIN.get(name, text)


def _inner(reader: Reader) -> list[str]:
    reader.need("(")
    types = [_hive_type(reader)]
    while reader.take(","):
        types.append(_hive_type(reader))
    reader.need(")")
    return types


def _fields(reader: Reader) -> list[str]:
    reader.need("(")
    fields: list[str] = []
    while not reader.take(")"):
        name = f"field{len(fields)}"
        if reader.token.kind == "name":
            name = reader.name()
        fields.append(f"{name}:{_hive_type(reader)}")
        reader.take(",")
    return fields

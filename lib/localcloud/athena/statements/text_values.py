"""Values that a file cannot give back: a delimiter or a line feed inside, a text that means NULL, a second in ORC.

The engine writes them as they are, and whoever reads the file finds other columns, other rows or other values. The lab
therefore runs the query of a statement that writes such files first, and counts the rows that would change.
https://docs.aws.amazon.com/athena/latest/ug/lazy-simple-serde.html

ORC cuts seconds toward zero and stores the fraction without a sign: half a second before 1970 is read as half a
second after it. https://orc.apache.org/specification/ORCv1/
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from localcloud.athena import iceberg_metadata
from localcloud.athena.failure import QueryFailed
from localcloud.athena.job import Job
from localcloud.athena.serdes.classes import HIVE_JSON, LAZY, ORC, SEQUENCE_INPUT, TEXT_INPUT, library, serde_properties
from localcloud.athena.statements.properties import identifier, quoted

Signature = dict[str, Any]

_FIELD, _ITEM, _KEY = "\x01", "\x02", "\x03"
_DEEPER = "\x04\x05\x06\x07\x08"
_NULL = "\\N"


@dataclass(frozen=True)
class Layout:
    """What has a meaning in a file; nothing of it has one in JSON."""

    field: str = _FIELD
    inner: str = _ITEM + _KEY + _DEEPER
    null: str = _NULL
    escape: str = ""
    lines: str = "\n\r"
    json: bool = False
    orc: bool = False


def layout_of(table: dict[str, Any]) -> Layout | None:
    """Return how the files of a table are laid out; None if any value can be written."""
    reader, serde = str(table["StorageDescriptor"].get("InputFormat") or ""), library(table)
    if serde in (HIVE_JSON, ORC):
        return Layout(json=serde == HIVE_JSON, orc=serde == ORC)
    if serde != LAZY or reader not in (TEXT_INPUT, SEQUENCE_INPUT):
        return None
    given = {**(table.get("Parameters") or {}), **serde_properties(table)}
    items = _byte(given.get("collection.delim") or given.get("colelction.delim"), _ITEM)
    return Layout(
        field=_byte(given.get("field.delim") or given.get("serialization.format"), _FIELD),
        inner=items + _byte(given.get("mapkey.delim"), _KEY) + _DEEPER,
        null=given.get("serialization.null.format", _NULL),
        escape=_byte(given.get("escape.delim"), ""),
        lines="\n\r" if reader == TEXT_INPUT else "",
    )


def iceberg_layout(job: Job, table: dict[str, Any]) -> Layout | None:
    """Return how the files of an Iceberg table are laid out; None if any value can be written."""
    file_format = iceberg_metadata.read(job.s3, table).athena_properties().get("format", "")
    return Layout(orc=True) if file_format == "orc" else None


def _byte(given: str | None, default: str) -> str:
    """Return a delimiter as Hive reads it: a number is that of a byte."""
    if not given:
        return default
    with suppress(ValueError):
        return chr(int(given) % 256)
    return given[0]


def check(job: Job, query: str, layout: Layout | None, keys: Collection[str], names: list[str] | None = None) -> None:
    """Make sure that every value of a query can be read back from a file.

    `keys` are the columns that are in the names of folders; `names` calls the query's columns otherwise.

    Raises:
        QueryFailed: HIVE_WRITER_DATA_ERROR names the columns and counts the rows.
    """
    if layout is None:
        return
    try:
        columns = job.columns(query)
    except QueryFailed:
        return  # the statement itself fails in the same way, with positions in the user's text
    named = names if names and len(names) == len(columns) else [column["name"] for column in columns]
    conditions = {
        name: " OR ".join(lost)
        for number, (name, column) in enumerate(zip(named, columns, strict=True))
        if name not in keys and (lost := list(_lost(f"c{number}", column["typeSignature"], layout, 0)))
    }
    if not conditions:
        return
    counts = ", ".join(f"count_if({condition})" for condition in conditions.values())
    listed = ", ".join(f"c{number}" for number in range(len(columns)))
    (row,) = job.probe(f"SELECT {counts} FROM (", query, f") AS lab_rows ({listed})")  # noqa: S608  the user's own query
    if bad := {name: int(str(count)) for name, count in zip(conditions, row, strict=True) if int(str(count))}:
        raise _failure(bad, layout)


def _failure(bad: dict[str, int], layout: Layout) -> QueryFailed:
    shown = ", ".join(f"{identifier(name)} ({count} rows)" for name, count in bad.items())
    why, other = f"a delimiter, the end of a line, or the text {quoted(layout.null)} that means NULL", "delimiter"
    if layout.json:
        why, other = "binary data that is no text", "type"
    elif layout.orc:
        why, other = "a time in the last second before 1970, which ORC gives back as one after it", "type"
    return QueryFailed(
        "HIVE_WRITER_DATA_ERROR",
        f"Values could not be read back from the files as they are, because they hold {why}: {shown}. Nothing was "
        f"written. Try: another format, for example PARQUET, or another {other}",
    )


def _lost(value: str, signature: Signature, layout: Layout, depth: int) -> Iterator[str]:
    """Yield the conditions under which a value is lost; `depth` counts the arrays, maps and rows around it."""
    raw = str(signature["rawType"]).lower()
    inner = [each["value"] for each in signature.get("arguments", []) if each["kind"] in ("TYPE", "NAMED_TYPE")]
    if raw == "array":
        yield from _any(value, inner[0], layout, depth)
        if not (layout.json or layout.orc) and inner[0]["rawType"] in ("varchar", "char"):
            yield f"(cardinality({value}) = 1 AND element_at({value}, 1) = '')"
    elif raw == "map":
        yield from _any(f"map_keys({value})", inner[0], layout, depth)
        yield from _any(f"map_values({value})", inner[1], layout, depth)
    elif raw == "row":
        for number, field in enumerate(inner, 1):
            yield from _lost(f"{value}[{number}]", field["typeSignature"], layout, depth + 1)
    elif layout.orc:
        yield from _last_second(value, raw)
    elif layout.json:
        yield from [f"to_utf8(from_utf8({value})) <> {value}"] if raw == "varbinary" else []
    elif raw != "unknown":
        yield from _scalar(value, raw, layout, depth)


def _last_second(value: str, raw: str) -> Iterator[str]:
    """Yield the condition under which a moment lies within the last second before 1970."""
    if raw == "timestamp":
        yield f"({value} > TIMESTAMP '1969-12-31 23:59:59' AND {value} < TIMESTAMP '1970-01-01 00:00:00')"
    elif raw == "timestamp with time zone":
        yield f"(to_unixtime({value}) > -1 AND to_unixtime({value}) < 0)"


def _any(values: str, element: Signature, layout: Layout, depth: int) -> Iterator[str]:
    name = f"e{depth}"
    if conditions := list(_lost(name, element, layout, depth + 1)):
        yield f"any_match({values}, {name} -> {' OR '.join(conditions)})"


def _scalar(value: str, raw: str, layout: Layout, depth: int) -> Iterator[str]:
    is_text = raw in ("varchar", "char")
    text = _text(value, raw)
    marks = "" if layout.escape else layout.field + (layout.inner if depth else "")
    marks = marks + layout.lines if is_text else "".join(mark for mark in marks if mark.isprintable())
    if marks:
        characters = "".join(f"\\x{{{ord(mark):02x}}}" for mark in marks)
        yield f"regexp_like({text}, '[{characters}]')"
    if (is_text or layout.null != _NULL) and not (layout.escape and layout.escape in layout.null):
        yield f"{text} = {quoted(layout.null)}"


def _text(value: str, raw: str) -> str:
    if raw == "varbinary":
        return f"to_base64({value})"
    return value if raw == "varchar" else f"CAST({value} AS varchar)"

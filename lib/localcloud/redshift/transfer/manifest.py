"""The manifest of an UNLOAD: https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD_command_examples.html."""

from __future__ import annotations

import json
from typing import Any

from localcloud.redshift.protocol.decimals import precision_and_scale
from localcloud.redshift.protocol.modifiers import length_of
from localcloud.redshift.transfer.shape import Field
from localcloud.redshift.transfer.unload_files import Written
from localcloud.redshift.transfer.unload_statement import Unload

_BASES = {
    "bool": "boolean",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "bpchar": "character",
    "varchar": "character varying",
    "text": "character varying",
    "date": "date",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "time": "time without time zone",
    "timetz": "time with time zone",
    "bytea": "binary varying",
    "varbyte": "binary varying",
    "intervaly2m": "interval year to month",
    "intervald2s": "interval day to second",
}
_LONGEST = 65_535


def manifest(unload: Unload, files: list[Written], fields: tuple[Field, ...]) -> bytes:
    """Return the manifest as JSON. With VERBOSE a header counts as a row of its file."""
    entries = [_entry(unload, file) for file in files]
    document: dict[str, Any] = {"entries": entries}
    if unload.verbose:
        document["schema"] = {"elements": [{"name": field.name, "type": _type(field)} for field in fields]}
        document["meta"] = {
            "content_length": sum(file.size for file in files),
            "record_count": sum(_records(unload, file) for file in files),
        }
        document["author"] = {"name": "Amazon Redshift", "version": "1.0.0"}
    return json.dumps(document, indent=2, ensure_ascii=False).encode()


def _entry(unload: Unload, file: Written) -> dict[str, Any]:
    if not unload.verbose and unload.format != "parquet":
        return {"url": file.url}
    return {"url": file.url, "meta": {"content_length": file.size, "record_count": _records(unload, file)}}


def _records(unload: Unload, file: Written) -> int:
    return file.rows + unload.header


def _type(field: Field) -> dict[str, Any]:
    if field.type == "numeric":
        precision, scale = precision_and_scale(field.modifier)
        return {"base": "numeric", "precision": precision, "scale": scale}
    base = _BASES.get(field.type, field.type)
    if not field.is_text:
        return {"base": base}
    return {"base": base, "max_length": length_of(field.modifier) or _LONGEST}

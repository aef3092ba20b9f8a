"""How INSERT writes to a table: the SerDes that can be written, and the compression that the table asks for.

https://docs.aws.amazon.com/athena/latest/ug/insert-into.html and
https://docs.aws.amazon.com/athena/latest/ug/compression-support-hive.html
"""

from __future__ import annotations

from typing import Any

from localcloud.athena.serdes.access import SWAPPED_CATALOG
from localcloud.athena.serdes.classes import GROK, OPEN_CSV, ORC, PARQUET, REGEX, library

CODECS = {"UNCOMPRESSED": "NONE", "ZLIB": "GZIP"}
"""Names of compressions in table properties that have other names in the engine."""
_COMPRESSION = {PARQUET: ("parquet.compression", "parquet.compress"), ORC: ("orc.compress",)}
"""SerDe -> the table properties that name its compression, the strongest first. PyAthena writes `parquet.compress`."""
_READ_ONLY = (OPEN_CSV, REGEX, GROK)


def problem(table: dict[str, Any]) -> str:
    """Return why INSERT cannot write to a table of the catalog, or ''."""
    if library(table) in _READ_ONLY:
        return f"INSERT INTO is not supported for tables of the SerDe {library(table)}"
    return ""


def session(table: dict[str, Any]) -> dict[str, str]:
    """Return the session properties that make the engine compress as the table's properties say."""
    parameters = table.get("Parameters") or {}
    keys = (*_COMPRESSION.get(library(table), ()), "write.compression")
    given = [parameters[key] for key in keys if parameters.get(key)]
    if not given:
        return {}
    name = given[0].strip().upper()
    codec = CODECS.get(name, name)
    return {f"{catalog}.compression_codec": codec for catalog in ("awsdatacatalog", SWAPPED_CATALOG)}

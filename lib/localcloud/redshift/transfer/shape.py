"""What the engine is asked for an UNLOAD: the query's rows as CSV, types that need it in the form the file wants."""

from __future__ import annotations

from localcloud.redshift.frames import Column
from localcloud.redshift.sql.lexer import identifier, literal
from localcloud.redshift.transfer.unload_statement import Unload

_MOMENTS = ("timestamp", "timestamptz", "date", "time", "timetz", "interval", "intervaly2m", "intervald2s")


def csv_statement(query: str, unload: Unload, columns: list[Column], types: list[str]) -> str:
    """Return the COPY ... TO STDOUT. Null is nothing, an empty text is two quotes."""
    if unload.format == "json" and not unload.partition_by:
        query = _as_json(query, columns, types)
    return f"COPY ({query}) TO STDOUT (FORMAT csv, NULL '')"


def _as_json(query: str, columns: list[Column], types: list[str]) -> str:
    names = [f"c{place}" for place in range(len(columns))]
    pairs = ", ".join(
        f"{literal(column.name)}, {name}::text"
        if type_name in _MOMENTS
        else f"{literal(column.name)}, {name}{_plain(type_name)}"
        for column, name, type_name in zip(columns, names, types, strict=True)
    )
    listed = ", ".join(identifier(name) for name in names)
    return f"SELECT redshift_lab.json_line({pairs}) FROM ({query}) AS unloaded ({listed})"


def _plain(type_name: str) -> str:
    return "::json" if type_name == "super" else ""

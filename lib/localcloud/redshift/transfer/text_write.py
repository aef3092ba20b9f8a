"""Rows of strings as the lines of an UNLOAD's text file."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from localcloud.redshift.errors import SqlError
from localcloud.redshift.transfer.unload_statement import Unload


def lines_of(rows: pa.Table, unload: Unload) -> bytes:
    """Return the rows as UTF-8 lines in the form that the options ask for."""
    if not rows.num_rows:
        return b""
    if unload.format == "json":
        fields, mark = rows.columns, ""
    elif unload.fixedwidth:
        fields, mark = _fixed(rows, unload), ""
    elif unload.format == "csv":
        mark = unload.delimiter or ","
        fields = [_csv(column, mark, unload.null_as) for column in rows.columns]
    else:
        mark = unload.delimiter or "|"
        fields = [_plain(column, mark, unload) for column in rows.columns]
    lines = pc.binary_join_element_wise(*fields, mark) if len(fields) > 1 else fields[0]
    return ("\n".join(lines.to_pylist()) + "\n").encode()


def _csv(column: pa.ChunkedArray, mark: str, null_as: str) -> pa.ChunkedArray:
    special = pc.match_substring_regex(column, f'["\n\r{_in_class(mark)}]')
    doubled = pc.replace_substring(column, '"', '""')
    quoted = pc.binary_join_element_wise('"', doubled, '"', "")
    return pc.fill_null(pc.if_else(special, quoted, column), null_as)


def _plain(column: pa.ChunkedArray, mark: str, unload: Unload) -> pa.ChunkedArray:
    if unload.escape:
        quotes = "\"'" if unload.addquotes else ""
        column = pc.replace_substring_regex(column, f"([\\\\\n\r{quotes}{_in_class(mark)}])", r"\\\1")
    if unload.addquotes:
        column = pc.binary_join_element_wise('"', column, '"', "")
    return pc.fill_null(column, unload.null_as)


def _in_class(mark: str) -> str:
    return f"\\{mark}" if not mark.isalnum() and mark not in "\t " else mark


def _fixed(rows: pa.Table, unload: Unload) -> list[pa.ChunkedArray]:
    try:
        widths = [int(part.rsplit(":", 1)[-1]) for part in unload.fixedwidth.split(",")]
    except ValueError:
        raise SqlError("22023", f"invalid FIXEDWIDTH {unload.fixedwidth!r}", hint="'0:10,1:5'") from None
    if len(widths) != rows.num_columns:
        raise SqlError("22023", f"FIXEDWIDTH names {len(widths)} columns, the query has {rows.num_columns}")
    fields = []
    for column, width in zip(rows.columns, widths, strict=True):
        text = pc.fill_null(column, unload.null_as)
        if (pc.max(pc.utf8_length(text)).as_py() or 0) > width:
            raise SqlError("22001", f"a value is longer than its FIXEDWIDTH of {width}")
        fields.append(pc.utf8_rpad(text, width, " "))
    return fields

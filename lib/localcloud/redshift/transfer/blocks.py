"""A block of lines parsed at once (Arrow), if nothing in it is unusual."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
from pyarrow import csv

from localcloud.redshift.transfer.statements import Copy

_NEWLINE, _RETURN = 10, 13


def whole_lines(data: bytes, size: int, copy: Copy, ended: bool) -> int:
    """Return how many bytes from the start are whole records, at most `size`; 0 where that is not sure."""
    if ended and len(data) <= size:
        return len(data)
    end = data.rfind(b"\n", 0, size)
    if copy.format == "csv":
        quote = copy.quote.encode()
        odd = data.count(quote, 0, end + 1) % 2
        while end >= 0 and odd:
            before = data.rfind(b"\n", 0, end)
            odd = (odd + data.count(quote, before + 1, end + 1)) % 2
            end = before
    return end + 1


def is_plain(block: bytes, copy: Copy) -> bool:
    """Check that each line is one record of plain fields: the parser below then reads what `fields` would."""
    if copy.format not in ("csv", "delimited") or b"\0" in block:
        return False
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        return False
    if block.startswith((b"\n", b"\r\n")) or b"\n\n" in block or b"\n\r\n" in block:
        return False
    if (copy.escape and b"\\" in block) or (copy.acceptinvchars and not block.isascii()):
        return False
    if copy.removequotes and (b"'" in block or b'"' in block):
        return False
    return copy.format != "csv" or _quotes_are_regular(block, copy)


def _quotes_are_regular(block: bytes, copy: Copy) -> bool:
    """Check that quotes open at the start of a field, close at its end, and are doubled within."""
    quote = copy.quote.encode()
    if quote not in block:
        return True
    data = np.frombuffer(b"\n" + block + b"\n", np.uint8)
    places = np.flatnonzero(data == quote[0])
    if len(places) % 2:
        return False
    opens, closes = places[0::2], places[1::2]
    edges = np.zeros(256, bool)
    edges[[_NEWLINE, ord(copy.delimiter or ",")]] = True
    doubled = np.zeros(len(opens), bool)
    doubled[1:] = opens[1:] == closes[:-1] + 1
    started = edges[data[opens - 1]] | doubled
    edges[[_RETURN, quote[0]]] = True
    return bool(started.all() and edges[data[closes + 1]].all())


def has_records(block: bytes, copy: Copy, rows: int) -> bool:
    """Check the rows of a plain block against its line ends; those within quotes end no record."""
    count = block.count(b"\n") + (not block.endswith(b"\n"))
    if count == rows or copy.format != "csv" or copy.quote.encode() not in block:
        return count == rows
    data = np.frombuffer(block, np.uint8)
    quotes = np.flatnonzero(data == copy.quote.encode()[0])
    lines = np.flatnonzero(data == _NEWLINE)
    return count - int((np.searchsorted(quotes, lines) % 2).sum()) == rows


def parse(block: bytes, copy: Copy, width: int) -> pa.Table | None:
    """Return a column of strings for each field of a plain block, None if a line has fewer.

    A line may end with a delimiter; where the first does, all must.
    """
    mark = (copy.delimiter or ("," if copy.format == "csv" else "|")).encode()
    first = block[: block.find(b"\n")] if b"\n" in block else block
    trailing = first.rstrip(b"\r").endswith(mark) and first.count(mark) >= width
    table = _read(block, copy, mark, width + trailing)
    if table is None or not trailing:
        return table
    last = table.column(width)
    return table.drop_columns([str(width)]) if last.unique().to_pylist() == [""] else None


def _read(block: bytes, copy: Copy, mark: bytes, width: int) -> pa.Table | None:
    names = [str(number) for number in range(width)]
    is_csv = copy.format == "csv"
    try:
        return csv.read_csv(
            io.BytesIO(block),
            csv.ReadOptions(column_names=names, use_threads=False, block_size=len(block) + 1),
            csv.ParseOptions(
                delimiter=mark.decode(),
                quote_char=copy.quote if is_csv else False,
                newlines_in_values=is_csv,
                ignore_empty_lines=False,
            ),
            csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
    except pa.ArrowInvalid:
        return None  # a line of another width, or bytes that are no text: `fields` and `exact` find out what

"""Text objects as tables of strings, a few megabytes at a time; not typed yet, and null is for `convert` to decide."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import pyarrow as pa
from pyarrow import csv as arrow_csv

from localcloud.redshift.errors import SqlError
from localcloud.redshift.transfer import rejects
from localcloud.redshift.transfer.rejects import Reject, Rejects
from localcloud.redshift.transfer.statements import Copy
from localcloud.redshift.transfer.storage import Object

_BLOCK = 4 * 1024 * 1024
_ROWS = 20_000


@dataclass(frozen=True)
class Piece:
    """Some rows of an object: a column of strings for each column of the table, and the number of the first line."""

    rows: pa.Table
    file: Object
    line: int


def text_pieces(stream: IO[bytes], copy: Copy, names: list[str], file: Object, found: Rejects) -> Iterator[Piece]:
    """Give the rows of one object. Rows with too few or too many fields go to the rejects."""
    plain = copy.format in ("csv", "delimited") and copy.encoding == "utf8"
    odd = copy.escape or copy.removequotes or copy.fillrecord or copy.acceptinvchars or copy.ignoreblanklines
    if plain and not odd:
        yield from _fast(stream, copy, names, file, found)
    else:
        yield from _careful(stream, copy, names, file, found)


def _fast(stream: IO[bytes], copy: Copy, names: list[str], file: Object, found: Rejects) -> Iterator[Piece]:
    is_csv = copy.format == "csv"
    bad: list[Reject] = []

    def reject(row: arrow_csv.InvalidRow) -> str:
        code, reason = rejects.EXTRA if row.actual_columns > row.expected_columns else rejects.NO_DELIMITER
        bad.append(Reject(file.url, row.number or 0, code, reason, raw_line=row.text or ""))
        return "skip"

    try:
        reader = arrow_csv.open_csv(
            stream,
            arrow_csv.ReadOptions(
                column_names=names, skip_rows=copy.ignoreheader, block_size=_BLOCK, use_threads=False
            ),
            arrow_csv.ParseOptions(
                delimiter=copy.delimiter or ("," if is_csv else "|"),
                quote_char=copy.quote if is_csv else False,
                newlines_in_values=is_csv,
                ignore_empty_lines=False,
                invalid_row_handler=reject,
            ),
            arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
        line = copy.ignoreheader + 1
        while True:
            batch = reader.read_next_batch()
            for one in bad:
                found.add(one)
            bad.clear()
            yield Piece(pa.Table.from_batches([batch]), file, line)
            line += batch.num_rows
    except StopIteration:
        pass
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            return
        if "UTF8" in str(error):
            found.add(Reject(file.url, 0, *rejects.CHARACTER))
            raise SqlError(
                "22021", f"{rejects.CHARACTER[1]} in {file.url}", hint="ACCEPTINVCHARS replaces them"
            ) from None
        raise SqlError("XX000", f"{file.url} could not be read: {error}") from None
    for one in bad:
        found.add(one)


def _careful(stream: IO[bytes], copy: Copy, names: list[str], file: Object, found: Rejects) -> Iterator[Piece]:
    """Read row by row, for options that no fast reader knows."""
    rows, first, line = list[list[str]](), copy.ignoreheader + 1, copy.ignoreheader
    for number, fields in enumerate(_rows(_characters(stream, copy), copy), start=1):
        if number <= copy.ignoreheader:
            continue
        line = number
        fields = fields or [""]
        if copy.ignoreblanklines and fields == [""]:
            continue
        if len(fields) < len(names) and copy.fillrecord:
            fields = fields + [copy.null_as] * (len(names) - len(fields))
        if len(fields) != len(names):
            code, reason = rejects.EXTRA if len(fields) > len(names) else rejects.NO_DELIMITER
            found.add(Reject(file.url, number, code, reason, raw_line=(copy.delimiter or "|").join(fields)))
            continue
        rows.append(fields)
        if len(rows) >= _ROWS:
            yield _piece(rows, names, file, first)
            rows, first = [], line + 1
    if rows:
        yield _piece(rows, names, file, first)


def _piece(rows: list[list[str]], names: list[str], file: Object, line: int) -> Piece:
    columns = [pa.array(list(values), pa.string()) for values in zip(*rows, strict=True)]
    return Piece(pa.Table.from_arrays(columns, names=names), file, line)


def _characters(stream: IO[bytes], copy: Copy) -> Iterator[str]:
    """Decode, some characters at a time."""
    mode = "strict"
    if copy.acceptinvchars:
        mode = "lab-replace"
        codecs.register_error(mode, lambda error: (copy.acceptinvchars, error.end))  # type: ignore[attr-defined]
    decoder = codecs.getincrementaldecoder(copy.encoding)(mode)
    try:
        while block := stream.read(_BLOCK):
            yield decoder.decode(bytes(block))
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise SqlError("22021", f"{rejects.CHARACTER[1]}: {error.object[error.start : error.end].hex()}") from None


def _rows(characters: Iterator[str], copy: Copy) -> Iterator[list[str]]:
    if copy.format == "csv":
        lines = (line for line in _lines(characters, ""))
        yield from csv.reader(lines, delimiter=copy.delimiter or ",", quotechar=copy.quote, strict=True)
    elif copy.format == "fixedwidth":
        widths = [int(part.rsplit(":", 1)[-1]) for part in copy.fixedwidth.split(",")]
        for line in _lines(characters, ""):
            yield _fixed(line.rstrip("\r\n"), widths)
    else:
        for line in _lines(characters, "\\" if copy.escape else ""):
            yield delimited(line, copy)


def _fixed(line: str, widths: list[int]) -> list[str]:
    fields, place = list[str](), 0
    for width in widths:
        fields.append(line[place : place + width].rstrip(" "))
        place += width
    return fields


def _lines(characters: Iterator[str], escape: str) -> Iterator[str]:
    """Give lines with their ends; an escaped end of a line belongs to the line."""
    left = ""
    for block in characters:
        lines = io.StringIO(left + block, newline="").readlines() if left or block else []
        left = ""
        for line in lines:
            line = left + line
            left = ""
            body = line.rstrip("\r\n")
            odd = bool(escape) and (len(body) - len(body.rstrip(escape))) % 2 == 1
            if body == line or odd or line.endswith("\r"):
                left = line
            else:
                yield line
    if left:
        yield left


def delimited(line: str, copy: Copy) -> list[str]:
    """Return the fields of one line of delimited text, after ESCAPE and REMOVEQUOTES.

    A field that is the null string as written stays so, though ESCAPE would change a backslash in it.
    """
    mark, body = copy.delimiter or "|", line[:-1] if line.endswith("\n") else line
    fields, place = list[str](), 0
    while True:
        field, place = _field(body, place, mark, copy)
        fields.append(field)
        if place > len(body):
            return fields


def _field(body: str, place: int, mark: str, copy: Copy) -> tuple[str, int]:
    start, quote, parts = place, "", list[str]()
    if copy.removequotes and body[place : place + 1] in ("'", '"'):
        quote = body[place]
        place += 1
    while place < len(body):
        character = body[place]
        if copy.escape and character == "\\" and place + 1 < len(body):
            parts.append(body[place + 1])
            place += 2
        elif character == quote:
            quote = ""
            place += 1
        elif character == mark and not quote:
            break
        else:
            parts.append(character)
            place += 1
    written = body[start:place]
    return (written if written == copy.null_as else "".join(parts)), place + 1

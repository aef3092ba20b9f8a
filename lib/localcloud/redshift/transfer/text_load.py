"""COPY of text: pieces of strings, converted, read by the engine itself, which says which rows it could not read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv
from pyarrow import fs

from localcloud.redshift.errors import SqlError
from localcloud.redshift.transfer import rejects, storage
from localcloud.redshift.transfer.convert import convert
from localcloud.redshift.transfer.records import picker, record_pieces
from localcloud.redshift.transfer.rejects import Reject, Rejects, TooManyRejects
from localcloud.redshift.transfer.statements import Copy
from localcloud.redshift.transfer.storage import Object
from localcloud.redshift.transfer.target import Table
from localcloud.redshift.transfer.text_sources import Piece, text_pieces

if TYPE_CHECKING:
    from localcloud.redshift.session import Session

_LINE = re.compile(r'line (\d+), column ("?)([^:]+?)\2(?:: "(.*)")?(?:$|\n)', re.DOTALL)
_OPTIONS = ", NULL '', ON_ERROR ignore, LOG_VERBOSITY verbose"


class Loading:
    """One COPY of text: what was sent, by line, so that the engine's complaint can be traced to a file."""

    def __init__(self, copy: Copy, table: Table, source: fs.S3FileSystem, files: list[Object]) -> None:
        self.copy, self.table, self.source, self.files = copy, table, source, files
        self.rejects = Rejects(100_000 if copy.ignoreallerrors else copy.maxerror)
        self._sent: list[tuple[int, Piece]] = []
        self._lines = 0

    def chunks(self) -> Iterator[bytes]:
        """Give the rows as CSV: nothing for null, all else in quotes. Raises SqlError."""
        try:
            yield from self._csv()
        except TooManyRejects:
            raise _failed(self.table) from None
        except (pa.ArrowException, UnicodeError, csv.Error) as error:
            raise SqlError("XX000", f"the data could not be read: {error}") from None

    def _csv(self) -> Iterator[bytes]:
        for piece in self._pieces():
            rows = convert(piece, self.table.columns, self.copy, self.rejects)
            self._sent.append((self._lines, piece))
            self._lines += _line_count(rows)
            out = io.BytesIO()
            options = arrow_csv.WriteOptions(include_header=False, quoting_style="all_valid")
            arrow_csv.write_csv(rows, out, options)
            yield out.getvalue()

    def _pieces(self) -> Iterator[Piece]:
        names = [column.name for column in self.table.columns]
        records = self.copy.format in ("json", "avro")
        pick = picker(self.copy, self.table.columns, self.source) if records else None
        for file in self.files:
            with (
                storage.storage_errors(file.url),
                storage.open_text(self.source, file, self.copy.compression) as stream,
            ):
                if pick is not None:
                    yield from record_pieces(stream, self.copy, self.table.columns, pick, file, self.rejects)
                else:
                    yield from text_pieces(stream, self.copy, names, file, self.rejects)

    def complain(self, fields: dict[str, str]) -> None:
        """Keep a row that the engine left out, from its notice."""
        found = _LINE.search(fields.get("W", "") + "\n" + fields.get("M", ""))
        if found is None:
            return
        line, name, value = int(found[1]), found[3], found[4] or ""
        start, piece = next(((start, piece) for start, piece in reversed(self._sent) if start < line), self._sent[0])
        target = next((column for column in self.table.columns if column.name == name), None)
        kind = target.declared if target else ""
        self.rejects.rows.append(
            Reject(
                piece.file.url,
                piece.line + line - start - 1,
                *_reason(kind, value),
                column=name,
                type=kind.split("(")[0].lower(),
                raw_value=value,
            )
        )


def _reason(kind: str, value: str) -> tuple[int, str]:
    if kind == "DATE":
        return rejects.DATE
    if kind.startswith("TIMESTAMP"):
        return rejects.TIMESTAMP
    return rejects.DIGIT[0], rejects.DIGIT[1].format(value[:1], kind.capitalize())


def _line_count(rows: pa.Table) -> int:
    within = sum(pc.sum(pc.count_substring(column, "\n")).as_py() or 0 for column in rows.columns)
    return int(rows.num_rows + within)


async def load_text(session: Session, copy: Copy, table: Table, source: fs.S3FileSystem, files: list[Object]) -> int:
    """Load text; return how many rows were loaded. Raises BackendError after more rejects than MAXERROR allows."""
    from localcloud.redshift.transfer.load import copy_in

    loading = Loading(copy, table, source, files)
    session.link.on_notice = loading.complain
    statement = f"COPY {table.name} {table.column_list} FROM STDIN (FORMAT csv{_OPTIONS})"
    try:
        count = await copy_in(session.link, statement, loading.chunks(), copy.noload)
    finally:
        session.link.on_notice = None
        await _remember(session, table, loading.rejects.rows)
    if len(loading.rejects.rows) > loading.rejects.limit:
        raise _failed(table)
    return count


def _failed(table: Table) -> SqlError:
    name = table.name.replace('"', "")
    return SqlError("XX000", f"Load into table '{name}' failed.  Check 'stl_load_errors' system table for details.")


async def _remember(session: Session, table: Table, rows: list[Reject]) -> None:
    """Store the rejects outside of the client's transaction: they stay when it is rolled back."""
    for row in rows[:1000]:
        await session.engine.run(
            "INSERT INTO redshift_lab.load_errors (query_id, user_name, table_id, table_name, file_name, line_number, "
            "column_name, column_type, column_length, raw_line, raw_field_value, error_code, error_message) "
            "VALUES ($1::bigint, $2, $3::oid, $4, $5, $6::bigint, $7, $8, $9, $10, $11, $12::int, $13)",
            str(session.log.last),
            session.identity.user,
            str(table.id),
            table.name.replace('"', ""),
            row.file,
            str(row.line),
            row.column,
            row.type,
            row.length,
            row.raw_line[:1024],
            row.raw_value[:1024],
            str(row.code),
            row.reason,
            database=session.identity.database,
        )

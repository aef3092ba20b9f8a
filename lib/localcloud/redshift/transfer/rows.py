"""Records made into the table's types: all at once where they are certainly good, else one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from localcloud.redshift.transfer import columns, exact, utf8
from localcloud.redshift.transfer.books import FileBook
from localcloud.redshift.transfer.fields import Field
from localcloud.redshift.transfer.moments import Cast
from localcloud.redshift.transfer.rejects import NO_DELIMITER, NOT_NULL, BadValue, Problem, Reject, Rejects, Replacement
from localcloud.redshift.transfer.statements import Copy
from localcloud.redshift.transfer.target import Target

_SHOWN = 1024


@dataclass
class Row:
    """A record with a field for each column, or with what is wrong with it as a whole."""

    line: int
    raw: bytes
    fields: list[Field]
    problem: Problem | None = None


class Converter:
    """Converts the records of a load, and keeps account of them."""

    def __init__(self, copy: Copy, targets: tuple[Target, ...], rejects: Rejects, cast: Cast) -> None:
        self.copy, self.targets, self.rejects, self._cast = copy, targets, rejects, cast
        self._exact = [exact.converter(target, copy, cast) for target in targets]
        self.schema = pa.schema([pa.field(str(number), target.arrow) for number, target in enumerate(targets)])

    def fast(self, table: pa.Table, null: str | None) -> pa.Table | None:
        """Return columns of strings in the table's types, None if a value is odd."""
        ready = list[pa.Array]()
        for target, column in zip(self.targets, table.columns, strict=True):
            values = column.combine_chunks()
            values = values if isinstance(values, pa.Array) else pa.concat_arrays(values.chunks)
            done = columns.fast(values if null is None else columns.nulls(values, null), target, self.copy, self._cast)
            if done is None:
                return None
            ready.append(done)
        return pa.Table.from_arrays(ready, schema=self.schema)

    def one_by_one(self, rows: list[Row], book: FileBook) -> pa.Table:
        """Return the rows that can be loaded; the others go to the rejects. Raises TooManyRejects."""
        loaded = list[list[Any]]()
        for row in rows:
            book.read += 1
            values = self._values(row, book)
            if values is not None:
                loaded.append(values)
        book.sent += len(loaded)
        given = zip(*loaded, strict=True) if loaded else [()] * len(self.targets)
        arrays = [target.array(list(values)) for target, values in zip(self.targets, given, strict=True)]
        return pa.Table.from_arrays(arrays, schema=self.schema)

    def _values(self, row: Row, book: FileBook) -> list[Any] | None:
        values = list[Any]()
        late = row.problem if self.copy.format == "fixedwidth" and row.problem is NO_DELIMITER else None
        if row.problem is not None and late is None:
            self._reject(row, row.problem, book)
            return None
        for target, field, convert in zip(self.targets, row.fields, self._exact, strict=late is None):
            problem = None
            try:
                values.append(None if field.value is None else convert(field.value))
                if target.required and values[-1] is None:
                    problem = NOT_NULL
            except BadValue as error:
                problem = error.problem
            if problem is not None:
                self._reject(row, problem, book, target, field)
                return None
        if late is not None:
            self._reject(row, late, book)
            return None
        if self.copy.acceptinvchars:
            self._note_replacements(row, book)
        return values

    def _note_replacements(self, row: Row, book: FileBook) -> None:
        for target, field in zip(self.targets, row.fields, strict=True):
            if target.is_text and field.value is not None and not utf8.is_clean(field.value):
                raw = utf8.shown(row.raw[: _SHOWN * 4])[:_SHOWN]
                self.rejects.replace(Replacement(book.file.url, row.line, target.name, raw))
                return

    def _reject(
        self, row: Row, problem: Problem, book: FileBook, target: Target | None = None, field: Field | None = None
    ) -> None:
        book.rejected += 1
        end = row.fields.index(field) + 1 if field in row.fields else 0
        values = [None if shown.value is None else utf8.shown(shown.value[:_SHOWN]) for shown in row.fields[:end]]
        self.rejects.add(
            Reject(
                book.file.url,
                row.line,
                problem.code,
                problem.reason,
                column=target.name if target else "",
                type=target.logged_type if target else "",
                length=target.logged_length if target else "",
                position=field.position if field else 0,
                raw_line=utf8.shown(row.raw[: _SHOWN * 4])[:_SHOWN],
                raw_value=utf8.shown((field.value or b"")[: _SHOWN * 4])[:_SHOWN] if field else "",
                values=tuple(values),
            )
        )

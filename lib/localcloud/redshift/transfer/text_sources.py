"""Text objects as typed tables, a few megabytes at a time.

A block that is plain from its first byte to its last is parsed and converted at once. Where anything in it is odd, the
block is made smaller until the odd record stands alone, and that one is read byte by byte.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from localcloud.redshift.transfer import blocks
from localcloud.redshift.transfer.books import FileBook
from localcloud.redshift.transfer.feed import Feed
from localcloud.redshift.transfer.fields import Dialect, Field, Record, dialect
from localcloud.redshift.transfer.rejects import EXTRA, NO_DATA, NO_DELIMITER, TOO_LONG
from localcloud.redshift.transfer.rows import Converter, Row

LIMIT = 4 * 1024 * 1024
"""The most bytes of a record: https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html."""
_SMALL = 16 * 1024


class TextFile:
    """One file of text, read in order."""

    def __init__(self, feed: Feed, converter: Converter, book: FileBook) -> None:
        self._feed, self._converter, self._book = feed, converter, book
        self._copy, self._targets = converter.copy, converter.targets
        self._dialect: Dialect = dialect(converter.copy)
        self._window = LIMIT

    def tables(self) -> Iterator[pa.Table]:
        """Give the rows that can be loaded; the others go to the rejects. Raises TooManyRejects."""
        self._feed.skip_mark()
        self._feed.skip_lines(self._copy.ignoreheader)
        while True:
            self._feed.fill(self._window)
            if not self._feed.data:
                break
            table = self._block()
            if table is not None:
                yield table
            elif self._window > _SMALL:
                self._window //= 8
            else:
                yield self._converter.one_by_one(self._group(), self._book)
        self._book.lines = self._feed.lines

    def _block(self) -> pa.Table | None:
        """Return the rows of one plain block, None if it is not plain."""
        size = blocks.whole_lines(self._feed.data, self._window, self._copy, self._feed.ended)
        block = self._feed.data[:size]
        if not size or not blocks.is_plain(block, self._copy):
            return None
        table = blocks.parse(block, self._copy, len(self._targets))
        if table is None or not blocks.has_records(block, self._copy, table.num_rows):
            return None
        null = self._copy.null_as
        ready = self._converter.fast(table, null if null.encode() in block else None)
        if ready is None:
            return None
        self._book.read += table.num_rows
        self._book.sent += ready.num_rows
        self._feed.drop(size)
        self._window = min(self._window * 2, LIMIT)
        return ready

    def _group(self) -> list[Row]:
        """Return some records, read one by one, and move past them."""
        rows, at = list[Row](), 0
        while at < len(self._feed.data) and at < _SMALL:
            whole = self._feed.ended or len(self._feed.data) - at > LIMIT
            read = self._dialect.read(self._feed.data, at, whole)
            if read is None:
                self._feed.drop(at)
                at = 0
                self._feed.fill(len(self._feed.data) + LIMIT)
                continue
            record, end = read
            line = self._feed.line + self._feed.data.count(b"\n", 0, at)
            if not (self._copy.ignoreblanklines and not record.raw):
                rows.append(self._row(record, line))
            if len(record.raw) > LIMIT and end == len(self._feed.data):
                self._feed.drop(end)
                self._feed.skip_lines(0 if self._feed.ended else 1)
                return rows
            at = end
        self._feed.drop(at)
        self._window = _SMALL * 2
        return rows

    def _row(self, record: Record, line: int) -> Row:
        """Return a record with as many fields as the table has columns, or with what is wrong."""
        fields, count = record.fields, len(self._targets)
        if record.problem or len(record.raw) > LIMIT:
            return Row(line, record.raw, fields, TOO_LONG if len(record.raw) > LIMIT else record.problem)
        if len(fields) == count + 1 and fields[-1].position == len(record.raw) and self._copy.format != "fixedwidth":
            fields = fields[:-1]  # a line may end with the delimiter
        problem = EXTRA if len(fields) > count else None
        if len(fields) < count and self._copy.fillrecord:
            fields = fields + [self._missing(number) for number in range(len(fields), count)]
        elif len(fields) < count:
            problem = NO_DELIMITER if record.raw else NO_DATA
        return Row(line, record.raw, fields, problem)

    def _missing(self, number: int) -> Field:
        """Return what FILLRECORD puts for a column: an empty text for VARCHAR, null for others."""
        return Field(b"" if self._targets[number].type == "varchar" else None, -1)

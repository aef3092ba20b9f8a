"""One COPY while it runs: its files as chunks for the engine, its books, its rejects and what the client is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pyarrow as pa
from pyarrow import fs

from localcloud.redshift.errors import SqlError
from localcloud.redshift.session.prepared import Running
from localcloud.redshift.transfer import avro, columnar, copy_files, copy_rules, encoders, records, storage
from localcloud.redshift.transfer.books import Books, FileBook
from localcloud.redshift.transfer.casts import EngineCasts
from localcloud.redshift.transfer.encodings import as_utf8
from localcloud.redshift.transfer.feed import Feed
from localcloud.redshift.transfer.json_text import JsonFile
from localcloud.redshift.transfer.jsonpaths import Picker, picker
from localcloud.redshift.transfer.load_log import LoadLog
from localcloud.redshift.transfer.rejects import Rejects, TooManyRejects
from localcloud.redshift.transfer.rows import Converter
from localcloud.redshift.transfer.statements import Copy
from localcloud.redshift.transfer.storage import Object
from localcloud.redshift.transfer.target import Table
from localcloud.redshift.transfer.text_sources import TextFile

_SEE = "Check '{}' system table for details."
_COLUMNAR, _RECORDS = ("parquet", "orc"), ("json", "avro")


class Loading:
    """The state of one COPY."""

    def __init__(self, context: Running, copy: Copy, table: Table) -> None:
        self._copy, self._table, self._settings = copy, table, context.settings
        copy_rules.check_table(
            copy.format, copy.fixedwidth, copy.removequotes, [column.type for column in table.columns]
        )
        self.books = Books()
        self.rejects = Rejects(None if copy.ignoreallerrors else max(copy.maxerror, 1))
        self.log = LoadLog(context, copy, table)
        self._converter = Converter(
            copy, table.columns, self.rejects, EngineCasts(context.engine, context.identity.database)
        )
        self._pick: Picker | None = None
        self._source: fs.S3FileSystem | None = None
        self.statement = f"COPY {table.name} {table.column_list} FROM STDIN ({encoders.OPTIONS})"

    def find_files(self) -> list[Object]:
        """Return the files to load. Raises SqlError if S3 or the JSONPaths file says no."""
        self._source = storage.open_storage(self._copy.authorization, self._settings)
        files = copy_files.sources(self._source, self._copy)
        if self._copy.format in _RECORDS:
            self._pick = picker(self._copy, self._table.columns, self._source)
        return files

    def chunks(self, files: list[Object]) -> Iterator[bytes]:
        """Give all rows as the engine takes them. Raises SqlError after as many rejects as MAXERROR names."""
        for file in files:
            book = self.books.open(file)
            try:
                for table in self._tables(file, book) if file.size else ():  # an empty object holds no record
                    if table.num_rows:
                        yield encoders.rows(table)
            except TooManyRejects:
                raise self._failed() from None
            book.check()

    def _tables(self, file: Object, book: FileBook) -> Iterator[pa.Table]:
        if self._source is None:
            raise AssertionError("the files are looked for first")
        if self._copy.format in _COLUMNAR:
            yield from columnar.tables(self._source, file, self._table, self._copy, book)
            return
        with closing(copy_files.Opened(self._source, file, self._copy.compression)) as opened:
            try:
                yield from self._text_tables(opened, file, book)
            finally:
                book.scanned = opened.scanned

    def _text_tables(self, opened: copy_files.Opened, file: Object, book: FileBook) -> Iterator[pa.Table]:
        if self._copy.format == "avro" and self._pick is not None:
            yield from records.tables(avro.records(opened, file.url), self._pick, self._converter, book)
            book.lines = book.read
            return
        feed = Feed(as_utf8(opened, self._copy.encoding, self._copy.acceptinvchars, file.url))
        if self._pick is None:
            yield from TextFile(feed, self._converter, book).tables()
            return
        feed.skip_mark()
        feed.skip_lines(self._copy.ignoreheader)
        stored = JsonFile(feed, file.url).records()
        yield from records.tables(stored, self._pick, self._converter, book)
        book.lines = feed.lines

    def _failed(self) -> SqlError:
        return SqlError("XX000", f"Load into table '{self._table.shown}' failed.  {_SEE.format('stl_load_errors')}")

    def messages(self, stored: int) -> Iterator[str]:
        """Give what the client is told when all is done."""
        begin = f"Load into table '{self._table.shown}' completed,"
        yield f"{begin} {stored} record(s) loaded successfully."
        if left_out := len(self.rejects.rows):
            yield f"{begin} {left_out} record(s) could not be loaded.  {_SEE.format('stl_load_errors')}"
        if replaced := self.rejects.replaced:
            what = "were loaded with replacements made for ACCEPTINVCHARS."
            yield f"{begin} {replaced} record(s) {what}  {_SEE.format('stl_replacements')}"

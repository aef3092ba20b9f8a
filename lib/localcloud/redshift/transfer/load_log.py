"""What the system views know of a COPY. It is written outside of the client's transaction, and outlives it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from localcloud.redshift.session.prepared import Running
from localcloud.redshift.transfer.books import Books
from localcloud.redshift.transfer.rejects import Reject, Rejects
from localcloud.redshift.transfer.statements import Copy
from localcloud.redshift.transfer.target import Table

_AT_ONCE = 2_000
_FORMATS = {"csv": "csv", "delimited": "txt", "fixedwidth": "txt"}


class LoadLog:
    """The entries of one COPY."""

    def __init__(self, context: Running, copy: Copy, table: Table) -> None:
        self._context, self._copy, self._table = context, copy, table
        self._query = context.log.last

    async def begin(self) -> None:
        """Note that the COPY runs."""
        await self._note(
            {
                "load": {
                    "user_name": self._context.identity.user,
                    "database_name": self._context.identity.database,
                    "session_id": self._context.log.pid,
                    "transaction_id": self._context.log.transaction,
                    "table_id": self._table.id,
                    "table_name": self._table.shown,
                    "data_source": self._copy.source,
                    "file_format": _FORMATS.get(self._copy.format, self._copy.format),
                }
            }
        )

    async def end(self, status: str, stored: int, books: Books, rejects: Rejects) -> None:
        """Note how it ended: `completed` or `aborted`, with its files, its rejects and its replacements."""
        for at in range(0, len(rejects.rows), _AT_ONCE):
            await self._note({"errors": [_error(reject) for reject in rejects.rows[at : at + _AT_ONCE]]})
        details = [value for reject in rejects.rows[:20] for value in self._values(reject)]
        await self._note(
            {
                "end": {"status": status, "loaded_rows": stored, "error_count": len(rejects.rows)},
                "files": [
                    {
                        "file_name": book.file.url,
                        "bytes": book.file.size,
                        "scanned": book.scanned,
                        "lines": book.lines or book.read,
                        "errors": book.rejected,
                    }
                    for book in books.files
                ],
                "values": details,
                "replacements": [vars(replacement) for replacement in rejects.replacements],
            }
        )

    def _values(self, reject: Reject) -> Iterator[dict[str, Any]]:
        """Give the fields of a reject up to the one at fault, as STL_LOADERROR_DETAIL shows them."""
        for number, (column, value) in enumerate(zip(self._table.columns, reject.values, strict=False)):
            yield {
                "file_name": reject.file,
                "line_number": reject.line,
                "field": number,
                "column_name": column.name,
                "value": value,
                "type": column.logged_type,
                "length": column.logged_length,
            }

    async def _note(self, entry: dict[str, Any]) -> None:
        await self._context.engine.run(
            "SELECT redshift_lab.note_load($1::bigint, $2::json)",
            str(self._query),
            json.dumps(entry),
            database=self._context.identity.database,
        )


def _error(reject: Reject) -> dict[str, Any]:
    return {
        "file_name": reject.file,
        "line_number": reject.line,
        "column_name": reject.column,
        "column_type": reject.type,
        "column_length": reject.length,
        "position": reject.position,
        "raw_line": reject.raw_line,
        "raw_field_value": reject.raw_value,
        "error_code": reject.code,
        "error_message": reject.reason,
    }

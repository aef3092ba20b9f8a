"""The books of each UNLOAD in the system tables, outside of the client's transaction, as the objects on S3 are."""

from __future__ import annotations

import json

from localcloud.redshift.errors import SqlError
from localcloud.redshift.journal import now
from localcloud.redshift.session.prepared import Running
from localcloud.redshift.transfer.unload_files import Written
from localcloud.redshift.transfer.unload_statement import Unload

_UNLOAD = (
    "INSERT INTO redshift_lab.unloads SELECT * FROM json_populate_record(NULL::redshift_lab.unloads, $1::json) "
    "ON CONFLICT (query_id) DO UPDATE SET status = EXCLUDED.status, error = EXCLUDED.error"
)
_FILES = (
    "INSERT INTO redshift_lab.unload_files "
    "SELECT * FROM json_populate_recordset(NULL::redshift_lab.unload_files, $1::json)"
)
_COMPRESSIONS = {"": "none", "gzip": "gzip", "bz2": "bzip2", "zstd": "zstd"}


class UnloadLog:
    """One UNLOAD that is noted when it ends."""

    def __init__(self, context: Running, unload: Unload) -> None:
        self._context, self._unload, self._started = context, unload, now()
        self._query, self._pid, self._transaction = context.log.last, context.log.pid, context.log.transaction

    async def completed(self, rows: int, files: list[Written]) -> None:
        """Note the statement and each of its files."""
        size = sum(file.size for file in files)
        await self._note(status="completed", rows=rows, files=len(files), bytes=size)
        lines = [
            {
                "query_id": self._query,
                "slice": file.slice,
                "path": file.url,
                "started": file.started,
                "ended": file.ended,
                "rows": file.rows,
                "bytes": file.size,
            }
            for file in files
        ]
        await self._run(_FILES, json.dumps(lines))

    async def failed(self, error: BaseException) -> None:
        """Note that the statement failed, and why: no file of it is left."""
        message = error.message if isinstance(error, SqlError) else f"{type(error).__name__}: {error}"
        await self._note(status="aborted", error=message, rows=0, files=0, bytes=0)

    async def _note(self, **outcome: object) -> None:
        record = {
            "query_id": self._query,
            "user_name": self._context.identity.user,
            "database_name": self._context.identity.database,
            "pid": self._pid,
            "transaction_id": self._transaction,
            "started": self._started,
            "ended": now(),
            "file_format": self._unload.shown_format,
            "compression": "snappy" if self._unload.format == "parquet" else _COMPRESSIONS[self._unload.compression],
            "location": self._unload.target,
            **outcome,
        }
        await self._run(_UNLOAD, json.dumps(record))

    async def _run(self, sql: str, value: str) -> None:
        await self._context.engine.run(sql, value, database=self._context.identity.database)

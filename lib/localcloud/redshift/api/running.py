"""Runs the statements of the Data API over the gateway, each execution in a thread and a transaction of its own."""

from __future__ import annotations

import base64
import logging
import re
import threading
import time
from typing import Any

import psycopg
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from localcloud.aws import persistence
from localcloud.redshift.api.access import GatewayAccess
from localcloud.redshift.api.statements import ENDED, Execution, Part, Record
from localcloud.redshift.protocol.modifiers import digits_of, length_of

_log = logging.getLogger(__name__)
AT_ONCE, RESULT_LIMIT = 8, 500_000_000
_NAMED = re.compile(r"'(?:[^'\\]|''|\\.)*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/|::|:([A-Za-z_]\w*)", re.DOTALL)
_TYPES = {
    16: "bool",
    20: "int8",
    21: "int2",
    23: "int4",
    25: "varchar",
    700: "float4",
    701: "float8",
    1042: "bpchar",
    1043: "varchar",
    1082: "date",
    1083: "time",
    1114: "timestamp",
    1184: "timestamptz",
    1188: "intervaly2m",
    1190: "intervald2s",
    1700: "numeric",
    4000: "super",
    19: "name",
    26: "oid",
}
_REMEDY = "Try: free some space on the lab's disk, and look what it changed before you run it again"
_slots = threading.BoundedSemaphore(AT_ONCE)
_open: dict[str, psycopg.Connection[Any]] = {}
_wanted_gone: set[str] = set()


def start(execution: Execution, access: GatewayAccess, user: str, password: str) -> None:
    """Run an execution in the background; its state is stored whenever it changes for good."""
    arguments = (execution, access, user, password)
    threading.Thread(target=_run, args=arguments, name=f"statement-{execution.id}", daemon=True).start()


def cancel(execution: Execution) -> bool:
    """Ask the engine to stop an execution; say whether it was still on its way."""
    if execution.status in ENDED:
        return False
    _wanted_gone.add(execution.id)
    connection = _open.get(execution.id)
    if connection is not None:
        connection.cancel_safe(timeout=10)
    return True


def _run(execution: Execution, access: GatewayAccess, user: str, password: str) -> None:
    with _slots:
        try:
            _execute(execution, access, user, password)
        except psycopg.Error as error:
            _fail(execution, str(error).strip())
        except Exception as error:
            _log.exception("a statement of the Data API failed")
            _fail(execution, f"internal error: {error}")
        finally:
            _open.pop(execution.id, None)
            _wanted_gone.discard(execution.id)
    _store(execution)


def _store(execution: Execution) -> None:
    """Store how a statement ended. If that fails, it is FAILED, as it will be after a restart."""
    try:
        persistence.save("redshift-data")
    except OSError as error:
        _log.exception("the end of a statement of the Data API could not be stored")
        execution.move(
            "FAILED", f"ERROR: the statement ended, but its outcome could not be stored: {error.strerror}. {_REMEDY}"
        )


def _fail(execution: Execution, message: str) -> None:
    gone = execution.id in _wanted_gone
    for part in execution.parts:
        if part.status not in ENDED:
            running = part.status == "STARTED"
            part.status, part.updated = "ABORTED" if gone or not running else "FAILED", time.time()
            part.error = message if running and not gone else part.error
    execution.move("ABORTED" if gone else "FAILED", "" if gone else f"ERROR: {message}")


def _execute(execution: Execution, access: GatewayAccess, user: str, password: str) -> None:
    with psycopg.connect(
        host=access.host, port=access.port, user=user, password=password, dbname=execution.database, connect_timeout=10
    ) as connection:
        _open[execution.id] = connection
        execution.pid = connection.info.backend_pid
        connection.autocommit = not execution.batch
        execution.move("STARTED")
        for part in execution.parts:
            if execution.id in _wanted_gone:
                raise psycopg.errors.QueryCanceled("cancelled")
            _run_part(connection, part)
    execution.move("FINISHED")


def _run_part(connection: psycopg.Connection[Any], part: Part) -> None:
    part.status, part.started = "STARTED", time.time()
    sql, values = numbered(part.sql, dict(part.parameters))
    cursor = psycopg.RawCursor(connection)
    cursor.execute(sql.encode(), values or None)
    result = cursor.pgresult
    if result is not None and result.status == ExecStatus.TUPLES_OK:
        _keep(part, result)
    elif cursor.rowcount >= 0:
        part.rows = cursor.rowcount
    part.query = _query_id(connection)
    part.status, part.updated = "FINISHED", time.time()


def _query_id(connection: psycopg.Connection[Any]) -> int:
    """Return the number that the system tables know the session's last query by, -1 before the first."""
    row = connection.execute("SELECT pg_last_query_id()").fetchone()
    if row is None:
        raise psycopg.DataError("pg_last_query_id() gave no row")
    return int(row[0])


def unused(sqls: list[str], parameters: dict[str, str]) -> list[str]:
    """Return the names of parameters that no statement has."""
    named = {match[1] for sql in sqls for match in _NAMED.finditer(sql) if match[1]}
    return sorted(parameters.keys() - named)


def numbered(sql: str, parameters: dict[str, str]) -> tuple[str, list[str]]:
    """Return SQL with `:name` as `$1`..., and the values in that order. Raises psycopg.Error at an unknown name."""
    names: list[str] = []

    def number(match: re.Match[str]) -> str:
        if not match[1]:
            return match[0]
        if match[1] not in parameters:
            raise psycopg.ProgrammingError(f"parameter :{match[1]} has no value")
        if match[1] not in names:
            names.append(match[1])
        return f"${names.index(match[1]) + 1}"

    return (_NAMED.sub(number, sql), [parameters[name] for name in names]) if parameters else (sql, [])


def _keep(part: Part, result: PGresult) -> None:
    types = [result.ftype(index) for index in range(result.nfields)]
    part.has_result, part.rows = True, result.ntuples
    part.columns = [_column(result, index, kind) for index, kind in enumerate(types)]
    for row in range(result.ntuples):
        values = [result.get_value(row, index) for index in range(result.nfields)]
        part.size += sum(len(value) for value in values if value is not None)
        if part.size > RESULT_LIMIT:
            raise psycopg.DataError("the result is larger than 500 MB: UNLOAD it to S3")
        part.records.append([_field(value, kind) for value, kind in zip(values, types, strict=True)])


def _column(result: PGresult, index: int, kind: int) -> Record:
    name, modifier = (result.fname(index) or b"").decode(), result.fmod(index)
    precision, scale = (digits_of(modifier) if kind == 1700 else None) or (0, 0)
    return {
        "name": name,
        "label": name,
        "typeName": _TYPES.get(kind, "varchar"),
        "length": (length_of(modifier) if kind in (1042, 1043) else None) or max(result.fsize(index), 0),
        "precision": precision,
        "scale": scale,
        "nullable": 1,
        "isCaseSensitive": kind in (25, 1042, 1043),
        "isCurrency": False,
        "isSigned": kind in (20, 21, 23, 700, 701, 1700),
        "schemaName": "",
        "tableName": "",
    }


def _field(value: bytes | None, kind: int) -> Record:
    if value is None:
        return {"isNull": True}
    text = value.decode()
    if kind in (20, 21, 23, 26):
        return {"longValue": int(text)}
    if kind in (700, 701):
        number = float(text)
        return {"doubleValue": number} if number - number == 0 else {"stringValue": text}
    if kind == 16:
        return {"booleanValue": text == "t"}
    if kind == 17:
        return {"blobValue": base64.b64encode(bytes.fromhex(text[2:])).decode()}
    return {"stringValue": text}

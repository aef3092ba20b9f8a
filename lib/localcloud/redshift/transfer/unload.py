"""UNLOAD from the query to the last object, in flat memory: the engine's rows go on to S3 some megabytes at a time.

The books: the rows that the engine sent are the rows in the files, or the UNLOAD fails and names both numbers.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable

from pyarrow import fs

from localcloud.redshift.errors import SqlError
from localcloud.redshift.protocol import frames
from localcloud.redshift.protocol.frames import Column, Frame
from localcloud.redshift.protocol.link import Link
from localcloud.redshift.session.prepared import Running
from localcloud.redshift.transfer import encryption, storage, unload_log
from localcloud.redshift.transfer.removal import Removal
from localcloud.redshift.transfer.shape import shape_of
from localcloud.redshift.transfer.sinks import Sink
from localcloud.redshift.transfer.storage import Object
from localcloud.redshift.transfer.unload_files import Written
from localcloud.redshift.transfer.unload_statement import Unload

_BLOCK = 4 * 1024 * 1024
_TAG = re.compile(r"COPY (\d+)")


async def run_unload(context: Running, unload: Unload, query: str) -> str:
    """Write the rows of the query to S3; return the command tag. Raises SqlError."""
    count, _ = await write_files(context, unload, query)
    message = f"UNLOAD completed, {count} record(s) unloaded successfully."
    context.client.deliver(frames.error({"S": "INFO", "C": "00000", "M": message}, b"N"))
    return "UNLOAD"


async def write_files(
    context: Running, unload: Unload, query: str, then: Callable[[int, list[Written]], None] | None = None
) -> tuple[int, list[Written]]:
    """Write the rows of a query to files on S3; return how many there are, and the books of the files.

    `then`, which may block, completes the work; where it or anything before it fails, no file is left. Raises SqlError.
    """
    columns = await context.columns(query)
    if not columns:
        raise SqlError("42601", "UNLOAD needs a SELECT")
    shape = shape_of(query, unload, columns, await type_names(context.link, columns))
    target = await asyncio.to_thread(storage.open_storage, unload.authorization, context.settings)
    key = await asyncio.to_thread(encryption.key_of, unload, context.settings)
    old = await asyncio.to_thread(_standing, target, unload)
    log = unload_log.UnloadLog(context, unload)
    sink, removal = Sink(unload, target, shape), Removal(context.settings, unload.authorization)
    try:
        count = await _stream(context.link, shape.statement, sink)
        _check(count, sink)
        await asyncio.to_thread(_complete, sink, unload, removal, old)
        if key:
            await asyncio.to_thread(encryption.encrypt, unload, sink.written, key, context.settings)
        if then is not None:
            await asyncio.to_thread(then, count, sink.files)
    except BaseException as error:
        left = await asyncio.to_thread(sink.abandon, removal)
        await log.failed(error)
        raise _with_leftovers(error, left) from None
    await log.completed(count, sink.files)
    return count, sink.files


async def type_names(link: Link, columns: list[Column]) -> list[str]:
    """Return the engine's name of each column's type, in the order of the columns."""
    oids = ",".join(str(column.type) for column in columns)
    rows = await link.query(f"SELECT oid, typname FROM pg_catalog.pg_type WHERE oid IN ({oids})")
    names = {int(row[0] or 0): (row[1] or b"").decode() for row in rows}
    return [names[column.type] for column in columns]


def _standing(target: fs.S3FileSystem, unload: Unload) -> list[Object]:
    """Return the objects that CLEANPATH is to remove. Raises SqlError if there are some and no option allows it."""
    if unload.allowoverwrite:
        return []
    standing = storage.list_prefix(target, unload.prefix)
    if standing and not unload.cleanpath:
        raise SqlError(
            "XX000",
            f"Specified unload destination on S3 is not empty. Consider using a different bucket / prefix, manually "
            f"removing the target files in S3, or using the ALLOWOVERWRITE option. Object: {standing[0].url}",
        )
    return standing


def _check(count: int, sink: Sink) -> None:
    """Raise SqlError if the files hold other rows than the query gave."""
    if count != sink.rows:
        raise SqlError("58000", f"UNLOAD: the query gave {count} rows, but the files hold {sink.rows}")


def _complete(sink: Sink, unload: Unload, removal: Removal, old: list[Object]) -> None:
    """Remove what CLEANPATH is to remove, now that the new files are whole, and write the manifest."""
    new = set(sink.written)
    folders = {path.rpartition("/")[0] for path in new}
    for item in old:
        in_folder = not unload.partition_by or item.path.rpartition("/")[0] in folders
        if in_folder and item.path not in new:
            removal.remove(item.path)
    if unload.manifest:
        sink.write_manifest()


def _with_leftovers(error: BaseException, left: list[str]) -> BaseException:
    """Return the error with what could not be cleaned up."""
    if left and isinstance(error, SqlError):
        error.detail = f"{error.detail} These objects could not be removed: {', '.join(left)}".strip()
    return error


async def _stream(link: Link, statement: str, sink: Sink) -> int:
    """Run COPY ... TO STDOUT and feed the sink in threads; return the number of rows."""
    queue: asyncio.Queue[bytes | None] = asyncio.Queue()
    block, tags = bytearray(), list[str]()

    def take(frame: Frame) -> None:
        if frame.kind == b"C":
            tags.append(frames.read_text(frame.body)[0])

    def take_rows(run: bytes) -> None:
        nonlocal block
        block += frames.bodies(run)
        if len(block) >= _BLOCK:
            queue.put_nowait(bytes(block))
            block = bytearray()

    writing = asyncio.create_task(_write(queue, sink, link))
    answers = [link.ask(frames.parse("", statement)), link.ask(frames.bind("", ""))]
    answers.append(link.ask(frames.execute(), take, take_rows))
    try:
        await link.settled(*answers)
        if block:
            queue.put_nowait(bytes(block))
        queue.put_nowait(None)
        await writing
    finally:
        link.pause(False)
        await _stop(writing)
    return _count(tags)


async def _stop(writing: asyncio.Task[None]) -> None:
    """Stop writing blocks if that is still running."""
    if not writing.done():
        writing.cancel()
        with contextlib.suppress(asyncio.CancelledError, SqlError):
            await writing


def _count(tags: list[str]) -> int:
    """Return the rows that the engine says it sent. Raises SqlError if it does not say."""
    match = _TAG.fullmatch(tags[0]) if tags else None
    if match is None:
        raise SqlError("XX000", f"UNLOAD: the engine's answer {tags} gives no number of rows")
    return int(match[1])


async def _write(queue: asyncio.Queue[bytes | None], sink: Sink, link: Link) -> None:
    """Take blocks off the queue; while several wait, the engine is not read."""
    while (block := await queue.get()) is not None:
        link.pause(queue.qsize() > 2)
        await asyncio.to_thread(sink.write, block)
    await asyncio.to_thread(sink.finish)

"""UNLOAD from the query to the last object, in flat memory: the engine's rows go on to S3 some megabytes at a time."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from pyarrow import fs

from localcloud.redshift import frames
from localcloud.redshift.errors import SqlError
from localcloud.redshift.frames import Column, Frame
from localcloud.redshift.link import Link
from localcloud.redshift.transfer import encryption, storage
from localcloud.redshift.transfer.shape import csv_statement
from localcloud.redshift.transfer.sinks import Sink, make_sink
from localcloud.redshift.transfer.unload_statement import Unload

if TYPE_CHECKING:
    from localcloud.redshift.session import Session

_BLOCK = 4 * 1024 * 1024


async def run_unload(session: Session, unload: Unload, query: str) -> str:
    """Write the rows of the query to S3; return the command tag. Raises SqlError."""
    columns = await session.columns(query)
    if not columns:
        raise SqlError("42601", "UNLOAD needs a SELECT")
    for name in unload.partition_by:
        if name not in [column.name for column in columns]:
            raise SqlError("42703", f'column "{name}" does not exist in the query of UNLOAD')
    target = await asyncio.to_thread(storage.open_storage, unload.authorization, session.settings)
    key = await asyncio.to_thread(encryption.usable_key, unload, session.settings) if unload.kms_key else ""
    await asyncio.to_thread(_make_room, target, unload)
    types = await _type_names(session.link, columns)
    sink = make_sink(unload, target, columns, types)
    try:
        count = await _stream(session.link, csv_statement(query, unload, columns, types), sink)
        if key:
            await asyncio.to_thread(encryption.encrypt, unload, sink.written, key, session.settings)
    except BaseException:
        await asyncio.to_thread(sink.abandon)
        raise
    await session.link.query("SELECT redshift_lab.note_unload($1, $2)", str(count), str(len(sink.files)))
    message = f"UNLOAD completed, {count} record(s) unloaded successfully."
    session.client.deliver(frames.error({"S": "INFO", "C": "00000", "M": message}, b"N"))
    return "UNLOAD"


async def _type_names(link: Link, columns: list[Column]) -> list[str]:
    oids = ",".join(str(column.type) for column in columns)
    rows = await link.query(f"SELECT oid, typname FROM pg_catalog.pg_type WHERE oid IN ({oids})")
    names = {int(row[0] or 0): (row[1] or b"").decode() for row in rows}
    return [names[column.type] for column in columns]


def _make_room(target: fs.S3FileSystem, unload: Unload) -> None:
    """Refuse to write among other objects, or remove them, as the options say."""
    if unload.allowoverwrite:
        return
    found = storage.list_prefix(target, unload.target)
    if not found:
        return
    if not unload.cleanpath:
        raise SqlError(
            "XX000",
            f"Specified unload destination on S3 is not empty. Consider using a different bucket / prefix, manually "
            f"removing the target files in S3, or using the ALLOWOVERWRITE option. Object: {found[0].url}",
        )
    with storage.storage_errors(unload.target):
        for one in found:
            target.delete_file(one.path)


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
    asked = [link.ask(frames.parse("", statement)), link.ask(frames.bind("", ""))]
    asked.append(link.ask(frames.execute(), take, take_rows))
    try:
        await link.settled(*asked)
        if block:
            queue.put_nowait(bytes(block))
        queue.put_nowait(None)
        await writing
    finally:
        link.pause(False)
        if not writing.done():
            writing.cancel()
            with contextlib.suppress(asyncio.CancelledError, SqlError):
                await writing
    return int(tags[0].split()[-1])


async def _write(queue: asyncio.Queue[bytes | None], sink: Sink, link: Link) -> None:
    """Take blocks off the queue; while several wait, the engine is not read."""
    while (block := await queue.get()) is not None:
        link.pause(queue.qsize() > 2)
        await asyncio.to_thread(sink.write, block)
    await asyncio.to_thread(sink.finish)

"""COPY from its first word to its last row: in the client's transaction, all of it or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from localcloud.redshift.errors import BackendError, Skipped, SqlError
from localcloud.redshift.protocol import frames
from localcloud.redshift.protocol.frames import Frame
from localcloud.redshift.protocol.link import Link
from localcloud.redshift.session.prepared import Running
from localcloud.redshift.transfer.loading import Loading
from localcloud.redshift.transfer.statements import Copy
from localcloud.redshift.transfer.target import check_owner, look_up


async def run_copy(context: Running, copy: Copy) -> str:
    """Load the table; return the command tag. Raises SqlError, after which the transaction has failed."""
    table = await look_up(context.link, copy.table, copy.columns, copy.explicit_ids)
    if copy.statupdate:
        await check_owner(context.link, table)
    loading = Loading(context, copy, table)
    files = await asyncio.to_thread(loading.find_files)
    await loading.log.begin()
    try:
        stored = await copy_in(context.link, loading.statement, loading.chunks(files), copy.noload)
        if not copy.noload:
            loading.books.check(stored)
    except BaseException:
        await asyncio.shield(loading.log.end("aborted", 0, loading.books, loading.rejects))
        raise
    await loading.log.end("completed", stored, loading.books, loading.rejects)
    for message in loading.messages(stored):
        context.client.deliver(frames.error({"S": "INFO", "C": "00000", "M": message}, b"N"))
    return f"COPY {stored}"


async def copy_in(link: Link, statement: str, chunks: Iterator[bytes], dry: bool = False) -> int:
    """Send the chunks, made one ahead in a thread, to a COPY ... FROM STDIN; return how many rows it took.

    With `dry` all is read and nothing is sent. Raises BackendError.
    """
    if dry:
        await asyncio.to_thread(_exhaust, chunks)
        return 0
    started, tags = asyncio.get_running_loop().create_future(), list[str]()

    def take(frame: Frame) -> None:
        if frame.kind == b"G":
            started.set_result(None)
        elif frame.kind == b"C":
            tags.append(frames.read_text(frame.body)[0])

    requests = [link.ask(frames.parse("", statement)), link.ask(frames.bind("", "")), link.ask(frames.execute(), take)]
    link.send(frames.FLUSH)
    await link.drain()
    await asyncio.wait([started, requests[-1]], return_when=asyncio.FIRST_COMPLETED)
    if started.done():
        await _send_all(link, chunks, requests)
    link.send(Frame(b"c", b""))
    await link.settled(*requests)
    return int(tags[0].split()[-1])


async def _send_all(link: Link, chunks: Iterator[bytes], requests: list[asyncio.Future[None]]) -> None:
    """Send the chunks; where one cannot be made, have the engine give the COPY up. Raises BackendError."""
    try:
        await _send_chunks(link, chunks)
    except SqlError as error:
        await _give_up(link, requests, error.message)
        raise BackendError(error.fields()) from None
    except BaseException:
        await asyncio.shield(_give_up(link, requests, "the load was stopped"))
        raise


async def _send_chunks(link: Link, chunks: Iterator[bytes]) -> None:
    upcoming = asyncio.create_task(asyncio.to_thread(next, chunks, None))
    try:
        while (chunk := await upcoming) is not None:
            upcoming = asyncio.create_task(asyncio.to_thread(next, chunks, None))
            if link.skipping:
                break
            link.send(Frame(b"d", chunk))
            await link.drain()
    finally:
        await asyncio.wait([upcoming])


async def _give_up(link: Link, requests: list[asyncio.Future[None]], reason: str) -> None:
    link.send(Frame(b"f", frames.text(reason)))
    try:
        await link.settled(*requests)
    except (BackendError, Skipped):
        return


def _exhaust(chunks: Iterator[bytes]) -> None:
    for _ in chunks:
        pass

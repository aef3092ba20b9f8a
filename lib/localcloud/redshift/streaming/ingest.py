"""One refresh of a materialized view over a topic: its records, their offsets and the log, all in one transaction.

The records go into the view's stage, and through its query into the view. The count must agree at each step.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from localcloud.redshift.errors import SqlError
from localcloud.redshift.protocol import frames
from localcloud.redshift.protocol.frames import Frame
from localcloud.redshift.protocol.link import Link
from localcloud.redshift.sql.edits import text
from localcloud.redshift.sql.lexer import Tokens, closing, lex
from localcloud.redshift.sql.names import identifier
from localcloud.redshift.streaming.brokers import Topic, brokers_of, look_up
from localcloud.redshift.streaming.reading import Reading
from localcloud.redshift.streaming.rows import shown_time
from localcloud.redshift.transfer.load import copy_in
from localcloud.redshift.turn import Turn

_UPDATED = "Refresh successfully updated MV incrementally"
_LOST = 15_003
"""The number of the entry of records that expired before they were read: the guide gives none."""


@dataclass(frozen=True)
class _Stream:
    """What the engine keeps of a view over a topic."""

    view: str
    """Its number in the engine."""
    stage: str
    schema: str
    topic: str
    topic_id: str
    options: Mapping[str, str]
    owner: str
    query: str
    offsets: Mapping[int, int]


async def ingest(turn: Turn, view: str) -> str:
    """Bring a view up to the ends that its topic has now; return the status for the log. Raises SqlError."""
    moment = datetime.now(UTC)
    stream = await _begin(turn, view)
    brokers = brokers_of(stream.options, turn.settings)
    topic = await asyncio.to_thread(look_up, brokers, stream.topic)
    spans = _spans(stream, topic)
    if all(stream.offsets.get(partition, begin) == end for partition, (begin, end) in spans.items()):
        return f"{_UPDATED}. Stream returned no new data."
    reading = await asyncio.to_thread(Reading, brokers, stream.topic, spans, moment)
    try:
        async with _AsOwner(turn.link, stream.owner):
            stored = await _store(turn.link, stream, reading)
    finally:
        await asyncio.to_thread(reading.close)
    await _end(turn, stream, reading, stored)
    return _status(reading)


async def _begin(turn: Turn, view: str) -> _Stream:
    row = (await turn.link.query("SELECT * FROM redshift_lab.begin_stream($1)", view))[0]
    stage, schema, topic, topic_id, options, owner, query = ((field or b"").decode() for field in row)
    if not options:
        raise SqlError(
            "3F000", f'the external schema "{schema}" of the view does not exist, or its owner may not use it'
        )
    rows = await turn.link.query("SELECT partition, next_offset FROM redshift_lab.offsets_of($1)", view)
    offsets = {int(partition or 0): int(offset or 0) for partition, offset in rows}
    return _Stream(view, stage, schema, topic, topic_id, json.loads(options), owner, query, offsets)


def _spans(stream: _Stream, topic: Topic) -> dict[int, tuple[int, int]]:
    """Return what is to be read of each partition. Raises SqlError if the topic is not the one that was read before."""
    again = "the view holds its old records. Try: drop the view and create it again"
    if topic.id != stream.topic_id or stream.offsets.keys() - topic.offsets.keys():
        raise SqlError("55000", f'the topic "{stream.topic}" was deleted and created again; {again}')
    spans = dict[int, tuple[int, int]]()
    for partition, (first, last) in topic.offsets.items():
        begin = stream.offsets.get(partition, first)
        if begin > last:
            lost = f"partition {partition} ends at offset {last}, and the view has read up to {begin}"
            raise SqlError("55000", f'the topic "{stream.topic}" has lost records: {lost}; {again}')
        spans[partition] = (max(begin, first), last)
    return spans


async def _store(link: Link, stream: _Stream, reading: Reading) -> int:
    """Put the records into the view; return how many rows it got. Raises SqlError if a record is in no count."""
    loaded = await copy_in(link, f"COPY {stream.stage} FROM STDIN (FORMAT binary)", reading.chunks())
    sent = sum(book.sent for book in reading.books.values())
    left_out = await _left_out(link, stream)
    await link.query("SELECT redshift_lab.open_view($1)", stream.view)
    stored = await _changed(link, f"INSERT INTO {await _name(link, stream.view)} {stream.query}")
    await link.query("SELECT redshift_lab.close_view($1)", stream.view)
    await link.query(f"TRUNCATE {stream.stage}")
    if not sent == loaded == stored + left_out:
        raise SqlError(
            "XX000",
            f"REFRESH lost count of the topic {stream.topic}: {sent} record(s) were sent, {loaded} were taken, "
            f"{stored} stored and {left_out} left out by WHERE",
        )
    return stored


async def _name(link: Link, view: str) -> str:
    return ((await link.query("SELECT $1::oid::regclass", view))[0][0] or b"").decode()


async def _left_out(link: Link, stream: _Stream) -> int:
    """Return how many records of the stage the view's WHERE leaves out, by a count of its own."""
    tokens = lex(stream.query)
    start, where = _outer(tokens, "FROM"), _outer(tokens, "WHERE")
    if where == len(tokens):
        return 0
    counted = f"SELECT count(*){text(tokens[start:where])} WHERE ({text(tokens[where + 1 :])}) IS NOT TRUE"
    return int((await link.query(counted))[0][0] or 0)


def _outer(tokens: Tokens, word: str) -> int:
    """Return where a word stands outside of all parentheses, or the end."""
    index = 0
    while index < len(tokens) and tokens[index].upper != word:
        index = closing(tokens, index) + 1 if tokens[index].text in ("(", "[") else index + 1
    return index


async def _changed(link: Link, sql: str) -> int:
    """Run a statement that changes rows; return how many."""
    tags = list[str]()

    def take(frame: Frame) -> None:
        if frame.kind == b"C":
            tags.append(frames.read_text(frame.body)[0])

    await link.settled(link.ask(frames.parse("", sql)), link.ask(frames.bind("", "")), link.ask(frames.execute(), take))
    return int(tags[0].split()[-1])


class _AsOwner:
    """Lets a superuser refresh with the rights of the view's owner, and no others."""

    def __init__(self, link: Link, owner: str) -> None:
        self._link, self._owner, self._before = link, owner, ""

    async def __aenter__(self) -> None:
        sql = "SELECT current_setting('role'), redshift_lab.acting()"
        before, acting = ((value or b"").decode() for value in (await self._link.query(sql))[0])
        if acting != self._owner:
            self._before = before
            await self._link.query(f"SET LOCAL ROLE {identifier(self._owner)}")

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._before and kind is None:  # after an error the transaction has ended, and the role with it
            role = "NONE" if self._before == "none" else identifier(self._before)
            await self._link.query(f"SET LOCAL ROLE {role}")


async def _end(turn: Turn, stream: _Stream, reading: Reading, stored: int) -> None:
    """Store the offsets and the log."""
    entry = {
        "query_id": turn.query,
        "transaction_id": turn.transaction,
        "stored": stored,
        "offsets": [{"partition": number, "next_offset": book.next} for number, book in reading.books.items()],
        "scans": [
            {
                "partition_id": number,
                "latest_position": book.next - 1,
                "scanned_rows": book.read,
                "skipped_rows": book.skipped,
                "scanned_bytes": book.bytes,
                "time_min": shown_time(book.times[0]) if book.times else None,
                "time_max": shown_time(book.times[1]) if book.times else None,
            }
            for number, book in reading.books.items()
            if book.next > book.begin
        ],
        "errors": [*_expired(stream, reading), *reading.errors],
    }
    await turn.link.query("SELECT redshift_lab.end_stream($1, $2)", stream.view, json.dumps(entry))


def _expired(stream: _Stream, reading: Reading) -> list[dict[str, object]]:
    """Return an entry for each partition of which records expired before they were read."""
    return [
        {
            "timestamp_type": "U",
            "partition_id": partition,
            "position": offset,
            "error_code": _LOST,
            "error_reason": f"The records before offset {reading.books[partition].begin} expired unread.",
        }
        for partition, offset in stream.offsets.items()
        if offset < reading.books[partition].begin
    ]


def _status(reading: Reading) -> str:
    books = reading.books.values()
    skipped, sent = sum(book.skipped for book in books), sum(book.sent for book in books)
    if any(book.next < book.end for book in books):
        return f"{_UPDATED}. The stream may contain more data."
    if skipped:
        what = "Some stream records were skipped" if sent else "All records received from the stream were skipped"
        return f"{_UPDATED}. {what}."
    return _UPDATED

"""Statements of a procedure on their way to the engine: translated, run, and answered by rows with their types."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from localcloud.redshift.errors import BackendError, SqlError
from localcloud.redshift.procedures.binding import Bound
from localcloud.redshift.procedures.scope import Value
from localcloud.redshift.protocol import frames
from localcloud.redshift.protocol.frames import Frame
from localcloud.redshift.protocol.wire import reworded
from localcloud.redshift.session.prepared import Prepared, Running
from localcloud.redshift.sql import statement


@dataclass
class Answer:
    """What the engine said to a statement."""

    tag: str = ""
    names: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    rows: list[list[str | None]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Return how many rows were read or changed, by the engine's tag."""
        last = self.tag.rpartition(" ")[2]
        return int(last) if last.isdigit() else len(self.rows)

    def first(self) -> list[Value]:
        """Return the first row with its types; nulls if there is none."""
        row = self.rows[0] if self.rows else [None] * len(self.types)
        return list(zip(row, self.types, strict=True))


_TYPE_NAMES = "SELECT pg_catalog.plain_format_type(t::oid, m::integer) FROM unnest($1::text[], $2::text[]) u(t, m)"


class Statements:
    """Runs statements of one call, and keeps what they became: a loop runs the same ones again."""

    def __init__(self, host: Running) -> None:
        self._host = host
        self._kept: dict[str, Prepared] = {}
        self._types: dict[tuple[int, int], str] = {}

    async def run(self, bound: Bound, truncated: Callable[[], Awaitable[None]]) -> Answer:
        """Run one statement; `truncated` is called after one that commits. Raises SqlError."""
        prepared = await self._prepared(bound.sql)
        for step in prepared.before:
            await step.run(self._host)
        if prepared.work is not None:
            return Answer(await prepared.work.run(self._host))
        plan = prepared.plan
        answer = await self._ask(plan.sql, bound.values)
        answer.tag = plan.tag or answer.tag
        if plan.then == "COMMIT":
            await truncated()
        elif plan.then:
            await self._host.link.query(plan.then)
        if answer.tag.split(" ")[0] in ("CREATE", "ALTER", "DROP"):
            self._kept.clear()
        return answer

    async def _prepared(self, sql: str) -> Prepared:
        if sql not in self._kept:
            prepared = await self._host.prepare(statement(sql))
            if prepared.before:
                return prepared
            self._kept[sql] = prepared
        return self._kept[sql]

    async def _ask(self, sql: str, values: tuple[str | None, ...]) -> Answer:
        link, answer, columns = self._host.link, Answer(), list[frames.Column]()

        def take(frame: Frame) -> None:
            if frame.kind == b"T":
                columns.extend(frames.columns(frame.body))
            elif frame.kind == b"D":
                answer.rows.append([None if value is None else value.decode() for value in frames.row(frame.body)])
            elif frame.kind == b"C":
                answer.tag = frames.read_text(frame.body)[0]

        requests = [link.ask(frames.parse("", sql)), link.ask(frames.bind("", "", values))]
        requests += [link.ask(frames.describe(b"P", ""), take), link.ask(frames.execute(), take)]
        await link.settled(*requests)
        answer.names = [column.name for column in columns]
        answer.types = await self._names([(column.type, column.modifier) for column in columns])
        return answer

    async def _names(self, types: list[tuple[int, int]]) -> list[str]:
        unknown = sorted({column for column in types if column not in self._types})
        if unknown:
            lists = ["{" + ",".join(str(column[at]) for column in unknown) + "}" for at in (0, 1)]
            rows = await self._host.link.query(_TYPE_NAMES, *lists)
            for column, (name, *_) in zip(unknown, rows, strict=True):
                self._types[column] = (name or b"").decode().removeprefix("pg_catalog.").strip('"')
        return [self._types[column] for column in types]


def reworded_error(error: SqlError) -> SqlError:
    """Return an error as a client reads it: in Redshift's words, without the state of the engine's connection."""
    fields = reworded(error.fields()) if isinstance(error, BackendError) else error.fields()
    return SqlError(fields.get("C", error.code), fields["M"], detail=fields.get("D", ""), hint=fields.get("H", ""))

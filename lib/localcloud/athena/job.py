"""What a statement family works with, and what it returns."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from localcloud.athena.engine import EngineQuery, EngineStatement, Page, QueryEngine
from localcloud.athena.execution import Execution, Form
from localcloud.athena.failure import QueryCancelled
from localcloud.athena.literals import send
from localcloud.athena.reader import scan
from localcloud.athena.results import Row
from localcloud.athena.values import column_info, text_column, text_of

CATALOG = "awsdatacatalog"
ICEBERG = "awsdatacatalog_iceberg"
_VALUE_WORDS = ("TRUE", "FALSE", "NULL", "CURRENT_DATE", "CURRENT_TIMESTAMP", "CURRENT_TIME")
CUTOFF = "Bytes scanned limit was exceeded"
STOPPED = "Query was cancelled by user"


@dataclass
class Outcome:
    """What a statement answers. `pages` are read once, while they are written to S3."""

    form: Form = "none"
    columns: list[dict[str, Any]] = field(default_factory=list)
    pages: Iterable[list[Row]] = ()
    update_count: int | None = None
    suffix: str = ""
    """What the result's location has after the query's id, or the whole path below the output folder."""
    files: list[str] | None = None
    """The data files that were written, for the manifest; None if there is no manifest."""


class Prepared(Protocol):
    """The prepared statements of the query's workgroup."""

    def get(self, name: str) -> str:
        """Return the text of a statement, with `?` for its parameters."""

    def put(self, name: str, sql: str) -> None:
        """Keep a statement."""

    def delete(self, name: str) -> None:
        """Forget a statement."""


class Job:
    """One query while it runs."""

    def __init__(
        self, execution: Execution, engine: QueryEngine, clients: Mapping[str, Any], prepared: Prepared
    ) -> None:
        self.execution, self.engine, self.prepared = execution, engine, prepared
        self.glue, self.s3 = clients["glue"], clients["s3"]
        self.sql = execution.query
        self.statements: list[EngineStatement] = []
        self.cleanups: list[Callable[[], None]] = []
        self.prepare: Callable[[str], str] = str
        """Called with the text of each query; returns it as the engine takes it, or raises QueryFailed."""
        self.ended = threading.Event()
        """Set when the execution's state will not change any more and is stored."""
        self._stop = threading.Event()

    @property
    def database(self) -> str:
        """The database that names without one are looked up in."""
        return self.execution.database

    def trino(self, sql: str, session: Mapping[str, str] | None = None, query: str | None = None) -> EngineStatement:
        """Start a statement in the engine, with the query's parameters instead of its question marks.

        `query` is the end of `sql` that the user wrote, where that is not all of it: errors name places in it.
        """
        if self._stop.is_set():
            raise QueryCancelled(STOPPED)
        written = query or sql
        query = self.prepare(written) if query is not None else None
        sql = sql[: len(sql) - len(written)] + (query or self.prepare(written))
        properties = dict(session or {})
        if self.execution.cutoff:
            properties["query_max_scan_physical_bytes"] = f"{self.execution.cutoff}B"
        sent = send(sql, self.sql, query)
        values = list(map(literal, self.execution.parameters))
        text = immediate(sent.text, values) if values else sent.text
        statement = self.engine.start(EngineQuery(text, self.database, CATALOG, properties, sent.restore, self._watch))
        self.statements.append(statement)
        if self._stop.is_set():
            statement.cancel()
        return statement

    def plan(self, sql: str, options: str) -> str:
        """Return the engine's plan of a part of the query, as EXPLAIN with these options writes it.

        Raises:
            QueryFailed: the query is wrong; its place is one in the text of the user.
        """
        rows = [row for page in self._aside(f"EXPLAIN ({options}) ", sql, "").pages() for row in page]
        return str(rows[0][0])

    def columns(self, query: str) -> list[dict[str, Any]]:
        """Return the columns of a query within the statement. Raises QueryFailed."""
        statement = self._aside("SELECT * FROM (", self.prepare(query), "\n) LIMIT 0")
        statement.finish()
        return statement.columns

    def probe(self, before: str, query: str, after: str) -> Page:
        """Return the rows of the lab's own query about a query within the statement. Raises QueryFailed."""
        return [row for page in self._aside(before, self.prepare(query), f"\n{after}").pages() for row in page]

    def filled(self) -> str:
        """Return the text of the statement with the execution's parameters instead of its question marks."""
        return filled(self.sql, list(map(literal, self.execution.parameters)))

    def _aside(self, before: str, query: str, after: str) -> EngineStatement:
        # EXECUTE IMMEDIATE does not hand its values on to what an EXPLAIN explains.
        written = filled(query, list(map(literal, self.execution.parameters)))
        sent = send(f"{before}{written}{after}", self.sql, query)
        return self.engine.start(EngineQuery(sent.text, self.database, CATALOG, {}, sent.restore, self._watch))

    def ask(self, sql: str) -> Page:
        """Return the rows of the lab's own query, which doesn't count in the statistics."""
        query = EngineQuery(sql, self.database, CATALOG)
        return [row for page in self.engine.start(query).pages() for row in page]

    def _watch(self, stats: dict[str, Any]) -> None:
        if self._stop.is_set():
            raise QueryCancelled(STOPPED)
        # The engine looks at its own limit once a second only.
        if self.execution.cutoff and int(stats.get("physicalInputBytes", 0)) > self.execution.cutoff:
            raise QueryCancelled(CUTOFF)

    def answer(self, statement: EngineStatement, form: Form = "csv") -> Outcome:
        """Return the rows of a statement as Athena shows them."""
        pages = statement.until_columns()
        texts = [text_of(column["typeSignature"]) for column in statement.columns]
        columns = [column_info(column) for column in statement.columns]
        return Outcome(form, columns, _texts(pages, texts), suffix=f".{form}")

    def stop(self) -> None:
        """End the query; its thread notices when the engine answers it the next time."""
        self._stop.set()
        for statement in self.statements[-1:]:
            statement.cancel()

    @property
    def stopped(self) -> bool:
        """Whether somebody stopped the query."""
        return self._stop.is_set()

    def statistics(self) -> dict[str, int]:
        """Return what the engine measured so far."""
        stats = [statement.stats for statement in self.statements]
        return {
            "DataScannedInBytes": sum(int(stage.get("physicalInputBytes", 0)) for stage in stats),
            "QueryPlanningTimeInMillis": sum(int(stage.get("planningTimeMillis", 0)) for stage in stats),
        }


def _texts(pages: Iterator[Page], texts: Sequence[Callable[[Any], str] | None]) -> Iterator[list[Row]]:
    changed = [(at, text) for at, text in enumerate(texts) if text is not None]
    for page in pages:
        for at, text in changed:
            for row in page:
                if row[at] is not None:
                    row[at] = text(row[at])
        yield page


def immediate(sql: str, parameters: Sequence[str]) -> str:
    """Return the statement that runs `sql` with values for its question marks; errors keep the positions of `sql`."""
    quoted = sql.replace("'", "''")
    return f"EXECUTE IMMEDIATE '{quoted}' USING {', '.join(parameters)}"


def filled(sql: str, parameters: Sequence[str]) -> str:
    """Return the statement with values instead of its question marks, as far as there are values."""
    marks = [token for token in scan(sql) if token.kind == "mark" and token.text == "?"]
    for mark, value in reversed(list(zip(marks, parameters, strict=False))):
        sql = f"{sql[: mark.start]} {value} {sql[mark.end :]}"
    return sql


def literal(parameter: str) -> str:
    """Return an execution parameter as the engine reads it: a lone word is taken as a text."""
    tokens = scan(parameter)
    if len(tokens) == 2 and tokens[0].kind == "word" and tokens[0].text.upper() not in _VALUE_WORDS:
        return "'" + parameter.strip() + "'"
    return parameter


def text_answer(names: Sequence[str], lines: Iterable[str]) -> Outcome:
    """Return the plain text that SHOW, DESCRIBE and other statements on the catalog answer: one value a line."""
    return Outcome("txt", [text_column(name) for name in names], [[[line] for line in lines]], suffix=".txt")

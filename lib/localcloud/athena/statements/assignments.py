"""The values that an UPDATE or a MERGE assigns to columns, as a query of their own.

In a MERGE each value is computed for every row of the source, whether or not its branch applies to the row; a value
that fails to compute there is null, unless it has a subquery.
https://trino.io/docs/current/sql/update.html, https://trino.io/docs/current/sql/merge.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from localcloud.athena.reader import Reader

_OPEN, _CLOSE = ("(", "[", "CASE"), (")", "]", "END")


@dataclass
class Assignments:
    """The rows that values are computed from, the columns that they are assigned to, and their expressions."""

    rows: str
    columns: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)

    @property
    def query(self) -> str:
        """The query whose columns are the assigned values."""
        values = ", ".join(f"{_tried(value)} AS c{number}" for number, value in enumerate(self.values))
        return f"SELECT {values} FROM {self.rows}"  # noqa: S608  the user's own expressions


def _tried(value: str) -> str:
    """Return a value that is null where it fails to compute; the engine takes no subquery in TRY."""
    has_query = any(token.upper() == "SELECT" for token in Reader(value).tokens)
    return value if has_query else f"TRY({value})"


def of_update(sql: str) -> list[Assignments]:
    """Return the assignments of an UPDATE. Raises QueryFailed where its grammar does not hold."""
    reader = Reader(sql)
    reader.need("UPDATE")
    assigned = Assignments(_until(reader, "SET"))
    reader.need("SET")
    _set_list(reader, assigned, "WHERE")
    assigned.rows += f" {reader.rest()}"
    return [assigned]


def of_merge(sql: str, columns: Sequence[str]) -> list[Assignments]:
    """Return the assignments of a MERGE into a table with these columns. Raises QueryFailed as above.

    The values of an UPDATE see both tables, those of an INSERT the source only.
    """
    reader = Reader(sql)
    reader.need("MERGE", "INTO")
    target = _until(reader, "USING")
    reader.need("USING")
    source = _until(reader, "ON")
    update, insert = Assignments(f"{target} RIGHT JOIN {source} {_until(reader, 'WHEN')}"), Assignments(source)
    while reader.take("WHEN"):
        _until(reader, "THEN")
        reader.need("THEN")
        if reader.take("UPDATE", "SET"):
            _set_list(reader, update, "WHEN")
        elif reader.take("INSERT"):
            _insert(reader, insert, columns)
        else:
            reader.need("DELETE")
    return [assigned for assigned in (update, insert) if assigned.values]


def _insert(reader: Reader, assigned: Assignments, columns: Sequence[str]) -> None:
    assigned.columns += _names(reader) if reader.sees("(") else columns
    reader.need("VALUES", "(")
    assigned.values += _list(reader, ")")
    reader.need(")")


def _names(reader: Reader) -> list[str]:
    reader.need("(")
    names = [reader.name()]
    while reader.take(","):
        names.append(reader.name())
    reader.need(")")
    return names


def _set_list(reader: Reader, assigned: Assignments, end: str) -> None:
    while True:
        assigned.columns.append(reader.path()[-1])
        reader.need("=")
        assigned.values.append(_until(reader, ",", end))
        if not reader.take(","):
            return


def _list(reader: Reader, end: str) -> list[str]:
    values = [_until(reader, ",", end)]
    while reader.take(","):
        values.append(_until(reader, ",", end))
    return values


def _until(reader: Reader, *ends: str) -> str:
    """Step to the next of these words that is in no parentheses and no CASE, or to the end; return the text before."""
    start, depth = reader.token.start, 0
    before = start
    while reader.token.kind != "end" and not (depth == 0 and reader.token.upper() in ends):
        depth += (reader.token.upper() in _OPEN) - (reader.token.upper() in _CLOSE)
        before = reader.step().end
    return reader.sql[start:before]

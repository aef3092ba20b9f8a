"""Statements of a procedure that hold no others.

https://docs.aws.amazon.com/redshift/latest/dg/c_PLpgSQL-statements.html
"""

from __future__ import annotations

from collections.abc import Callable

from localcloud.redshift.errors import SqlError
from localcloud.redshift.procedures import tree
from localcloud.redshift.procedures.body_reader import BodyReader
from localcloud.redshift.procedures.into import without_into
from localcloud.redshift.sql.names import string_value

_LEVELS = ("NOTICE", "INFO", "LOG", "WARNING", "EXCEPTION", "DEBUG")


def read(reader: BodyReader) -> tree.Statement:
    """Return the statement that comes; what is none of the language's own is SQL. Raises SqlError."""
    read_statement = _STATEMENTS.get(reader.peek())
    return read_statement(reader) if read_statement is not None else _sql(reader)


def _sql(reader: BodyReader) -> tree.Statement:
    line = reader.line
    text, into = without_into(reader.until(";"))
    return tree.Sql(line, text, into)


def _leave(reader: BodyReader) -> tree.Statement:
    line, goes_on, label = reader.line, reader.next().upper == "CONTINUE", ""
    if reader.peek() not in (";", "WHEN"):
        label = reader.name()
    condition = reader.until(";") if reader.take("WHEN") else ""
    return tree.Leave(line, label, condition, goes_on)


def _return(reader: BodyReader) -> tree.Statement:
    line = reader.line
    reader.expect("RETURN")
    if reader.peek() != ";":
        raise SqlError("42804", "RETURN cannot have a parameter in a procedure")
    return tree.Return(line)


def _null(reader: BodyReader) -> tree.Statement:
    reader.expect("NULL")
    return tree.Nothing(reader.line)


def _raise(reader: BodyReader) -> tree.Statement:
    line = reader.line
    reader.expect("RAISE")
    if reader.peek() == ";":
        return tree.Raise(line)
    level = reader.next().upper
    token = reader.next() if level in _LEVELS else reader.token(-1)
    if level not in _LEVELS or token.kind != "string":
        raise SqlError("42601", f'syntax error at or near "{token.text}"')
    form, arguments = string_value(token), list[str]()
    while reader.take(","):
        arguments.append(reader.until(",", ";"))
    _check_count(form, arguments)
    return tree.Raise(line, level, form, tuple(arguments))


def _check_count(form: str, arguments: list[str]) -> None:
    places = form.replace("%%", "").count("%")
    if places != len(arguments):
        raise SqlError("42601", f"too {'few' if places > len(arguments) else 'many'} parameters specified for RAISE")


def _perform(reader: BodyReader) -> tree.Statement:
    line = reader.line
    reader.expect("PERFORM")
    return tree.Perform(line, "SELECT " + reader.until(";"))


def _execute(reader: BodyReader) -> tree.Statement:
    line, into = reader.line, list[str]()
    reader.expect("EXECUTE")
    command = reader.until(";", "INTO", "USING")
    if reader.take("INTO"):
        into.append(reader.path())
        while reader.take(","):
            into.append(reader.path())
    if reader.peek() != ";":  # USING is PostgreSQL's
        raise reader.error()
    return tree.Execute(line, command, tuple(into))


def _call(reader: BodyReader) -> tree.Statement:
    line = reader.line
    reader.expect("CALL")
    start = reader.index
    reader.path()
    name = reader.between(start, reader.index)
    return tree.Call(line, name, tuple(reader.enclosed()))


def _open(reader: BodyReader) -> tree.Statement:
    line = reader.line
    reader.expect("OPEN")
    cursor = reader.path()
    if reader.take("FOR"):
        dynamic = reader.take("EXECUTE")
        return tree.Open(line, cursor, reader.until(";"), dynamic)
    arguments = reader.enclosed() if reader.peek() == "(" else []
    return tree.Open(line, cursor, arguments=tuple(arguments))


def _fetch(reader: BodyReader) -> tree.Statement:
    line = reader.line
    reader.expect("FETCH")
    if reader.take("NEXT") and not reader.take("FROM"):
        reader.take("IN")
    else:
        reader.take("FROM")
    cursor = reader.path()
    reader.expect("INTO")
    into = [reader.path()]
    while reader.take(","):
        into.append(reader.path())
    return tree.Fetch(line, cursor, tuple(into))


def _close(reader: BodyReader) -> tree.Statement:
    line = reader.line
    reader.expect("CLOSE")
    return tree.Close(line, reader.path())


def _diagnose(reader: BodyReader) -> tree.Statement:
    line = reader.line
    reader.expect("GET", "DIAGNOSTICS")
    variable = reader.path()
    if not reader.take(":="):
        reader.expect("=")
    reader.expect("ROW_COUNT")
    return tree.Diagnose(line, variable)


def _transact(reader: BodyReader) -> tree.Statement:
    line, verb = reader.line, reader.next().upper
    if verb == "START":
        reader.expect("TRANSACTION")
    elif not reader.take("WORK"):
        reader.take("TRANSACTION")
    if reader.peek() != ";":
        raise reader.error()
    return tree.Transact(line, verb)


_STATEMENTS: dict[str, Callable[[BodyReader], tree.Statement]] = {
    "EXIT": _leave,
    "CONTINUE": _leave,
    "RETURN": _return,
    "NULL": _null,
    "RAISE": _raise,
    "PERFORM": _perform,
    "EXECUTE": _execute,
    "CALL": _call,
    "OPEN": _open,
    "FETCH": _fetch,
    "CLOSE": _close,
    "GET": _diagnose,
    "COMMIT": _transact,
    "ROLLBACK": _transact,
    "START": _transact,
}

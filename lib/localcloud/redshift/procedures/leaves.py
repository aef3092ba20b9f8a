"""Statements of a procedure that hold no others.

https://docs.aws.amazon.com/redshift/latest/dg/c_PLpgSQL-statements.html
"""

from __future__ import annotations

from collections.abc import Callable

from localcloud.redshift.errors import SqlError
from localcloud.redshift.procedures import tree
from localcloud.redshift.procedures.into import without_into
from localcloud.redshift.procedures.words import Words
from localcloud.redshift.sql.names import string_value

_LEVELS = ("NOTICE", "INFO", "LOG", "WARNING", "EXCEPTION", "DEBUG")


def read(words: Words) -> tree.Statement:
    """Return the statement that comes; what is none of the language's own is SQL. Raises SqlError."""
    reader = _STATEMENTS.get(words.peek())
    return reader(words) if reader is not None else _sql(words)


def _sql(words: Words) -> tree.Statement:
    line = words.line
    text, into = without_into(words.until(";"))
    return tree.Sql(line, text, into)


def _leave(words: Words) -> tree.Statement:
    line, goes_on, label = words.line, words.next().upper == "CONTINUE", ""
    if words.peek() not in (";", "WHEN"):
        label = words.name()
    condition = words.until(";") if words.accept("WHEN") else ""
    return tree.Leave(line, label, condition, goes_on)


def _return(words: Words) -> tree.Statement:
    line = words.line
    words.expect("RETURN")
    if words.peek() != ";":
        raise SqlError("42804", "RETURN cannot have a parameter in a procedure")
    return tree.Return(line)


def _null(words: Words) -> tree.Statement:
    words.expect("NULL")
    return tree.Nothing(words.line)


def _raise(words: Words) -> tree.Statement:
    line = words.line
    words.expect("RAISE")
    if words.peek() == ";":
        return tree.Raise(line)
    level = words.next().upper
    token = words.next() if level in _LEVELS else words.token(-1)
    if level not in _LEVELS or token.kind != "string":
        raise SqlError("42601", f'syntax error at or near "{token.text}"')
    form, arguments = string_value(token), list[str]()
    while words.accept(","):
        arguments.append(words.until(",", ";"))
    _check_count(form, arguments)
    return tree.Raise(line, level, form, tuple(arguments))


def _check_count(form: str, arguments: list[str]) -> None:
    places = form.replace("%%", "").count("%")
    if places != len(arguments):
        raise SqlError("42601", f"too {'few' if places > len(arguments) else 'many'} parameters specified for RAISE")


def _perform(words: Words) -> tree.Statement:
    line = words.line
    words.expect("PERFORM")
    return tree.Perform(line, "SELECT " + words.until(";"))


def _execute(words: Words) -> tree.Statement:
    line, into = words.line, list[str]()
    words.expect("EXECUTE")
    command = words.until(";", "INTO", "USING")
    if words.accept("INTO"):
        into.append(words.path())
        while words.accept(","):
            into.append(words.path())
    if words.peek() != ";":  # USING is PostgreSQL's
        raise words.error()
    return tree.Execute(line, command, tuple(into))


def _call(words: Words) -> tree.Statement:
    line = words.line
    words.expect("CALL")
    start = words.place
    words.path()
    name = words.between(start, words.place)
    return tree.Call(line, name, tuple(words.enclosed()))


def _open(words: Words) -> tree.Statement:
    line = words.line
    words.expect("OPEN")
    cursor = words.path()
    if words.accept("FOR"):
        dynamic = words.accept("EXECUTE")
        return tree.Open(line, cursor, words.until(";"), dynamic)
    arguments = words.enclosed() if words.peek() == "(" else []
    return tree.Open(line, cursor, arguments=tuple(arguments))


def _fetch(words: Words) -> tree.Statement:
    line = words.line
    words.expect("FETCH")
    if words.accept("NEXT") and not words.accept("FROM"):
        words.accept("IN")
    else:
        words.accept("FROM")
    cursor = words.path()
    words.expect("INTO")
    into = [words.path()]
    while words.accept(","):
        into.append(words.path())
    return tree.Fetch(line, cursor, tuple(into))


def _close(words: Words) -> tree.Statement:
    line = words.line
    words.expect("CLOSE")
    return tree.Close(line, words.path())


def _diagnose(words: Words) -> tree.Statement:
    line = words.line
    words.expect("GET", "DIAGNOSTICS")
    variable = words.path()
    if not words.accept(":="):
        words.expect("=")
    words.expect("ROW_COUNT")
    return tree.Diagnose(line, variable)


def _transact(words: Words) -> tree.Statement:
    line, verb = words.line, words.next().upper
    if verb == "START":
        words.expect("TRANSACTION")
    elif not words.accept("WORK"):
        words.accept("TRANSACTION")
    if words.peek() != ";":
        raise words.error()
    return tree.Transact(line, verb)


_STATEMENTS: dict[str, Callable[[Words], tree.Statement]] = {
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

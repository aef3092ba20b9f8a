"""The body of a procedure, read into its tree.

https://docs.aws.amazon.com/redshift/latest/dg/c_PLpgSQL-structure.html
"""

from __future__ import annotations

from collections.abc import Callable

from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.procedures import declarations, leaves, tree
from localcloud.redshift.procedures.body_reader import BodyReader
from localcloud.redshift.sql.lexer import Tokens

Statements = tuple[tree.Statement, ...]


def parse(source: Tokens) -> tree.Block:
    """Return the outermost block of a body. Raises SqlError."""
    reader = BodyReader(source)
    block = _block(reader, _label(reader))
    reader.take(";")
    if not reader.ended:
        raise reader.error()
    return block


def _label(reader: BodyReader) -> str:
    if not reader.take("<<"):
        return ""
    name = reader.name()
    reader.expect(">>")
    return name


def _block(reader: BodyReader, label: str) -> tree.Block:
    line, declared = reader.line, list[tree.Declaration]()
    while reader.take("DECLARE"):
        declared += declarations.read(reader)
    reader.expect("BEGIN")
    body = _statements(reader, "END", "EXCEPTION")
    handler, continues = _handler(reader) if reader.take("EXCEPTION") else (None, False)
    reader.expect("END")
    _end_label(reader, label)
    return tree.Block(line, label, tuple(declared), body, handler, continues)


def _handler(reader: BodyReader) -> tuple[Statements, bool]:
    """Read WHEN OTHERS THEN. Raises SqlError at another condition, which Redshift does not have."""
    continues = reader.take("CONTINUE_HANDLER")
    if not continues:
        reader.take("EXIT_HANDLER")
    reader.expect("WHEN")
    condition = reader.until("THEN")
    if condition.upper() != "OTHERS":
        raise not_supported(f"the exception condition {condition}", hint="OTHERS is the only one")
    reader.expect("THEN")
    return _statements(reader, "END"), continues


def _end_label(reader: BodyReader, label: str) -> None:
    if reader.peek() not in (";", "") and reader.name() != label:
        raise SqlError(
            "42601", f"the label at the end of a block must be the block's label, {label or 'which has none'}"
        )


def _statements(reader: BodyReader, *ends: str) -> Statements:
    statements = list[tree.Statement]()
    while reader.peek() not in ends or (reader.peek() == "END" and reader.ended):
        statements.append(_statement(reader))
        reader.expect(";")
    return tuple(statements)


def _statement(reader: BodyReader) -> tree.Statement:
    label = _label(reader)
    word = reader.peek()
    if word in ("BEGIN", "DECLARE"):
        return _block(reader, label)
    if word in _LOOPS:
        return _LOOPS[word](reader, label)
    if label:
        raise reader.error()
    if reader.peek(1) in (":=", "=") or (reader.peek(1) == "." and reader.peek(3) in (":=", "=")):
        return _assign(reader)
    if word in _BRANCHES:
        return _BRANCHES[word](reader)
    return leaves.read(reader)


def _assign(reader: BodyReader) -> tree.Statement:
    line, target = reader.line, reader.path()
    reader.next()
    return tree.Assign(line, target, reader.until(";"))


def _if(reader: BodyReader) -> tree.Statement:
    line, branches, otherwise = reader.line, list[tuple[str, Statements]](), None
    reader.expect("IF")
    while True:
        condition = reader.until("THEN")
        reader.expect("THEN")
        branches.append((condition, _statements(reader, "ELSIF", "ELSEIF", "ELSE", "END")))
        if not (reader.take("ELSIF") or reader.take("ELSEIF")):
            break
    if reader.take("ELSE"):
        otherwise = _statements(reader, "END")
    reader.expect("END", "IF")
    return tree.If(line, tuple(branches), otherwise)


def _case(reader: BodyReader) -> tree.Statement:
    line, branches, otherwise = reader.line, list[tuple[str, Statements]](), None
    reader.expect("CASE")
    searched = "" if reader.peek() == "WHEN" else reader.until("WHEN")
    while reader.take("WHEN"):
        condition = reader.until("THEN")
        reader.expect("THEN")
        branches.append((condition, _statements(reader, "WHEN", "ELSE", "END")))
    if reader.take("ELSE"):
        otherwise = _statements(reader, "END")
    reader.expect("END", "CASE")
    return tree.Case(line, tuple(branches), otherwise, searched)


def _loop_body(reader: BodyReader, label: str) -> Statements:
    reader.expect("LOOP")
    body = _statements(reader, "END")
    reader.expect("END", "LOOP")
    _end_label(reader, label)
    return body


def _loop(reader: BodyReader, label: str) -> tree.Statement:
    return tree.Loop(reader.line, label, _loop_body(reader, label))


def _while(reader: BodyReader, label: str) -> tree.Statement:
    line = reader.line
    reader.expect("WHILE")
    condition = reader.until("LOOP")
    return tree.Loop(line, label, _loop_body(reader, label), condition)


def _for(reader: BodyReader, label: str) -> tree.Statement:
    line = reader.line
    reader.expect("FOR")
    targets = [reader.path()]
    while reader.take(","):
        targets.append(reader.path())
    reader.expect("IN")
    if reader.take("EXECUTE"):
        query = reader.until("LOOP")
        return tree.Each(line, label, tuple(targets), query, True, _loop_body(reader, label))
    reverse = reader.take("REVERSE")
    text = reader.until("LOOP")
    bounds = declarations.bounds(text)
    if bounds is None:
        return tree.Each(line, label, tuple(targets), text, False, _loop_body(reader, label))
    first, last, step = bounds
    return tree.Count(line, label, targets[0], first, last, step, reverse, _loop_body(reader, label))


_LOOPS: dict[str, Callable[[BodyReader, str], tree.Statement]] = {"LOOP": _loop, "WHILE": _while, "FOR": _for}
_BRANCHES: dict[str, Callable[[BodyReader], tree.Statement]] = {"IF": _if, "CASE": _case}

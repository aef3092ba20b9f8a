"""The body of a procedure, read into its tree.

https://docs.aws.amazon.com/redshift/latest/dg/c_PLpgSQL-structure.html
"""

from __future__ import annotations

from collections.abc import Callable

from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.procedures import declarations, leaves, tree
from localcloud.redshift.procedures.words import Words
from localcloud.redshift.sql.lexer import Tokens

Statements = tuple[tree.Statement, ...]


def parse(source: Tokens) -> tree.Block:
    """Return the outermost block of a body. Raises SqlError."""
    words = Words(source)
    block = _block(words, _label(words))
    words.accept(";")
    if not words.ended:
        raise words.error()
    return block


def _label(words: Words) -> str:
    if not words.accept("<<"):
        return ""
    name = words.name()
    words.expect(">>")
    return name


def _block(words: Words, label: str) -> tree.Block:
    line, declared = words.line, list[tree.Declaration]()
    while words.accept("DECLARE"):
        declared += declarations.read(words)
    words.expect("BEGIN")
    body = _statements(words, "END", "EXCEPTION")
    handler, continues = _handler(words) if words.accept("EXCEPTION") else (None, False)
    words.expect("END")
    _end_label(words, label)
    return tree.Block(line, label, tuple(declared), body, handler, continues)


def _handler(words: Words) -> tuple[Statements, bool]:
    """Read WHEN OTHERS THEN. Raises SqlError at another condition, which Redshift does not have."""
    continues = words.accept("CONTINUE_HANDLER")
    if not continues:
        words.accept("EXIT_HANDLER")
    words.expect("WHEN")
    condition = words.until("THEN")
    if condition.upper() != "OTHERS":
        raise not_supported(f"the exception condition {condition}", hint="OTHERS is the only one")
    words.expect("THEN")
    return _statements(words, "END"), continues


def _end_label(words: Words, label: str) -> None:
    if words.peek() not in (";", "") and words.name() != label:
        raise SqlError(
            "42601", f"the label at the end of a block must be the block's label, {label or 'which has none'}"
        )


def _statements(words: Words, *ends: str) -> Statements:
    found = list[tree.Statement]()
    while words.peek() not in ends or (words.peek() == "END" and words.ended):
        found.append(_statement(words))
        words.expect(";")
    return tuple(found)


def _statement(words: Words) -> tree.Statement:
    label = _label(words)
    word = words.peek()
    if word in ("BEGIN", "DECLARE"):
        return _block(words, label)
    if word in _LOOPS:
        return _LOOPS[word](words, label)
    if label:
        raise words.error()
    if words.peek(1) in (":=", "=") or (words.peek(1) == "." and words.peek(3) in (":=", "=")):
        return _assign(words)
    if word in _BRANCHES:
        return _BRANCHES[word](words)
    return leaves.read(words)


def _assign(words: Words) -> tree.Statement:
    line, target = words.line, words.path()
    words.next()
    return tree.Assign(line, target, words.until(";"))


def _if(words: Words) -> tree.Statement:
    line, branches, otherwise = words.line, list[tuple[str, Statements]](), None
    words.expect("IF")
    while True:
        condition = words.until("THEN")
        words.expect("THEN")
        branches.append((condition, _statements(words, "ELSIF", "ELSEIF", "ELSE", "END")))
        if not (words.accept("ELSIF") or words.accept("ELSEIF")):
            break
    if words.accept("ELSE"):
        otherwise = _statements(words, "END")
    words.expect("END", "IF")
    return tree.If(line, tuple(branches), otherwise)


def _case(words: Words) -> tree.Statement:
    line, branches, otherwise = words.line, list[tuple[str, Statements]](), None
    words.expect("CASE")
    searched = "" if words.peek() == "WHEN" else words.until("WHEN")
    while words.accept("WHEN"):
        condition = words.until("THEN")
        words.expect("THEN")
        branches.append((condition, _statements(words, "WHEN", "ELSE", "END")))
    if words.accept("ELSE"):
        otherwise = _statements(words, "END")
    words.expect("END", "CASE")
    return tree.Case(line, tuple(branches), otherwise, searched)


def _loop_body(words: Words, label: str) -> Statements:
    words.expect("LOOP")
    body = _statements(words, "END")
    words.expect("END", "LOOP")
    _end_label(words, label)
    return body


def _loop(words: Words, label: str) -> tree.Statement:
    return tree.Loop(words.line, label, _loop_body(words, label))


def _while(words: Words, label: str) -> tree.Statement:
    line = words.line
    words.expect("WHILE")
    condition = words.until("LOOP")
    return tree.Loop(line, label, _loop_body(words, label), condition)


def _for(words: Words, label: str) -> tree.Statement:
    line = words.line
    words.expect("FOR")
    targets = [words.path()]
    while words.accept(","):
        targets.append(words.path())
    words.expect("IN")
    if words.accept("EXECUTE"):
        query = words.until("LOOP")
        return tree.Each(line, label, tuple(targets), query, True, _loop_body(words, label))
    reverse = words.accept("REVERSE")
    text = words.until("LOOP")
    bounds = declarations.bounds(text)
    if bounds is None:
        return tree.Each(line, label, tuple(targets), text, False, _loop_body(words, label))
    first, last, step = bounds
    return tree.Count(line, label, targets[0], first, last, step, reverse, _loop_body(words, label))


_LOOPS: dict[str, Callable[[Words, str], tree.Statement]] = {"LOOP": _loop, "WHILE": _while, "FOR": _for}
_BRANCHES: dict[str, Callable[[Words], tree.Statement]] = {"IF": _if, "CASE": _case}

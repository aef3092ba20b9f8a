"""What Redshift forbids of procedures when they are created.

https://docs.aws.amazon.com/redshift/latest/dg/stored-procedure-constraints.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.procedures import tree
from localcloud.redshift.sql import absent, routines
from localcloud.redshift.sql.lexer import lex

_SOURCE_BYTES, _ARGUMENTS, _VARIABLES = 2 * 1024 * 1024, 32, 1024


def check(procedure: tree.Procedure, block: tree.Block, *, definer: bool) -> None:
    """Raise SqlError at what a procedure may not have."""
    _check_limits(procedure, block)
    if procedure.nonatomic and (definer or procedure.settings):
        option = "SECURITY DEFINER" if definer else "SET"
        raise SqlError("0A000", f"{option} is not supported for a NONATOMIC procedure")
    for statement in statements(block):
        _check_mode(statement, procedure.nonatomic)
        if definer:
            _check_definer(statement)
    absent.refuse_functions(lex(procedure.source))


def _check_limits(procedure: tree.Procedure, block: tree.Block) -> None:
    if len(procedure.source.encode()) > _SOURCE_BYTES:
        raise SqlError("54000", "the source of a procedure can have at most 2 MB")
    for what, count in (
        ("input", sum(argument.is_given for argument in procedure.arguments)),
        ("output", sum(argument.is_returned for argument in procedure.arguments)),
    ):
        if count > _ARGUMENTS:
            raise SqlError("54023", f"a procedure can have at most {_ARGUMENTS} {what} arguments")
    declared = [
        declaration for part in statements(block) if isinstance(part, tree.Block) for declaration in part.declarations
    ]
    for declaration in declared:
        routines.check_type(lex(declaration.type))
    if len(declared) > _VARIABLES:
        raise SqlError("54000", f"a procedure can have at most {_VARIABLES} variables")


def _check_mode(statement: tree.Statement, nonatomic: bool) -> None:
    if nonatomic:
        return
    if isinstance(statement, tree.Raise) and not statement.level:
        raise SqlError("0A000", "RAISE without parameters is supported in NONATOMIC procedures only")
    if isinstance(statement, tree.Transact) and statement.verb == "START":
        raise SqlError("0A000", "START TRANSACTION is supported in NONATOMIC procedures only")
    if isinstance(statement, tree.Block) and statement.continues:
        raise SqlError("0A000", "CONTINUE_HANDLER is supported in NONATOMIC procedures only")


def _check_definer(statement: tree.Statement) -> None:
    if isinstance(statement, tree.Block) and statement.handler is not None:
        raise not_supported("EXCEPTION in a procedure with SECURITY DEFINER")
    if isinstance(statement, tree.Transact):
        raise not_supported(f"{statement.verb} in a procedure with SECURITY DEFINER")


def statements(statement: tree.Statement) -> Iterator[tree.Statement]:
    """Yield a statement and all those within it."""
    yield statement
    for field in fields(statement):
        for inner in _nested(getattr(statement, field.name)):
            yield from statements(inner)


def _nested(value: object) -> Iterator[tree.Statement]:
    if isinstance(value, tree.Statement):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nested(item)

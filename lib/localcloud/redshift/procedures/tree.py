"""What the body of a procedure says: blocks, declarations and statements. Expressions and SQL stay as they are written.

https://docs.aws.amazon.com/redshift/latest/dg/c_PLpgSQL-statements.html
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Declaration:
    """A variable. A cursor has the text of its query, an alias the number of an argument."""

    name: str
    type: str = ""
    default: str = ""
    constant: bool = False
    not_null: bool = False
    query: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    """Names and types of the parameters of a cursor."""
    alias: int = 0


@dataclass(frozen=True)
class Statement:
    """Any statement; `line` counts from 1 at the beginning of the body."""

    line: int


@dataclass(frozen=True)
class Block(Statement):
    """DECLARE ... BEGIN ... EXCEPTION WHEN OTHERS THEN ... END; `handler` is None if there is no EXCEPTION."""

    label: str
    declarations: tuple[Declaration, ...]
    body: tuple[Statement, ...]
    handler: tuple[Statement, ...] | None = None
    continues: bool = False
    """The handler is a CONTINUE_HANDLER: the statement after the one that failed comes next."""


@dataclass(frozen=True)
class Sql(Statement):
    """A statement for the engine, with the variables that take its first row."""

    text: str
    into: tuple[str, ...] = ()


@dataclass(frozen=True)
class Perform(Statement):
    """A query whose rows are thrown away."""

    text: str


@dataclass(frozen=True)
class Execute(Statement):
    """Dynamic SQL."""

    command: str
    into: tuple[str, ...] = ()


@dataclass(frozen=True)
class Assign(Statement):
    """A variable, or a field of a record, takes a value."""

    target: str
    value: str


@dataclass(frozen=True)
class If(Statement):
    """Conditions with what follows each, and what follows if none holds."""

    branches: tuple[tuple[str, tuple[Statement, ...]], ...]
    otherwise: tuple[Statement, ...] | None


@dataclass(frozen=True)
class Case(If):
    """A CASE without ELSE is an error if no condition holds. A simple one has the value that is searched."""

    searched: str = ""


@dataclass(frozen=True)
class Loop(Statement):
    """LOOP, or WHILE where there is a condition."""

    label: str
    body: tuple[Statement, ...]
    condition: str = ""


@dataclass(frozen=True)
class Count(Statement):
    """FOR over integers."""

    label: str
    variable: str
    first: str
    last: str
    step: str
    reverse: bool
    body: tuple[Statement, ...]


@dataclass(frozen=True)
class Each(Statement):
    """FOR over the rows of a query, or of a text that holds one."""

    label: str
    targets: tuple[str, ...]
    query: str
    dynamic: bool
    body: tuple[Statement, ...]


@dataclass(frozen=True)
class Leave(Statement):
    """EXIT, or CONTINUE."""

    label: str
    condition: str
    goes_on: bool


@dataclass(frozen=True)
class Return(Statement):
    """RETURN."""


@dataclass(frozen=True)
class Nothing(Statement):
    """NULL."""


@dataclass(frozen=True)
class Raise(Statement):
    """A message, or an error; without a level what was caught is thrown again."""

    level: str = ""
    format: str = ""
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Call(Statement):
    """A call of another procedure."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Open(Statement):
    """OPEN of a cursor: with a query, with a text that holds one, or with arguments."""

    cursor: str
    query: str = ""
    dynamic: bool = False
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fetch(Statement):
    """FETCH of the next row."""

    cursor: str
    into: tuple[str, ...]


@dataclass(frozen=True)
class Close(Statement):
    """CLOSE of a cursor."""

    cursor: str


@dataclass(frozen=True)
class Diagnose(Statement):
    """GET DIAGNOSTICS variable := ROW_COUNT."""

    variable: str


@dataclass(frozen=True)
class Transact(Statement):
    """COMMIT, ROLLBACK or START TRANSACTION."""

    verb: str


@dataclass
class Argument:
    """One argument of a procedure: its name (empty if it has none), its mode and its type as written."""

    name: str
    mode: str
    type: str

    @property
    def is_given(self) -> bool:
        """Return whether a CALL gives it."""
        return self.mode != "OUT"

    @property
    def is_returned(self) -> bool:
        """Return whether a CALL answers it."""
        return self.mode != "IN"


@dataclass
class Procedure:
    """A procedure as it was created."""

    name: str
    arguments: list[Argument]
    source: str
    nonatomic: bool = False
    settings: dict[str, str] = field(default_factory=dict)
    """Parameters that hold while it runs (SET of CREATE PROCEDURE)."""

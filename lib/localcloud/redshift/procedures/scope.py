"""Variables of a procedure: where a name stands for one, and what a value becomes in a variable of a type.

Values are in the engine's text form. A name is a variable before it is a column, as in Redshift.
https://docs.aws.amazon.com/redshift/latest/dg/c_PLpgSQL-structure.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.lexer import lex
from localcloud.redshift.sql.types import engine_type

Value = tuple[str | None, str]
"""A value in text form and the name of its type."""
_SIZED = re.compile(r"^(?:varchar|char|character varying|character)\((\d+)\)$")
_TEXTS = re.compile(r"^(?:text|varchar|char|character varying|character|bpchar)\b")


@dataclass
class Variable:
    """A scalar; a cursor is one that holds the cursor's name."""

    name: str
    type: str
    """In the engine's words."""
    value: str | None = None
    constant: bool = False
    not_null: bool = False
    query: str = ""
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def is_text(self) -> bool:
        """Return whether it holds text, which takes any value as it is written."""
        return bool(_TEXTS.match(self.type)) or self.type == "refcursor"

    def put(self, value: str | None) -> None:
        """Take a value of its own type. Raises SqlError if it does not fit."""
        if value is None and self.not_null:
            raise SqlError("22004", f'null value cannot be assigned to variable "{self.name}" declared NOT NULL')
        sized = _SIZED.match(self.type)
        if sized and value is not None:
            value = self._sized(value, int(sized[1]))
        self.value = value

    def _sized(self, value: str, size: int) -> str:
        if len(value.encode()) > size:
            value = value.rstrip(" ")
        if len(value.encode()) > size:
            raise SqlError("22001", f"value too long for type {_long_name(self.type)}")
        return value


@dataclass
class Record:
    """A row; None until one was assigned."""

    name: str
    fields: dict[str, Value] | None = None


Named = Variable | Record


@dataclass
class Scope:
    """The variables of a block, within those of the block around it."""

    outer: Scope | None = None
    label: str = ""
    names: dict[str, Named] = field(default_factory=dict)
    positions: list[str] = field(default_factory=list)
    """Names of the arguments by their numbers."""

    def find(self, name: str) -> Named | None:
        """Return what a name stands for; None if it is not a variable."""
        if name.startswith("$"):
            at = int(name[1:]) - 1
            if at < len(self.positions):
                return self.names.get(self.positions[at])
        elif name in self.names:
            return self.names[name]
        return self.outer.find(name) if self.outer is not None else None

    def labelled(self, label: str) -> Scope | None:
        """Return the block with a label."""
        if label and self.label == label:
            return self
        return self.outer.labelled(label) if self.outer is not None else None

    def variable(self, name: str) -> Variable:
        """Return a scalar. Raises SqlError if there is none."""
        label, _, rest = name.partition(".")
        variable = self.find(name)
        if variable is None and rest and (block := self.labelled(label)) is not None:
            variable = block.names.get(rest)
        if not isinstance(variable, Variable):
            raise SqlError("42601", f'"{name}" is not a known variable')
        return variable

    def read(self, name: str) -> Value | None:
        """Return the value of a variable or a record's field; None if the name is none. Raises SqlError."""
        first, _, rest = name.partition(".")
        variable = self.find(first)
        if isinstance(variable, Record) and rest:
            return _field(variable, rest)
        if isinstance(variable, Variable) and not rest:
            return variable.value, variable.type
        block = self.labelled(first)
        if block is not None and isinstance(inner := block.names.get(rest), Variable):
            return inner.value, inner.type
        return None


def _field(record: Record, name: str) -> Value:
    if record.fields is None:
        raise SqlError("55000", f'record "{record.name}" is not assigned yet')
    if name not in record.fields:
        raise SqlError("42703", f'record "{record.name}" has no field "{name}"')
    return record.fields[name]


def type_of(written: str) -> str:
    """Return a declared type in the engine's words. Raises SqlError."""
    if written.lower() in ("refcursor", "text"):
        return "varchar" if written.lower() == "text" else "refcursor"
    return " ".join(engine_type(lex(written)).lower().split()).replace(" ( ", "(").replace(" )", ")").replace(" (", "(")


def bare(kind: str) -> str:
    """Return a type without a length, which a cast would cut to in silence."""
    return "varchar" if _TEXTS.match(kind) or kind == "refcursor" else kind


def _long_name(kind: str) -> str:
    return (
        kind.replace("varchar", "character varying")
        if kind.startswith("varchar")
        else kind.replace("char(", "character(")
    )

"""What a table has in addition to its columns: keys, encodings and the like, which the engine does not know."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.names import literal


@dataclass
class Notes:
    """What a table has in addition to its columns, as `redshift_lab.note_table` takes it."""

    diststyle: str = "AUTO(ALL)"
    distkey: str = ""
    sortkeys: list[str] = field(default_factory=list)
    interleaved: bool = False
    encodings: dict[str, str] = field(default_factory=dict)
    identities: dict[str, str] = field(default_factory=dict)
    foreign_keys: list[dict[str, Any]] = field(default_factory=list)
    table: str = ""
    """Its name as written, for errors."""
    types: dict[str, str] = field(default_factory=dict)
    """The first words of the types of its columns, in capitals, for checks."""
    like: str = ""
    """The table whose distribution and sort keys are taken over."""
    keep: bool = False
    """Notes that the table has already stay: it may have been there before."""

    def distribute_by(self, *names: str) -> None:
        """Take a column as distribution key. Raises SqlError at a second one."""
        if self.distkey or len(names) > 1:
            raise SqlError("42601", "a table has one distribution key: DISTKEY is given more than once")
        self.distkey, self.diststyle = names[0], "KEY"

    def statement(self, table: str) -> str:
        """Return the call that stores the notes."""
        noted = {name: value for name, value in self.__dict__.items() if name not in ("table", "types")}
        return f"SELECT redshift_lab.note_table({literal(table)}, {literal(json.dumps(noted))})"


def do(statement: str) -> str:
    """Return a statement with the effect of a SELECT of functions and no rows."""
    return f"DO {literal('BEGIN PERFORM' + statement.removeprefix('SELECT') + '; END')}"

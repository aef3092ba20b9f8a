"""CALL, which leaves out the OUT arguments of a procedure: the engine wants something in their places.

https://docs.aws.amazon.com/redshift/latest/dg/r_CALL_procedure.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.blocks import parts
from localcloud.redshift.sql.ddl import name_end
from localcloud.redshift.sql.lexer import Token, closing
from localcloud.redshift.sql.plan import NeedsRows


def with_out_arguments(sql: str, words: list[Token], known: Mapping[str, Any]) -> str:
    """Return a CALL with NULL in the places of OUT arguments.

    Raises NeedsRows to be asked again with the modes of the arguments, SqlError where procedures of that name with as
    many arguments have them in different places.
    """
    opening = name_end(words, 1)
    if opening >= len(words) or words[opening].text != "(":
        return sql
    last = closing(words, opening)
    given = [
        sql[words[first].start : words[end - 1].end] for first, end in parts(words, opening + 1, last) if first < end
    ]
    name = sql[words[1].start : words[opening - 1].end]
    key = f"call:{name}:{len(given)}"
    if key not in known:
        raise NeedsRows(key, "SELECT redshift_lab.argument_modes($1, $2)", name, str(len(given)))
    found = [row[0] for row in known[key]]
    if len(found) > 1:
        raise SqlError("42725", f"procedure {name} is not unique: its OUT arguments are in different places")
    if not found or "o" not in found[0]:
        return sql
    left = iter(given)
    listed = ", ".join("NULL" if mode == "o" else next(left) for mode in found[0])
    return sql[: words[opening].end] + listed + sql[words[last].start :]

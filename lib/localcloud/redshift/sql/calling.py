"""CALL, which leaves out the OUT arguments of a procedure: the engine wants something in their places.

https://docs.aws.amazon.com/redshift/latest/dg/r_CALL_procedure.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.edits import apply, between, made, replace, written
from localcloud.redshift.sql.facts import Facts
from localcloud.redshift.sql.lexer import Tokens, closing
from localcloud.redshift.sql.names import name_end
from localcloud.redshift.sql.tree import parts


async def with_out_arguments(tokens: Tokens, facts: Facts) -> Tokens:
    """Return a CALL with NULL in the places of OUT arguments.

    Raises SqlError if procedures of that name with as many arguments have them in different places.
    """
    opening = name_end(tokens, 1)
    if opening >= len(tokens) or tokens[opening].text != "(":
        return tokens
    last = closing(tokens, opening)
    given = [tokens[first:end] for first, end in parts(tokens, opening + 1, last) if first < end]
    name = written(tokens[1:opening])
    rows = await facts.rows("SELECT redshift_lab.argument_modes($1, $2)", name, str(len(given)))
    modes = [row[0] for row in rows]
    if len(modes) > 1:
        raise SqlError("42725", f"procedure {name} is not unique: its OUT arguments are in different places")
    if not modes or "o" not in modes[0]:
        return tokens
    left = iter(given)
    listed = between(", ", [made("NULL") if mode == "o" else next(left) for mode in modes[0]])
    return apply(tokens, [replace(tokens[opening], tokens[last], "(", listed, ")")])

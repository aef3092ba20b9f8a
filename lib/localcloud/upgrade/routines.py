"""What users' views and routines call of the engine: it may have another name in this version, or be gone from it."""

from __future__ import annotations

import re

from localcloud.errors import LocalCloudError
from localcloud.upgrade.schema import sql
from localcloud.upgrade.servers import Connection

_RENAME = {
    "function": "UPDATE pg_catalog.pg_proc SET proname = %s WHERE oid = %s",
    "operator": "UPDATE pg_catalog.pg_operator SET oprname = %s WHERE oid = %s",
}
_HERE = {
    "function": "SELECT proname::text, proargtypes::text FROM pg_catalog.pg_proc WHERE pronamespace = "
    "'pg_catalog'::regnamespace",
    "operator": "SELECT oprname::text, oprleft || ' ' || oprright FROM pg_catalog.pg_operator",
}
_CALL = re.compile(r"\bredshift_lab\.(\w+)")
_DEFINITION = (
    "SELECT proname::text FROM pg_catalog.pg_proc WHERE prosrc = 'pg_get_functiondef' AND oid < 16384 "
    "AND pronamespace = 'pg_catalog'::regnamespace"
)


def rename_as_in(copy: Connection, new: Connection) -> None:
    """Give PostgreSQL's own functions and operators in the copy the names that they have in this version.

    A view keeps their numbers, so its text then shows names that this version knows. Where this version has a function
    of its own by the old name, the view gets that one: it is what the same text means today.
    """
    old, now = (connection.execute(sql("names.sql").encode()).fetchall() for connection in (copy, new))
    names = {(kind, number): name for kind, number, name, _ in now}
    here = {kind: set(new.execute(query.encode()).fetchall()) for kind, query in _HERE.items()}
    taken = {kind: set(copy.execute(query.encode()).fetchall()) for kind, query in _HERE.items()}
    for kind, number, name, types in old:
        wanted = names[kind, number]
        if wanted != name and (name, types) not in here[kind] and (wanted, types) not in taken[kind]:
            copy.execute(_RENAME[kind].encode(), (wanted, number))


def carry_missing(copy: Connection, new: Connection) -> list[str]:
    """Make the functions of the old engine that users' objects need and this version lacks; return their names."""
    copy.execute("SET search_path = ''")
    new.execute("SET search_path = ''; SET check_function_bodies = off")
    (definition,) = copy.execute(_DEFINITION.encode()).fetchone() or ("",)
    carried = list[str]()
    for number, shown, kind in _needed(copy):
        if new.execute("SELECT to_regprocedure(%s)", (shown,)).fetchone() != (None,):
            continue
        if kind == "a":
            raise LocalCloudError(
                f"a view needs the aggregate {shown}, which this version of the lab lacks; nothing was changed"
            )
        text = copy.execute(f"SELECT pg_catalog.{definition}(%s)", (number,)).fetchone() or ("",)
        new.execute(text[0].encode())
        carried.append(shown)
    return carried


def _needed(copy: Connection) -> list[tuple[int, str, str]]:
    """Return the engine's functions that users' objects call, and those that these call in turn: number, name, kind."""
    routines = copy.execute(sql("needed.sql").encode()).fetchall()
    engine = [routine for routine in routines if routine[5] != "users"]
    wanted = {routine[0] for routine in engine if routine[5] == "called"}
    texts = [routine[4] for routine in routines if routine[5] == "users" or routine[0] in wanted]
    while texts:
        names = {name for text in texts for name in _CALL.findall(text)}
        more = [routine for routine in engine if routine[1] in names and routine[0] not in wanted]
        wanted |= {routine[0] for routine in more}
        texts = [routine[4] for routine in more]
    return [(number, shown, kind) for number, _, shown, kind, _, _ in engine if number in wanted]

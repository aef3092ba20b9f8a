"""What the engine keeps of users' objects in tables of its own: by number there, by name on the way."""

from __future__ import annotations

from psycopg import sql

from localcloud.errors import LocalCloudError
from localcloud.upgrade.servers import Connection

_NAME_OF = {
    "relation": "(SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c "
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = t.{0})",
    "routine": "(SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc p WHERE p.oid = t.{0})",
    "schema": "(SELECT pg_catalog.quote_ident(nspname) FROM pg_catalog.pg_namespace n WHERE n.oid = t.{0})",
    "types": "ARRAY(SELECT pg_catalog.format('%I.%I', n.nspname, y.typname) FROM unnest(t.{0}) WITH ORDINALITY "
    "u(id, place) JOIN pg_catalog.pg_type y ON y.oid = u.id JOIN pg_catalog.pg_namespace n ON n.oid = y.typnamespace "
    "ORDER BY u.place)",
}
_NUMBER_OF = {
    "relation": "to_regclass(%s)::oid",
    "routine": "to_regprocedure(%s)::oid",
    "schema": "to_regnamespace(%s)::oid",
    "types": "ARRAY(SELECT to_regtype(u)::oid FROM unnest(%s::text[]) WITH ORDINALITY u(u, place) ORDER BY place)",
}
REFERENCES = {
    ("columns", "table_id"): "relation",
    ("external_copies", "relation"): "relation",
    ("late_views", "view_id"): "relation",
    ("late_views", "types"): "types",
    ("loads", "table_id"): "relation",
    ("materialized_views", "view_id"): "relation",
    ("stream_offsets", "stage"): "relation",
    ("streams", "stage"): "relation",
    ("tables", "table_id"): "relation",
    ("view_changes", "view_id"): "relation",
    ("view_refreshes", "view_id"): "relation",
    ("argument_modifiers", "routine_id"): "routine",
    ("procedures", "routine_id"): "routine",
    ("external_schemas", "schema_id"): "schema",
}
"""What the numbers in a column are of. A new column of numbers needs a line here."""
_HISTORY = {("loads", "table_id"), ("view_refreshes", "view_id")}
"""Numbers of what may be gone since."""
_NOT_CARRIED = {"prepared", "external_columns", "external_partitions"}
"""The stamp, and what is read from the Glue catalog before each use."""
_COLUMNS = """
SELECT c.relname::text, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND c.relnamespace = 'redshift_lab'::regnamespace AND c.relname !~ '^old ' GROUP BY 1 ORDER BY 1
"""


def carry(copy: Connection, new: Connection) -> None:
    """Copy the engine's own tables. Raises LocalCloudError at one that this version does not know."""
    for connection in (copy, new):
        connection.execute("SET search_path = ''")
    old, now = (dict(connection.execute(_COLUMNS.encode()).fetchall()) for connection in (copy, new))
    for table in old.keys() - _NOT_CARRIED:
        if unknown := set(old[table]) - set(now.get(table, [])):
            raise LocalCloudError(
                f"this version of the lab does not know the columns {sorted(unknown)} of redshift_lab.{table}, which "
                "another version wrote. Try: git pull, then ./lab up"
            )
        _carry(copy, new, table, old[table])


def _carry(copy: Connection, new: Connection, table: str, columns: list[str]) -> None:
    kinds = [REFERENCES.get((table, column), "") for column in columns]
    given = [_expression(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    name = sql.Identifier("redshift_lab", table)
    rows = copy.execute(sql.SQL("SELECT {} FROM {} t").format(sql.SQL(", ").join(given), name)).fetchall()
    needed = [index for index, kind in enumerate(kinds) if kind and (table, columns[index]) not in _HISTORY]
    # An entry about an object that was dropped since has no name to go by, and means nothing any more.
    kept = [row for row in rows if all(row[index] is not None for index in needed)]
    values = [sql.SQL(_taken(table, column, kind)) for column, kind in zip(columns, kinds, strict=True)]
    insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        name, sql.SQL(", ").join(map(sql.Identifier, columns)), sql.SQL(", ").join(values)
    )
    with new.transaction(), new.cursor() as cursor:
        cursor.execute(sql.SQL("DELETE FROM {}").format(name))
        cursor.executemany(insert, kept)
    (count,) = new.execute(sql.SQL("SELECT count(*) FROM {}").format(name)).fetchone() or (0,)
    if count != len(kept):
        raise LocalCloudError(f"redshift_lab.{table} had {len(kept)} rows, and in the new warehouse it has {count}")


def _expression(column: str, kind: str) -> sql.Composable:
    if not kind:
        return sql.SQL("t.{}::text").format(sql.Identifier(column))
    return sql.SQL(_NAME_OF[kind].replace("{0}", column))


def _taken(table: str, column: str, kind: str) -> str:
    if not kind:
        return "%s"
    return f"coalesce({_NUMBER_OF[kind]}, 0)" if (table, column) in _HISTORY else _NUMBER_OF[kind]

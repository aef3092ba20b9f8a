"""Names in three parts: `database.schema.table` of the database at hand is read as `schema.table`.

The engine takes such names of tables, but not of schemas and routines, and the rules that look names up know two parts.
Names of another database stay as they are; the engine refuses them.
https://docs.aws.amazon.com/redshift/latest/dg/cross-database_usage.html
"""

from __future__ import annotations

from collections.abc import Iterator

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.blocks import folded, is_name
from localcloud.redshift.sql.lexer import Edit, Token, apply, tokens

_BEFORE_OBJECT = {
    *("FROM", "JOIN", "INTO", "UPDATE", "TABLE", "VIEW", "USING", "EXISTS", "ON", "CALL", "PROCEDURE", "FUNCTION"),
    *("TRUNCATE", "REFERENCES", "LIKE", "ANALYZE", "ANALYSE", "VACUUM", "COPY", "LOCK", "ONLY", "DELETE", "COLUMN"),
    *("FULL", "SORT", "REINDEX", "RECLUSTER", ","),
}


def without_database(sql: str, database: str) -> str:
    """Return the text with the name of the database at hand taken off the names of objects and schemas.

    Raises SqlError where a schema of another database is to be made or changed.
    """
    if not database or "." not in sql:
        return sql
    words = tokens(sql)
    if words and words[0].upper in ("SHOW", "SET", "RESET"):
        return sql
    edits = [*_objects(words, database), *_schemas(words, database)]
    return apply(sql, edits) if edits else sql


def _objects(words: list[Token], database: str) -> Iterator[Edit]:
    """Yield the changes to `database.schema.object`. A table of the database's name may stand for itself."""
    if _stands_alone(words, database):
        return
    for place in range(1, len(words) - 4):
        after = words[place - 1].upper in _BEFORE_OBJECT
        if after and _is_path(words, place, 3) and folded(words[place]) == database:
            yield Edit(words[place].start, words[place + 1].end, "")


def _stands_alone(words: list[Token], database: str) -> bool:
    return any(
        is_name(word)
        and folded(word) == database
        and (place + 1 == len(words) or words[place + 1].text != ".")
        and (place == 0 or words[place - 1].upper != "DATABASE")
        for place, word in enumerate(words)
    )


def _schemas(words: list[Token], database: str) -> Iterator[Edit]:
    kinds = [word.upper for word in words[:2]]
    for place in range(1, len(words) - 2):
        before = words[place - 1].upper
        of_schema = before == "SCHEMA" or (before == "EXISTS" and kinds[1:] == ["SCHEMA"])
        if of_schema and _is_path(words, place, 2) and not _is_path(words, place, 3):
            if folded(words[place]) != database:
                raise SqlError("0A000", f'cross-database reference to schema "{words[place].text}" is not supported')
            yield Edit(words[place].start, words[place + 1].end, "")


def _is_path(words: list[Token], place: int, parts: int) -> bool:
    """Return whether a name of so many parts begins there."""
    end = place + 2 * parts - 1
    if end > len(words):
        return False
    return all(is_name(words[at]) for at in range(place, end, 2)) and all(
        words[at].text == "." for at in range(place + 1, end, 2)
    )

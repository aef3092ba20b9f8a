"""Names in three parts: `database.schema.table` of the current database is read as `schema.table`.

The engine takes such names of tables, but not of schemas and routines, and the rules that look names up know two parts.
Names of another database stay as they are; the engine refuses them.
https://docs.aws.amazon.com/redshift/latest/dg/cross-database_usage.html
"""

from __future__ import annotations

from collections.abc import Iterator

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.edits import Edit, apply, replace
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import folded, is_name, is_path

_BEFORE_OBJECT = {
    *("FROM", "JOIN", "INTO", "UPDATE", "TABLE", "VIEW", "USING", "EXISTS", "ON", "CALL", "PROCEDURE", "FUNCTION"),
    *("TRUNCATE", "REFERENCES", "LIKE", "ANALYZE", "ANALYSE", "VACUUM", "COPY", "LOCK", "ONLY", "DELETE", "COLUMN"),
    *("FULL", "SORT", "REINDEX", "RECLUSTER", ","),
}


def without_database(tokens: Tokens, database: str) -> Tokens:
    """Return the tokens with the name of the current database taken off the names of objects and schemas.

    Raises SqlError if a schema of another database is to be made or changed.
    """
    if not database or not tokens or tokens[0].upper in ("SHOW", "SET", "RESET"):
        return tokens
    if not any(token.text == "." for token in tokens):
        return tokens
    edits = [*_objects(tokens, database), *_schemas(tokens, database)]
    return apply(tokens, edits) if edits else tokens


def _objects(tokens: Tokens, database: str) -> Iterator[Edit]:
    """Yield the changes to `database.schema.object`. A table of the database's name may stand for itself."""
    if _stands_alone(tokens, database):
        return
    for index in range(1, len(tokens) - 4):
        after = tokens[index - 1].upper in _BEFORE_OBJECT
        if after and is_path(tokens, index, 3) and folded(tokens[index]) == database:
            yield replace(tokens[index], tokens[index + 1])


def _stands_alone(tokens: Tokens, database: str) -> bool:
    return any(
        is_name(token)
        and folded(token) == database
        and (index + 1 == len(tokens) or tokens[index + 1].text != ".")
        and (index == 0 or tokens[index - 1].upper != "DATABASE")
        for index, token in enumerate(tokens)
    )


def _schemas(tokens: Tokens, database: str) -> Iterator[Edit]:
    kinds = [token.upper for token in tokens[:2]]
    for index in range(1, len(tokens) - 2):
        before = tokens[index - 1].upper
        of_schema = before == "SCHEMA" or (before == "EXISTS" and kinds[1:] == ["SCHEMA"])
        if of_schema and is_path(tokens, index, 2) and not is_path(tokens, index, 3):
            if folded(tokens[index]) != database:
                raise SqlError(
                    "0A000", f'cross-database reference to schema "{folded(tokens[index])}" is not supported'
                )
            yield replace(tokens[index], tokens[index + 1])

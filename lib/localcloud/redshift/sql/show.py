"""SHOW of lists, which newer drivers read their metadata by, and of the definitions of tables, views and procedures."""

from __future__ import annotations

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql.blocks import folded, is_name
from localcloud.redshift.sql.ddl import name_end, without_hash
from localcloud.redshift.sql.lexer import Token, closing, identifier, literal, string_value

FORMS = {
    "DATABASES",
    "SCHEMAS",
    "TABLES",
    "COLUMNS",
    "TABLE",
    "VIEW",
    "GRANTS",
    "PROCEDURES",
    "FUNCTIONS",
    "PARAMETERS",
    "PROCEDURE",
}
_FIELDS = {
    "DATABASES": "database_name, database_owner, database_type, database_acl, database_isolation_level",
    "SCHEMAS": "database_name, schema_name, schema_owner, schema_type, schema_acl, source_database, schema_option",
    "TABLES": "database_name, schema_name, table_name, table_type, table_acl, remarks",
    "COLUMNS": (
        "database_name, schema_name, table_name, column_name, ordinal_position, column_default, is_nullable, "
        "data_type, character_maximum_length, numeric_precision, numeric_scale, remarks"
    ),
}
SOURCES = {
    "DATABASES": ("svv_redshift_databases", ()),
    "SCHEMAS": ("svv_all_schemas", ("database_name",)),
    "TABLES": ("svv_all_tables", ("database_name", "schema_name")),
    "COLUMNS": ("svv_all_columns", ("database_name", "schema_name", "table_name")),
}
_LAST = {"DATABASES": "database_name", "SCHEMAS": "schema_name", "TABLES": "table_name", "COLUMNS": "column_name"}


DEFINITIONS = {
    "TABLE": "Show Table DDL statement",
    "VIEW": "Show View DDL statement",
    "PROCEDURE": "Stored Procedure Definition",
}
"""What prints one definition, and the name of its column."""


def _definition(words: list[Token]) -> str:
    form, place = words[1].upper, 2
    if place >= len(words):
        raise SqlError("42601", "syntax error at end of input")
    end = name_end(words, place)
    name = "".join(word.text if word.kind == "quoted" else word.text.lower() for word in words[place:end])
    arguments = [literal(without_hash(name))]
    if form == "PROCEDURE":
        given = "NULL"
        if end < len(words) and words[end].text == "(":
            last = closing(words, end)
            given, end = literal(" ".join(word.text for word in words[end + 1 : last])), last + 1
        arguments.append(given)
    if end < len(words):
        raise syntax_error(words[end].text)
    call = f"redshift_lab.show_{form.lower()}({', '.join(arguments)})"
    return f"SELECT {call} AS {identifier(DEFINITIONS[form])}"


def query(words: list[Token]) -> str:
    """Return the query that answers a SHOW. Raises SqlError at a form that the lab does not have."""
    form = words[1].upper
    if form in DEFINITIONS:
        return _definition(words)
    if form not in SOURCES:
        raise not_supported(f"SHOW {form}")
    source, keys = SOURCES[form]
    conditions, place = list[str](), 2
    if place < len(words) and words[place].upper == "FROM":
        place += 2 if place + 1 < len(words) and words[place + 1].upper in ("DATABASE", "SCHEMA", "TABLE") else 1
        path = list[str]()
        while (
            place < len(words) and (is_name(words[place]) or words[place].text == ".") and words[place].upper != "LIKE"
        ):
            path += [folded(words[place])] if words[place].text != "." else []
            place += 1
        conditions += [f"{key} = {literal(name)}" for key, name in zip(keys[-len(path) :], path, strict=True)]
    if place + 1 < len(words) and words[place].upper == "LIKE":
        conditions.append(f"{_LAST[form]} LIKE {literal(string_value(words[place + 1]))}")
        place += 2
    if place + 1 < len(words) and words[place].upper == "LIMIT":
        place += 2
    if place < len(words):
        raise syntax_error(words[place].text)
    limit = f" LIMIT {words[-1].text}" if words[-2].upper == "LIMIT" else ""
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    order = ", ".join((*keys, "ordinal_position" if form == "COLUMNS" else _LAST[form]))
    return f"SELECT {_FIELDS[form]} FROM pg_catalog.{source}{where} ORDER BY {order}{limit}"

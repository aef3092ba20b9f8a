"""SHOW of lists, which newer drivers read their metadata by, and of the definitions of tables, views and procedures.

A list may be of another database of the cluster; names and patterns may be parameters, as drivers send them.
https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_TABLES.html and its neighbours
"""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql.blocks import folded, is_name, parts
from localcloud.redshift.sql.ddl import name_end, without_hash
from localcloud.redshift.sql.lexer import Token, closing, identifier, literal, string_value
from localcloud.redshift.sql.plan import Named, Plan
from localcloud.redshift.sql.types import engine_type

_LIMIT = 10_000


@dataclass(frozen=True)
class Listing:
    """What a SHOW lists: the view that has it, its columns, the columns that a path names, and the order."""

    view: str
    fields: str
    keys: tuple[str, ...]
    order: str
    pattern: str = ""
    """The column that LIKE is of; where it is empty there is no LIKE."""
    condition: str = ""


_SCHEMA = ("database_name", "schema_name")
_TABLE = (*_SCHEMA, "table_name")
_ROUTINE = (*_SCHEMA, "routine_name")
_GRANT = (
    "object_type, privilege_type, identity_id, identity_name, identity_type, admin_option, privilege_scope, "
    "grantor_name"
)
_FOREIGN = (
    "pk_database_name, pk_schema_name, pk_table_name, pk_column_name, fk_database_name, fk_schema_name, fk_table_name, "
    "fk_column_name, key_seq, fk_name, pk_name, update_rule, delete_rule, deferrability"
)
# Users before roles, each in the order in which they were made.
_BY_GRANTEE = "identity_type = 'role', identity_id, privilege_type"


def _routines(kind: str, prokind: str) -> Listing:
    fields = (
        f"database_name, schema_name, routine_name AS {kind}_name, number_of_arguments, argument_list, return_type, "
        "remarks"
    )
    order = 'routine_name COLLATE "C", argument_list COLLATE "C"'
    return Listing("redshift_lab.show_routines", fields, _SCHEMA, order, "routine_name", f"prokind = '{prokind}'")


def _parameters(kind: str, prokind: str) -> Listing:
    fields = (
        f"database_name, schema_name, routine_name AS {kind}_name, parameter_name, ordinal_position, parameter_type, "
        "data_type, character_maximum_length, numeric_precision, numeric_scale"
    )
    condition = f"prokind = '{prokind}'"
    return Listing("redshift_lab.show_parameters", fields, _ROUTINE, "ordinal_position", "parameter_name", condition)


def _foreign_keys(side: str, other: str) -> Listing:
    keys = tuple(f"{side}_{key}" for key in _TABLE)
    order = f'{other}_schema_name COLLATE "C", {other}_table_name COLLATE "C", fk_name COLLATE "C", key_seq'
    return Listing("redshift_lab.show_foreign_keys", _FOREIGN, keys, order)


LISTINGS = {
    "DATABASES": Listing(
        "pg_catalog.svv_redshift_databases",
        "database_name, database_owner, database_type, database_acl, database_options AS parameters, "
        "database_isolation_level",
        (),
        'database_name COLLATE "C"',
        "database_name",
    ),
    "SCHEMAS FROM DATABASE": Listing(
        "pg_catalog.svv_all_schemas",
        "database_name, schema_name, schema_owner, schema_type, schema_acl, source_database, schema_option",
        ("database_name",),
        'schema_name COLLATE "C"',
        "schema_name",
    ),
    "TABLES FROM SCHEMA": Listing(
        "redshift_lab.show_tables",
        "database_name, schema_name, table_name, table_type, table_acl, remarks, owner, last_altered_time, "
        "last_modified_time, dist_style, table_subtype",
        _SCHEMA,
        'table_name COLLATE "C"',
        "table_name",
    ),
    "COLUMNS FROM TABLE": Listing(
        "redshift_lab.show_columns",
        "database_name, schema_name, table_name, column_name, ordinal_position, column_default, is_nullable, "
        "data_type, character_maximum_length, numeric_precision, numeric_scale, remarks, "
        'sort_key_type, sort_key, dist_key, encoding, "collation"',
        _TABLE,
        "ordinal_position",
        "column_name",
    ),
    "CONSTRAINTS PRIMARY KEYS FROM TABLE": Listing(
        "redshift_lab.show_primary_keys",
        "database_name, schema_name, table_name, pk_name, column_name, key_seq",
        _TABLE,
        "key_seq",
    ),
    "CONSTRAINTS FOREIGN KEYS FROM TABLE": _foreign_keys("fk", "pk"),
    "CONSTRAINTS FOREIGN KEYS EXPORTED FROM TABLE": _foreign_keys("pk", "fk"),
    "GRANTS ON TABLE": Listing(
        "redshift_lab.show_table_grants",
        f"database_name, schema_name, object_name, {_GRANT}",
        (*_SCHEMA, "object_name"),
        _BY_GRANTEE,
    ),
    "COLUMN GRANTS ON TABLE": Listing(
        "redshift_lab.show_column_grants",
        f"database_name, schema_name, table_name, column_name, {_GRANT}",
        _TABLE,
        f'column_name COLLATE "C", {_BY_GRANTEE}',
        "column_name",
    ),
    "PROCEDURES FROM SCHEMA": _routines("procedure", "p"),
    "FUNCTIONS FROM SCHEMA": _routines("function", "f"),
    "PARAMETERS OF PROCEDURE": _parameters("procedure", "p"),
    "PARAMETERS OF FUNCTION": _parameters("function", "f"),
}
"""The words between SHOW and the path -> what they list."""
DEFINITIONS = {
    "TABLE": "Show Table DDL statement",
    "VIEW": "Show View DDL statement",
    "PROCEDURE": "Stored Procedure Definition",
}
"""What prints one definition, and the name of its column."""
_WITH_EXTERNAL = ("redshift_lab.show_tables", "redshift_lab.show_columns")
FORMS = {words.split()[0] for words in LISTINGS} | set(DEFINITIONS)


def plan(words: list[Token]) -> Plan:
    """Return the plan of a SHOW of these forms. Raises SqlError at a form that the lab does not have."""
    if words[1].upper in DEFINITIONS:
        return Plan(_definition(words), tag="SHOW")
    asked = [word.upper for word in words[1:7]]
    found = [form for form in LISTINGS if asked[: len(form.split())] == form.split()]
    if not found:
        raise not_supported(f"SHOW {' '.join(word for word in asked[:3] if word)}")
    form = max(found, key=len)
    listing, place = LISTINGS[form], len(form.split()) + 1
    if form == "DATABASES" and place < len(words) and words[place].upper == "FROM":
        raise not_supported("SHOW DATABASES FROM DATA CATALOG")
    path, place = _path(words, place, listing.keys)
    named = dict(zip(listing.keys[len(listing.keys) - len(path) :], path, strict=True))
    conditions = [f"{key} = {_written(word)}" for key, word in named.items()]
    if listing.condition:
        conditions.append(listing.condition)
    if form.startswith("PARAMETERS"):
        arguments, place = _arguments(words, place)
        conditions.append(f"argument_list = redshift_lab.argument_list({arguments})")
    more, limit = _clauses(words, place, listing, grants="GRANTS" in form)
    where = f" WHERE {' AND '.join(conditions + more)}" if conditions + more else ""
    text = f"SELECT {listing.fields} FROM {listing.view}{where} ORDER BY {listing.order}{limit}"
    database = named.get(listing.keys[0]) if listing.keys else None
    schema = named.get("schema_name") if listing.view in _WITH_EXTERNAL else None
    return Plan(text, tag="SHOW", database=_named(database), schema=_named(schema))


def _named(word: Token | None) -> Named:
    if word is None:
        return ""
    return int(word.text[1:]) if word.kind == "parameter" else folded(word)


def _written(word: Token) -> str:
    return word.text if word.kind == "parameter" else literal(folded(word))


def _name(words: list[Token], place: int) -> Token:
    """Return a name, or the parameter that stands for one."""
    if place >= len(words):
        raise SqlError("42601", "syntax error at end of input")
    if words[place].kind != "parameter" and not is_name(words[place]):
        raise syntax_error(words[place].text)
    return words[place]


def _path(words: list[Token], place: int, keys: tuple[str, ...]) -> tuple[list[Token], int]:
    """Return the names of a path, which may leave out the database before a schema, and the index after it."""
    found = list[Token]()
    while len(found) < len(keys):
        found.append(_name(words, place))
        place += 1
        if place >= len(words) or words[place].text != ".":
            break
        place += 1
    if len(found) < max(len(keys) - 1, min(len(keys), 1)):
        raise SqlError("42601", f"SHOW needs a name with its schema: {'.'.join(keys)}")
    return found, place


def _arguments(words: list[Token], place: int) -> tuple[str, int]:
    """Return an array of the types between parentheses, and the index after them."""
    if place >= len(words) or words[place].text != "(":
        raise syntax_error(words[min(place, len(words) - 1)].text)
    end = closing(words, place)
    written = list[str]()
    for first, last in parts(words, place + 1, end) if end > place + 1 else []:
        one = words[first:last]
        single = len(one) == 1 and one[0].kind == "parameter"
        written.append(one[0].text if single else literal(engine_type(one)))
    return f"ARRAY[{', '.join(written)}]::text[]", end + 1


def _clauses(words: list[Token], place: int, listing: Listing, *, grants: bool) -> tuple[list[str], str]:
    """Return the conditions of FOR and LIKE, and the LIMIT."""
    conditions, limit = list[str](), ""
    if grants and place < len(words) and words[place].upper == "FOR":
        found, place = _grantee(words, place + 1)
        conditions.append(found)
    if listing.pattern and place + 1 < len(words) and words[place].upper == "LIKE":
        word = words[place + 1]
        if word.kind not in ("string", "parameter"):
            raise syntax_error(word.text)
        pattern = word.text if word.kind == "parameter" else literal(string_value(word))
        conditions.append(f"{listing.pattern} LIKE {pattern}")
        place += 2
    if place + 1 < len(words) and words[place].upper == "LIMIT":
        word = words[place + 1]
        if word.kind != "parameter" and not (word.text.isdigit() and int(word.text) <= _LIMIT):
            raise SqlError("22023", f"LIMIT of SHOW must be between 0 and {_LIMIT}")
        limit = f" LIMIT {word.text}"
        place += 2
    if place < len(words):
        raise syntax_error(words[place].text)
    return conditions, limit


def _grantee(words: list[Token], place: int) -> tuple[str, int]:
    kind = words[place].upper if place < len(words) else ""
    if kind == "PUBLIC":
        return "identity_type = 'public'", place + 1
    place += kind == "ROLE"
    who = "role" if kind == "ROLE" else "user"
    return f"identity_type = '{who}' AND identity_name = {_written(_name(words, place))}", place + 1


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

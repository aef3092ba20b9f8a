"""What each SHOW of a list reads: the view that has it, its columns and their order.

https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_TABLES.html and its neighbours
"""

from __future__ import annotations

from dataclasses import dataclass


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

"""Types of external tables, between Redshift and the Data Catalog.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_TABLE.html (data_type)
"""

from __future__ import annotations

import re

from localcloud.redshift.errors import not_supported
from localcloud.redshift.protocol.modifiers import digits_of, length_of

_NAMES = {
    **dict.fromkeys(("smallint", "int2"), "smallint"),
    **dict.fromkeys(("integer", "int", "int4"), "int"),
    **dict.fromkeys(("bigint", "int8"), "bigint"),
    **dict.fromkeys(("real", "float4"), "float"),
    **dict.fromkeys(("double precision", "float8", "float"), "double"),
    **dict.fromkeys(("boolean", "bool"), "boolean"),
    **dict.fromkeys(("timestamp", "timestamp without time zone"), "timestamp"),
    "date": "date",
    **dict.fromkeys(("varbyte", "varbinary", "binary varying"), "binary"),
}
_SIZED = {
    **dict.fromkeys(("char", "character", "nchar", "bpchar"), ("char", "1")),
    **dict.fromkeys(("varchar", "character varying", "nvarchar"), ("varchar", "256")),
    **dict.fromkeys(("decimal", "numeric"), ("decimal", "18,0")),
}
_ENGINE = {
    "int2": "smallint",
    "int4": "int",
    "int8": "bigint",
    "float4": "float",
    "float8": "double",
    "bool": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}
CASTS = {
    "smallint": "smallint",
    "int": "integer",
    "bigint": "bigint",
    "float": "real",
    "double": "double precision",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "tinyint": "smallint",
}
"""Type of the catalog -> the engine's, which a value that is written is made of."""
_LONGEST = 65_535


def glue_type(written: str) -> str:
    """Return the Data Catalog's name of a type. Raises SqlError at one that external tables do not have."""
    text = re.sub(r"\s+", " ", written.strip().lower())
    if re.match(r"(struct|array|map) ?<", text):
        return re.sub(r" ?([<>:,]) ?", r"\1", text)
    bare, _, given = text.partition("(")
    bare, size = bare.strip(), given.rstrip(") ").replace(" ", "").replace("max", str(_LONGEST))
    if bare in _SIZED:
        name, default = _SIZED[bare]
        size = size or default
        return f"{name}({size},0)" if name == "decimal" and "," not in size else f"{name}({size})"
    if bare not in _NAMES or (size and bare not in ("varbyte", "varbinary", "binary varying")):
        raise not_supported(f'column type "{text}" of an external table')
    return _NAMES[bare]


def of_engine(name: str, kind: str, modifier: int) -> str:
    """Return the Data Catalog's type for a column of a query. Raises SqlError if there is none."""
    length = length_of(modifier)
    if kind == "numeric" and (digits := digits_of(modifier)) is not None:
        return f"decimal({digits[0]},{digits[1]})"
    if kind == "bpchar" and length is not None:
        return f"char({length})"
    if kind in ("varchar", "text"):
        return f"varchar({_LONGEST if length is None else length})"
    if kind not in _ENGINE:
        raise not_supported(f'type {kind} of column "{name}" in an external table', hint="CAST it")
    return _ENGINE[kind]


def cast(reference: str, kind: str) -> str:
    """Return an expression as a value of a type of the catalog; a text that is too long is an error."""
    bare = kind.partition("(")[0]
    if bare == "decimal":
        return f"{reference}::numeric{kind.removeprefix('decimal')}"
    if bare in CASTS:
        return f"{reference}::{CASTS[bare]}"
    if bare == "string":
        return reference
    if bare in ("varchar", "char"):
        text, size = f"{reference}::pg_catalog.text", kind.partition("(")[2].rstrip(")")
        # With the value in its argument, the engine does not evaluate it while it plans.
        long = f"redshift_lab.raise('22001', 'Value too long for type {kind}' || left({text}, 0))"
        return f"CASE WHEN octet_length({text}) > {size} THEN {long} ELSE {text} END"
    raise not_supported(f"writing the type {kind} of an external table")

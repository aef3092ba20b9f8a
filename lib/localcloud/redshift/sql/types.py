"""Names of types: Redshift's defaults and aliases in the engine's words.

https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html
"""

from __future__ import annotations

from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.sql import intervals
from localcloud.redshift.sql.edits import Edit, apply, replace, written
from localcloud.redshift.sql.lexer import Token, Tokens, closing
from localcloud.redshift.sql.typenames import (
    BOOLEANS,
    BYTES,
    CHARS,
    DATES,
    DECIMALS,
    FLOATS,
    MOMENTS,
    SPATIAL,
    TIMES,
    VARCHARS,
    WHOLE,
)

REFUSED = {"HLLSKETCH"}
UNKNOWN = {
    *("JSON", "JSONB", "UUID", "XML", "BYTEA", "SERIAL", "BIGSERIAL", "MONEY", "INET", "CIDR", "MACADDR", "POINT"),
    *("TSVECTOR", "TSQUERY", "HSTORE", "BIT", "VARBIT", "SMALLSERIAL", "SERIAL2", "SERIAL4", "SERIAL8", "BOX"),
    *("CIRCLE", "LINE", "LSEG", "PATH", "POLYGON", "INT4RANGE", "INT8RANGE", "NUMRANGE", "DATERANGE", "TSRANGE"),
}
_SIZED = VARCHARS | CHARS | BYTES | DECIMALS
_PLAIN = WHOLE | FLOATS | BOOLEANS | DATES | MOMENTS | TIMES
_COLUMNS = _SIZED | _PLAIN | SPATIAL | {"SUPER", "NATIONAL", intervals.MONTHS, intervals.SECONDS}
"""Column types other than INTERVAL: https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html"""


def edit_type(tokens: Tokens, index: int, *, declared: bool) -> tuple[list[Edit], int]:
    """Return the changes to the type that begins there, and the index after it.

    `declared` distinguishes a column's type from a cast's: a column of TEXT holds 256 bytes, a cast to it cuts nothing.
    Raises SqlError at a type that the lab, or Redshift, does not have.
    """
    name = tokens[index].upper
    if name in REFUSED:
        raise not_supported(f"the type {name}")
    if declared and not _may_be_column(tokens, index):
        raise not_supported(f'column type "{_shown(tokens[index])}"')
    if interval := intervals.type_at(tokens, index):
        name, end = interval
        return [replace(tokens[index], tokens[end - 1], name)], end
    name, end = _spelled(tokens, index)
    arguments = tokens[end].text == "(" if end < len(tokens) else False
    last = closing(tokens, end) + 1 if arguments else end
    sizes = [token.text.upper() for token in tokens[end + 1 : last - 1]] if arguments else []
    if name in ("TIME", "TIMESTAMP") and [token.upper for token in tokens[last + 1 : last + 3]] == ["TIME", "ZONE"]:
        last += 3
    if declared and last < len(tokens) and (tokens[last].text == "[" or tokens[last].upper == "ARRAY"):
        raise not_supported(f'column type "{name.lower()}[]"', hint="SUPER holds arrays")
    _check_size(name, sizes)
    if name in BYTES and sizes and not declared:
        raise not_supported(f"a cast to {name} with a length", hint="SUBSTRING(..., 1, n) of a cast without one")
    new = _new_name(name, sizes, declared)
    return ([replace(tokens[index], tokens[last - 1], new)] if new else []), last


def _spelled(tokens: Tokens, index: int) -> tuple[str, int]:
    """Return the name of the type that begins there, which may have up to three words, and the index after it."""
    first, *rest = (token.upper for token in tokens[index : index + 3])
    if first == "DOUBLE" and rest[:1] == ["PRECISION"]:
        return first, index + 2
    if rest[:1] == ["VARYING"] and first in ("CHARACTER", "NATIONAL"):
        return "VARCHAR", index + 2
    if first == "NATIONAL" and rest == ["CHARACTER", "VARYING"]:
        return "VARCHAR", index + 3
    return first, index + (2 if first == "NATIONAL" and rest[:1] in (["CHARACTER"], ["CHAR"]) else 1)


def engine_type(given: Tokens) -> str:
    """Return a type of a cast or an argument in the engine's words. Raises as `edit_type` does."""
    tokens = [token.spaced(" ") for token in given]
    return written(apply(tokens, edit_type(tokens, 0, declared=False)[0]))


def _may_be_column(tokens: Tokens, index: int) -> bool:
    """Return whether a column may be of that type; an interval says which fields it has."""
    if tokens[index].upper == "INTERVAL":
        return intervals.fields(tokens, index + 1) is not None
    return tokens[index].upper in _COLUMNS


def _shown(token: Token) -> str:
    return token.text.strip('"').lower()


def _new_name(name: str, arguments: list[str], declared: bool) -> str:
    if name in VARCHARS:
        return _varchar(name, arguments, declared)
    if name == "BPCHAR" and not arguments and not declared:
        return "bpchar"  # without a length nothing is cut
    if name in CHARS:
        size = arguments[0] if arguments else ("256" if name == "BPCHAR" and declared else "1")
        return f"char({'4096' if size == 'MAX' else size})"
    if name in DECIMALS and not arguments:
        return "numeric(18,0)"
    if name == "DATETIME":
        return "timestamp"
    if name == "ABSTIME" and not arguments:
        return "abstime(0)"
    if name in BYTES and (name != "BINARY" or arguments):
        return "varbyte"
    return ""


def _varchar(name: str, arguments: list[str], declared: bool) -> str:
    if arguments:
        return f"varchar({'65535' if arguments[0] == 'MAX' else arguments[0]})"
    if name == "TEXT" and not declared:
        return "text"
    return "varchar(256)" if declared else "varchar"


_LIMITS = {"char": (CHARS, 4096), "varchar": (VARCHARS, 65535)}


def _check_size(name: str, arguments: list[str]) -> None:
    """Raise SqlError at a length or a precision that Redshift does not allow."""
    size = int(arguments[0]) if arguments and arguments[0].isdigit() else 1
    for shown, (names, limit) in _LIMITS.items():
        if name in names and size > limit:
            raise SqlError("22023", f"length for type {shown} cannot exceed {limit}")
        if name in names and size < 1:
            raise SqlError("22023", f"length for type {shown} must be at least 1")
    if arguments and name in MOMENTS | TIMES:
        kinds = "timestamp or timestamptz" if name in MOMENTS else "time or timetz"
        raise SqlError("0A000", f"{kinds} do not support precision.")
    if name in DECIMALS and not 1 <= size <= 38:
        raise SqlError("22023", f"DECIMAL precision {size} must be between 1 and 38")
    if name in DECIMALS and len(arguments) > 2 and int(arguments[2]) > min(size, 37):
        raise SqlError("22023", f"DECIMAL scale {arguments[2]} must be between 0 and precision {size}, and at most 37")

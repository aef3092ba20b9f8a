"""Names of types: Redshift's defaults and aliases in the engine's words."""

from __future__ import annotations

from localcloud.redshift.errors import not_supported
from localcloud.redshift.sql.lexer import Edit, Token, closing

_TEXT = {"VARCHAR", "NVARCHAR", "TEXT", "STRING"}
_CHARS = {"CHAR", "NCHAR", "BPCHAR", "CHARACTER"}
_NUMERIC = {"DECIMAL", "NUMERIC", "DEC"}
_REFUSED = {"GEOMETRY", "GEOGRAPHY", "HLLSKETCH"}
_UNKNOWN = {
    *("JSON", "JSONB", "UUID", "XML", "BYTEA", "SERIAL", "BIGSERIAL", "MONEY", "INET", "CIDR", "MACADDR", "POINT"),
    *("TSVECTOR", "TSQUERY", "HSTORE", "BIT", "VARBIT"),
}


def edit_type(words: list[Token], place: int, *, declared: bool) -> tuple[list[Edit], int]:
    """Return the changes to the type that begins there, and the index after it.

    `declared` tells a column's type from a cast's: a column of TEXT holds 256 bytes, a cast to it cuts nothing.
    Raises SqlError at a type that the lab, or Redshift, does not have.
    """
    name = words[place].upper
    if name in _REFUSED:
        raise not_supported(f"the type {name}")
    if declared and name in _UNKNOWN:
        raise not_supported(f'column type "{name.lower()}"')
    end = place + 1
    follows = words[end].upper if end < len(words) else ""
    if name in ("CHARACTER", "NATIONAL") and follows in ("VARYING", "CHARACTER", "CHAR"):
        name, end = ("VARCHAR" if follows == "VARYING" else name), end + 1
    arguments = words[end].text == "(" if end < len(words) else False
    last = closing(words, end) + 1 if arguments else end
    written = [word.text.upper() for word in words[end + 1 : last - 1]] if arguments else []
    start, stop = words[place].start, words[last - 1].end
    new = _new_name(name, written, declared)
    return ([Edit(start, stop, new)] if new else []), last


def _new_name(name: str, arguments: list[str], declared: bool) -> str:
    if name in _TEXT:
        return _varchar(name, arguments, declared)
    if name in _CHARS:
        size = arguments[0] if arguments else ("256" if name == "BPCHAR" and declared else "1")
        return f"char({'4096' if size == 'MAX' else size})"
    if name in _NUMERIC and not arguments:
        return "numeric(18,0)"
    if name in ("VARBYTE", "VARBINARY") or (name == "BINARY" and arguments):
        return "varbyte"
    return ""


def _varchar(name: str, arguments: list[str], declared: bool) -> str:
    if arguments:
        return f"varchar({'65535' if arguments[0] == 'MAX' else arguments[0]})"
    if name == "TEXT" and not declared:
        return "text"
    return "varchar(256)" if declared else "varchar"

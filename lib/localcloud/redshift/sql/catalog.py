"""The engine's catalog as Redshift has it: queries read views instead of pg_class and its like.

A materialized view is a view in pg_class. A query that names a column that only Redshift has reads views that have it.

https://docs.aws.amazon.com/redshift/latest/dg/c_intro_catalog_views.html
"""

from __future__ import annotations

from collections.abc import Iterator

from localcloud.redshift.sql.edits import Edit, apply, replace
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import folded, is_name
from localcloud.redshift.sql.relations import references

_ONLY_REDSHIFT = {
    *("reldiststyle", "releffectivediststyle", "relcreationtime", "attencodingtype", "attisdistkey", "attsortkeyord"),
    *("attispreloaded", "adsrc", "consrc"),
}
_ALWAYS = {"pg_class": "relations"}
_EXTENDED = {name: name for name in ("pg_class", "pg_attribute", "pg_attrdef", "pg_constraint")}
_SYSTEM_COLUMNS = {"tableoid", "xmin", "xmax", "cmin", "cmax", "ctid"}
"""Columns of a table that a view does not have."""


def read_extended(tokens: Tokens) -> Tokens:
    """Return the tokens with the views read that stand for parts of the catalog."""
    names = {folded(token) for token in tokens if is_name(token)}
    views = _ALWAYS if _ONLY_REDSHIFT.isdisjoint(names) else _EXTENDED
    if names.isdisjoint(views) or not names.isdisjoint(_SYSTEM_COLUMNS):
        return tokens
    return apply(tokens, [*_reads(tokens, views), *_columns(tokens, views)])


def _reads(tokens: Tokens, views: dict[str, str]) -> Iterator[Edit]:
    """Yield what reads the views; each keeps the name that the query knows it by."""
    for reference in references(tokens):
        name = _part(tokens, reference.start, reference.end, views)
        if name is not None:
            alias = "" if reference.named else f" AS {name}"
            last = tokens[reference.end - 1]
            yield replace(tokens[reference.start], last, f"redshift_lab.{views[name]}{alias}")


def _part(tokens: Tokens, start: int, end: int, views: dict[str, str]) -> str | None:
    """Return which part of the catalog a name of one or two parts is."""
    schema = folded(tokens[start]) if end - start == 3 else "pg_catalog"
    name = folded(tokens[end - 1])
    return name if schema == "pg_catalog" and name in views else None


def _columns(tokens: Tokens, views: dict[str, str]) -> Iterator[Edit]:
    """Yield what names columns by table alone, such as pg_catalog.pg_class.relname."""
    for index in range(len(tokens) - 3):
        path = tokens[index : index + 3]
        if path[1].text == tokens[index + 3].text == "." and is_name(path[0]) and is_name(path[2]):
            name = _part(tokens, index, index + 3, views)
            if name is not None:
                yield replace(path[0], path[2], name)

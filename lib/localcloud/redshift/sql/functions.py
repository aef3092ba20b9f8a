"""What becomes of each function that the engine has otherwise: units as bare words, IGNORE NULLS, DECODE and the rest.

A new function is a rule here, or in a module of its own, and a line in `RULES`.
https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions.html
"""

from __future__ import annotations

from dataclasses import replace

from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.sql import gathering, objects
from localcloud.redshift.sql.call import Call, Rule
from localcloud.redshift.sql.dialect import rewrite_dialect
from localcloud.redshift.sql.edits import Part, between, made, written
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import literal


def _unit(call: Call) -> Tokens:
    """Return a function of dates with its unit as a text."""
    unit = written(call.arguments[0]) if call.arguments else ""
    if unit.replace("_", "").isalnum() and not unit.isdigit():
        call.arguments[0] = made(f"'{unit.lower()}'")
    return call.plain({"DATE_ADD": "DATEADD"}.get(call.name, call.name))


def _extract(call: Call) -> Tokens:
    tokens = call.argument(0)
    if len(tokens) < 3 or tokens[1].upper != "FROM":
        return call.plain()
    unit = tokens[0].text if tokens[0].kind == "string" else f"'{tokens[0].text.lower()}'"
    return made("redshift_lab.extract(", unit, ", ", tokens[2:], ")")


def _convert(call: Call) -> Tokens:
    if len(call.arguments) != 2:
        return call.plain()
    return rewrite_dialect(made("CAST(", call.arguments[1], " AS ", call.arguments[0], ")"))


def _try_cast(call: Call) -> Tokens:
    tokens = call.argument(0)
    bound = max((at for at, token in enumerate(tokens) if token.upper == "AS"), default=len(tokens))
    if bound + 1 >= len(tokens):
        raise SqlError("42601", "TRY_CAST needs AS and a type")
    is_literal = tokens[0].kind == "string" and bound == 1
    value = made("(", tokens[:bound], ")::text" if is_literal else ")")
    cast = rewrite_dialect(made("CAST(", value, " AS ", tokens[bound + 1 :], ")"))
    kind = written(cast[len(value) + 3 : -1])
    return made("(CASE WHEN redshift_lab.can_cast(", value, ", ", literal(kind), ") THEN ", cast, " END)")


def _nvl2(call: Call) -> Tokens:
    value, given, missing = call.argument(0), call.argument(1), call.argument(2)
    return made("(CASE WHEN (", value, ") IS NOT NULL THEN ", given, " ELSE ", missing, " END)")


def _decode(call: Call) -> Tokens:
    if len(call.arguments) < 3:
        return call.plain()
    value, rest = call.arguments[0], call.arguments[1:]
    whens = list[Part]()
    for key, result in zip(rest[::2], rest[1::2], strict=False):
        whens += [" WHEN (", value, ") IS NOT DISTINCT FROM (", key, ") THEN ", result]
    default: tuple[Part, ...] = (" ELSE ", rest[-1]) if len(rest) % 2 else ()
    return made("(CASE", *whens, *default, " END)")


def _avg(call: Call) -> Tokens:
    digits = replace(call, arguments=[made("redshift_lab.digits(", call.argument(0), ")")])
    return made("redshift_lab.avg(", call.plain("avg"), ", ", digits.plain("max"), ")")


def _ratio(call: Call) -> Tokens:
    value = call.argument(0)
    return made("((", value, ")::float8 / NULLIF(sum((", value, ")::float8) ", call.over, ", 0))")


def _window(call: Call) -> Tokens:
    if call.name in ("LAG", "LEAD") and len(call.arguments) > 2:
        raise SqlError("0A000", f"Default parameter not be supported for window function {call.name.lower()}")
    if not call.ignore:
        return call.plain()
    value = call.argument(0)
    if call.name in ("FIRST_VALUE", "LAST_VALUE"):
        first = call.name.split("_")[0].lower()
        return made(f"redshift_lab.{first}_not_null(", value, ") ", call.over)
    if call.name == "NTH_VALUE":
        gathered = made("array_agg(", value, ") ", call.over)
        return made("redshift_lab.nth_not_null(", gathered, ", ", call.argument(1), ")")
    return _neighbour(call, value)


def _neighbour(call: Call, value: Tokens) -> Tokens:
    """Return a LAG or LEAD that passes over nulls: the n-th value before or after that is none."""
    count = call.arguments[1] if len(call.arguments) > 1 else made("1")
    back = call.name == "LAG"
    frame = " ROWS BETWEEN " + (
        "UNBOUNDED PRECEDING AND 1 PRECEDING" if back else "1 FOLLOWING AND UNBOUNDED FOLLOWING"
    )
    over = made(call.over[:-1], frame, ")")
    if back and written(count) == "1":
        return made("redshift_lab.last_not_null(", value, ") ", over)
    name = "nth_last_not_null" if back else "nth_not_null"
    return made(f"redshift_lab.{name}(array_agg(", value, ") ", over, ", ", count, ")")


def _hll(call: Call) -> Tokens:
    return made("count(DISTINCT ", call.argument(0), ")")


def _once(call: Call) -> Tokens:
    """Return a call as a subquery, which the engine runs once for a statement and not once for a row."""
    return made(f"(SELECT pg_catalog.{call.name.lower()}(", between(", ", call.arguments), "))")


def _bigint(call: Call) -> Tokens:
    return made("(", call.plain(), ")::bigint")


def _renamed(name: str) -> Rule:
    return lambda call: call.plain(name)


def refuse(call: Call) -> Tokens:
    """Refuse a function that the lab does not have. Raises SqlError."""
    raise not_supported(f"the function {call.name}")


_ON_SUPER = (
    *("IS_ARRAY", "IS_BIGINT", "IS_BOOLEAN", "IS_CHAR", "IS_DECIMAL", "IS_FLOAT", "IS_INTEGER", "IS_OBJECT"),
    *("IS_SCALAR", "IS_SMALLINT", "IS_VARCHAR", "JSON_TYPEOF", "JSON_SIZE", "JSON_SERIALIZE", "GET_ARRAY_LENGTH"),
    *("ARRAY_CONCAT", "ARRAY_FLATTEN", "ARRAY_DISTINCT", "ARRAY_EXCEPT", "ARRAY_INTERSECTION", "ARRAY_SORT"),
    "ARRAY_UNION",
)
RULES: dict[str, Rule] = {
    **dict.fromkeys(("DATEDIFF", "DATEADD", "DATE_DIFF", "DATE_ADD", "DATE_PART", "DATE_TRUNC", "PGDATE_PART"), _unit),
    "EXTRACT": _extract,
    "CONVERT": _convert,
    **dict.fromkeys(("NVL", "ISNULL"), _renamed("COALESCE")),
    "NVL2": _nvl2,
    "DECODE": _decode,
    "LISTAGG": gathering.listagg,
    "AVG": _avg,
    "MEDIAN": gathering.median,
    "ST_COLLECT": gathering.collect,
    "PERCENTILE_CONT": gathering.percentile,
    "PERCENTILE_DISC": gathering.percentile,
    "RATIO_TO_REPORT": _ratio,
    **dict.fromkeys(("LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE"), _window),
    "ARRAY": objects.array,
    "OBJECT": objects.object_,
    "OBJECT_TRANSFORM": objects.transform,
    **dict.fromkeys(("ARRAY_CONTAINS", "ARRAY_POSITION", "ARRAY_POSITIONS"), objects.search),
    "TRY_CAST": _try_cast,
    "NTILE": _bigint,
    "GROUPING_ID": _renamed("GROUPING"),
    **dict.fromkeys(_ON_SUPER, objects.of_super),
    "HLL": _hll,
    **dict.fromkeys(("PG_LAST_QUERY_ID", "PG_LAST_COPY_ID", "PG_LAST_UNLOAD_ID"), _once),
    **dict.fromkeys(("HLL_COMBINE_SKETCHES", "HLL_CREATE_SKETCH", "HLL_CARDINALITY", "HLL_COMBINE"), refuse),
    **dict.fromkeys(("FARMHASH64", "CHECKSUM"), refuse),
    **dict.fromkeys(("ST_TRANSFORM", "ST_MEMSIZE", "ST_GEOSQUARE", "ST_GEOMFROMGEOSQUARE", "DROPBBOX"), refuse),
}
"""Function -> its rule."""

"""Calls whose arguments or tail the engine writes otherwise: units as bare words, WITHIN GROUP, IGNORE NULLS, DECODE...

Innermost and rightmost first, so that a call is rewritten when its arguments are.
"""

from __future__ import annotations

from dataclasses import replace

from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.sql import gathering, objects
from localcloud.redshift.sql.call import Call, Rule
from localcloud.redshift.sql.lexer import Token, closing, literal, tokens
from localcloud.redshift.sql.words import rewrite_words


def _unit(call: Call) -> str:
    if call.arguments and call.arguments[0].replace("_", "").isalnum() and not call.arguments[0].isdigit():
        call.arguments[0] = f"'{call.arguments[0].lower()}'"
    name = {"DATE_ADD": "DATEADD"}.get(call.name, call.name)
    return call.plain(name)


def _extract(call: Call) -> str:
    words = tokens(call.argument(0))
    if len(words) < 3 or words[1].upper != "FROM":
        return call.plain()
    unit = words[0].text if words[0].kind == "string" else f"'{words[0].text.lower()}'"
    return f"redshift_lab.extract({unit}, {call.arguments[0][words[2].start :]})"


def _convert(call: Call) -> str:
    if len(call.arguments) != 2:
        return call.plain()
    return rewrite_words(f"CAST({call.arguments[1]} AS {call.arguments[0]})")


def _try_cast(call: Call) -> str:
    words = tokens(call.argument(0))
    places = [at for at, word in enumerate(words) if word.upper == "AS"]
    if not places or places[-1] + 1 >= len(words):
        raise SqlError("42601", "TRY_CAST needs AS and a type")
    bound = words[places[-1]]
    value, kind = call.arguments[0][: bound.start].strip(), call.arguments[0][bound.end :].strip()
    value = f"({value})::text" if words[0].kind == "string" and places[-1] == 1 else f"({value})"
    cast = rewrite_words(f"CAST({value} AS {kind})")
    return f"(CASE WHEN redshift_lab.can_cast({value}, {literal(cast[len(value) + 9 : -1])}) THEN {cast} END)"


def _nvl2(call: Call) -> str:
    return f"(CASE WHEN ({call.argument(0)}) IS NOT NULL THEN {call.argument(1)} ELSE {call.argument(2)} END)"


def _decode(call: Call) -> str:
    if len(call.arguments) < 3:
        return call.plain()
    value, rest = call.arguments[0], call.arguments[1:]
    pairs = [(rest[place], rest[place + 1]) for place in range(0, len(rest) - 1, 2)]
    whens = " ".join(f"WHEN ({value}) IS NOT DISTINCT FROM ({key}) THEN {result}" for key, result in pairs)
    default = f" ELSE {rest[-1]}" if len(rest) % 2 else ""
    return f"(CASE {whens}{default} END)"


def _avg(call: Call) -> str:
    digits = replace(call, arguments=[f"redshift_lab.digits({call.argument(0)})"])
    return f"redshift_lab.avg({call.plain('avg')}, {digits.plain('max')})"


def _ratio(call: Call) -> str:
    value = call.argument(0)
    return f"(({value})::float8 / NULLIF(sum(({value})::float8) {call.over}, 0))"


def _window(call: Call) -> str:
    if call.name in ("LAG", "LEAD") and len(call.arguments) > 2:
        raise SqlError("0A000", f"Default parameter not be supported for window function {call.name.lower()}")
    if not call.ignore:
        return call.plain()
    value = call.argument(0)
    if call.name in ("FIRST_VALUE", "LAST_VALUE"):
        return f"redshift_lab.{call.name.split('_')[0].lower()}_not_null({value}) {call.over}"
    if call.name == "NTH_VALUE":
        return f"redshift_lab.nth_not_null(array_agg({value}) {call.over}, {call.argument(1)})"
    count = call.arguments[1] if len(call.arguments) > 1 else "1"
    before = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    after = "ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING"
    over = f"{call.over.rstrip()[:-1]} {before if call.name == 'LAG' else after})"
    name = "nth_last_not_null" if call.name == "LAG" else "nth_not_null"
    if call.name == "LAG" and count.strip() == "1":
        return f"redshift_lab.last_not_null({value}) {over}"
    return f"redshift_lab.{name}(array_agg({value}) {over}, {count})"


def _hll(call: Call) -> str:
    return f"count(DISTINCT {call.argument(0)})"


def _once(call: Call) -> str:
    """Return a call as a subquery, which the engine runs once for a statement and not once for a row."""
    return f"(SELECT pg_catalog.{call.name.lower()}({', '.join(call.arguments)}))"


def refuse(call: Call) -> str:
    raise not_supported(f"the function {call.name}")


_ON_SUPER = (
    *("IS_ARRAY", "IS_BIGINT", "IS_BOOLEAN", "IS_CHAR", "IS_DECIMAL", "IS_FLOAT", "IS_INTEGER", "IS_OBJECT"),
    *("IS_SCALAR", "IS_SMALLINT", "IS_VARCHAR", "JSON_TYPEOF", "JSON_SIZE", "JSON_SERIALIZE", "GET_ARRAY_LENGTH"),
    *("ARRAY_CONCAT", "ARRAY_FLATTEN", "ARRAY_DISTINCT"),
)
RULES: dict[str, Rule] = {
    **dict.fromkeys(("DATEDIFF", "DATEADD", "DATE_DIFF", "DATE_ADD", "DATE_PART", "DATE_TRUNC", "PGDATE_PART"), _unit),
    "EXTRACT": _extract,
    "CONVERT": _convert,
    "NVL": lambda call: call.plain("COALESCE"),
    "ISNULL": lambda call: call.plain("COALESCE"),
    "NVL2": _nvl2,
    "DECODE": _decode,
    "LISTAGG": gathering.listagg,
    "AVG": _avg,
    "MEDIAN": gathering.median,
    "PERCENTILE_CONT": gathering.percentile,
    "PERCENTILE_DISC": gathering.percentile,
    "RATIO_TO_REPORT": _ratio,
    **dict.fromkeys(("LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE"), _window),
    "ARRAY": objects.array,
    "OBJECT": objects.object_,
    "OBJECT_TRANSFORM": objects.transform,
    **dict.fromkeys(("ARRAY_CONTAINS", "ARRAY_POSITION"), objects.search),
    "TRY_CAST": _try_cast,
    "NTILE": lambda call: f"({call.plain()})::bigint",
    "GROUPING_ID": lambda call: call.plain("GROUPING"),
    **dict.fromkeys(_ON_SUPER, objects.of_super),
    "HLL": _hll,
    **dict.fromkeys(("PG_LAST_QUERY_ID", "PG_LAST_COPY_ID", "PG_LAST_UNLOAD_ID"), _once),
    **dict.fromkeys(("HLL_COMBINE_SKETCHES", "HLL_CREATE_SKETCH", "HLL_CARDINALITY", "HLL_COMBINE"), refuse),
    **dict.fromkeys(("FARMHASH64", "CHECKSUM"), refuse),
}


def rewrite_calls(sql: str) -> str:
    """Return the text with every such call in the engine's SQL. Raises SqlError where it cannot be said."""
    words = tokens(sql)
    place = len(words) - 2
    while place >= 0:
        word = words[place]
        if word.upper in RULES and words[place + 1].text == "(" and not _is_kept(words, place):
            call, end = _read(sql, words, place)
            new = RULES[call.name](call)
            if place > 0 and words[place - 1].upper == "APPROXIMATE":
                place -= 1
            start = words[place - 2].start if place > 1 and words[place - 1].text == "." else words[place].start
            sql = sql[:start] + new + sql[end:]
            words = tokens(sql)
        place -= 1
    return sql


def _is_member(words: list[Token], place: int) -> bool:
    return place > 0 and words[place - 1].text == "." and not (place > 1 and words[place - 2].upper == "PG_CATALOG")


def _is_kept(words: list[Token], place: int) -> bool:
    """Tell whether a name is no call of that function, or is a measure of PIVOT, which splits it itself."""
    return _is_member(words, place) or (words[place].upper == "AVG" and _opened_by(words, place) == "PIVOT")


def _opened_by(words: list[Token], place: int) -> str:
    """Return the word before the parenthesis that a word stands in."""
    depth = 0
    for index in range(place - 1, 0, -1):
        depth += (words[index].text == "(") - (words[index].text == ")")
        if depth > 0:
            return words[index - 1].upper
    return ""


def _read(sql: str, words: list[Token], place: int) -> tuple[Call, int]:
    """Return the call that begins there, and where its text ends."""
    last = closing(words, place + 1)
    call = Call(words[place].upper, [])
    first = place + 2
    if words[first].upper in ("DISTINCT", "ALL") and first < last:
        call.distinct = words[first].upper == "DISTINCT"
        first += 1
    end = last
    if last >= 2 and words[last - 1].upper == "NULLS" and words[last - 2].upper in ("IGNORE", "RESPECT"):
        call.ignore, end = words[last - 2].upper == "IGNORE", last - 2
    call.arguments = _arguments(sql, words, first, end)
    return call, _tail(sql, words, last, call)


def _arguments(sql: str, words: list[Token], first: int, end: int) -> list[str]:
    if first >= end:
        return []
    found, start, place = list[str](), first, first
    while place < end:
        if words[place].text in ("(", "["):
            place = closing(words, place)
        elif words[place].text == ",":
            found.append(sql[words[start].start : words[place - 1].end])
            start = place + 1
        place += 1
    return [*found, sql[words[start].start : words[end - 1].end]]


def _tail(sql: str, words: list[Token], last: int, call: Call) -> int:
    """Read WITHIN GROUP, IGNORE NULLS and OVER after the arguments; return where the text ends."""
    place = last + 1

    def upper(offset: int) -> str:
        return words[place + offset].upper if place + offset < len(words) else ""

    if upper(0) == "WITHIN" and upper(1) == "GROUP":
        end = closing(words, place + 2)
        call.order = sql[words[place + 5].start : words[end - 1].end]
        place = end + 1
    if upper(0) in ("IGNORE", "RESPECT") and upper(1) == "NULLS":
        call.ignore = upper(0) == "IGNORE"
        place += 2
    if upper(0) == "OVER":
        end = closing(words, place + 1) if upper(1) == "(" else place + 1
        call.over = sql[words[place].start : words[end].end]
        place = end + 1
    return words[place - 1].end

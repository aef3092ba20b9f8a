"""Aggregates that sort: LISTAGG, MEDIAN, PERCENTILE_CONT and PERCENTILE_DISC, of groups and of windows.

https://docs.aws.amazon.com/redshift/latest/dg/r_LISTAGG.html, r_MEDIAN.html, r_PERCENTILE_CONT.html
"""

from __future__ import annotations

from localcloud.redshift.errors import not_supported
from localcloud.redshift.sql.call import Call
from localcloud.redshift.sql.edits import Part, made
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.tree import parts


def listagg(call: Call) -> Tokens:
    """Return a LISTAGG; the order of a window's rows is that of its WITHIN GROUP."""
    value, mark = call.argument(0), call.arguments[1] if len(call.arguments) > 1 else made("''")
    if call.distinct:
        return _distinct_listagg(call, value, mark)
    if not call.over:
        order: tuple[Part, ...] = (" ORDER BY ", call.order) if call.order else ()
        return made("redshift_lab.list_of(string_agg(", _filled(value), ", ", mark, *order, "))")
    over = _ordered(call.over, call.order) if call.order else call.over
    return made("redshift_lab.list_of(string_agg(", _filled(value), ", ", mark, ") ", over, ")")


def _filled(value: Tokens) -> Tokens:
    return made("redshift_lab.filled((", value, ")::text)")


def _ordered(over: Tokens, order: Tokens) -> Tokens:
    """Return a window with an order, of all its rows."""
    frame = " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
    return made("OVER (", over[2:-1], " ORDER BY ", order, frame)


def _distinct_listagg(call: Call, value: Tokens, mark: Tokens) -> Tokens:
    if call.order and not _is_by_value(call, value):
        return _first_of_each(call, value, mark)
    backwards = _one_key(call)[1] if call.order else "false"
    if call.over:
        return made("redshift_lab.listed(array_agg(", value, ") ", call.over, ", ", mark, f", {backwards})")
    direction = " DESC" if backwards == "true" else ""
    gathered = made("array_agg(DISTINCT ", value, " ORDER BY ", value, direction, ")")
    return made("redshift_lab.joined(", gathered, ", ", mark, ")")


def _is_by_value(call: Call, value: Tokens) -> bool:
    """Return whether the order is that of the listed value alone."""
    ends = call.order[-1].upper in ("ASC", "DESC")
    return _squeezed(call.order[:-1] if ends else call.order) == _squeezed(value)


def _squeezed(tokens: Tokens) -> list[str]:
    return [token.text.lower() for token in tokens]


def _first_of_each(call: Call, value: Tokens, mark: Tokens) -> Tokens:
    """Return a LISTAGG of the first of equal values in another order than theirs."""
    filled = _filled(value)
    if call.over:
        window = _ordered(call.over, call.order)
        return made("redshift_lab.joined_once(array_agg(", filled, ") ", window, ", ", mark, ")")
    return made("redshift_lab.joined_once(array_agg(", filled, " ORDER BY ", call.order, "), ", mark, ")")


def _one_key(call: Call) -> tuple[Tokens, str]:
    """Return the single key of the ORDER BY, and whether it goes backwards."""
    order = call.order
    if len(parts(order, 0, len(order))) > 1:
        raise not_supported(f"{call.name} ... OVER with more than one key in ORDER BY")
    if order[-1].upper in ("ASC", "DESC"):
        return order[:-1], "true" if order[-1].upper == "DESC" else "false"
    return order, "false"


def collect(call: Call) -> Tokens:
    """Return ST_Collect of a group: of one argument it is an aggregate, perhaps WITHIN GROUP (ORDER BY ...)."""
    if len(call.arguments) != 1:
        return call.plain()
    order: tuple[Part, ...] = (" ORDER BY ", call.order) if call.order else ()
    gathered = made("array_agg(", call.argument(0), *order, ")", *call.window)
    return made("redshift_lab.gathered('st_collect', ", gathered, ")")


def median(call: Call) -> Tokens:
    """Return a MEDIAN, of numbers or moments."""
    return made("redshift_lab.middle(array_agg(", call.argument(0), ")", *call.window, ")")


def percentile(call: Call) -> Tokens:
    """Return a PERCENTILE_CONT or PERCENTILE_DISC."""
    if call.name == "PERCENTILE_DISC" and not call.over:
        return call.plain()
    key, backwards = _one_key(call)
    gathered = made("array_agg(", key, ")", *call.window)
    if call.name == "PERCENTILE_DISC":
        return made("redshift_lab.percentile_disc(", gathered, ", ", call.argument(0), f", {backwards})")
    share = made("1 - (", call.argument(0), ")") if backwards == "true" else call.argument(0)
    return made("redshift_lab.percentile(", gathered, ", ", share, ")")

"""Aggregates that sort: LISTAGG, MEDIAN, PERCENTILE_CONT and PERCENTILE_DISC, of groups and of windows."""

from __future__ import annotations

from localcloud.redshift.errors import not_supported
from localcloud.redshift.sql.call import Call
from localcloud.redshift.sql.lexer import Token, tokens


def listagg(call: Call) -> str:
    """Return a LISTAGG; the order of a window's rows is that of its WITHIN GROUP."""
    value, mark = call.argument(0), call.arguments[1] if len(call.arguments) > 1 else "''"
    if call.distinct:
        return _distinct_listagg(call, value, mark)
    filled = f"redshift_lab.filled(({value})::text)"
    if not call.over:
        order = f" ORDER BY {call.order}" if call.order else ""
        return f"redshift_lab.list_of(string_agg({filled}, {mark}{order}))"
    over = _ordered(call.over, call.order) if call.order else call.over
    return f"redshift_lab.list_of(string_agg({filled}, {mark}) {over})"


def _ordered(over: str, order: str) -> str:
    """Return a window with an order, of all its rows."""
    inside = over.strip()[len("OVER") :].strip().removeprefix("(").removesuffix(")")
    return f"OVER ({inside} ORDER BY {order} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"


def _distinct_listagg(call: Call, value: str, mark: str) -> str:
    if call.order and not _is_by_value(call, value):
        return _first_of_each(call, value, mark)
    backwards = _one_key(call)[1] if call.order else "false"
    if call.over:
        return f"redshift_lab.listed(array_agg({value}) {call.over}, {mark}, {backwards})"
    direction = " DESC" if backwards == "true" else ""
    return f"redshift_lab.joined(array_agg(DISTINCT {value} ORDER BY {value}{direction}), {mark})"


def _is_by_value(call: Call, value: str) -> bool:
    """Tell whether the order is that of the listed value alone."""
    words = tokens(call.order)
    ends = words[-1].upper in ("ASC", "DESC")
    return _squeezed(call.order[: words[-1].start] if ends else call.order) == _squeezed(value)


def _first_of_each(call: Call, value: str, mark: str) -> str:
    """Return a LISTAGG of the first of equal values in another order than theirs."""
    filled = f"redshift_lab.filled(({value})::text)"
    if call.over:
        return f"redshift_lab.joined_once(array_agg({filled}) {_ordered(call.over, call.order)}, {mark})"
    return f"redshift_lab.joined_once(array_agg({filled} ORDER BY {call.order}), {mark})"


def _one_key(call: Call) -> tuple[str, str]:
    """Return the single key of the ORDER BY, and whether it goes backwards."""
    words = tokens(call.order)
    if any(word.text == "," for word in _outer(words)):
        raise not_supported(f"{call.name} ... OVER with more than one key in ORDER BY")
    if words[-1].upper in ("ASC", "DESC"):
        return call.order[: words[-1].start].strip(), "true" if words[-1].upper == "DESC" else "false"
    return call.order.strip(), "false"


def _outer(words: list[Token]) -> list[Token]:
    depth, found = 0, list[Token]()
    for word in words:
        depth += (word.text in "([") - (word.text in ")]")
        if depth == 0:
            found.append(word)
    return found


def _squeezed(text: str) -> str:
    return " ".join(word.text.lower() for word in tokens(text))


def median(call: Call) -> str:
    """Return a MEDIAN, of numbers or moments."""
    return f"redshift_lab.middle(array_agg({call.argument(0)}) {call.over})".replace(" )", ")")


def percentile(call: Call) -> str:
    """Return a PERCENTILE_CONT or PERCENTILE_DISC."""
    if call.name == "PERCENTILE_DISC" and not call.over:
        return call.plain()
    key, backwards = _one_key(call)
    gathered = f"array_agg({key}) {call.over}".rstrip()
    if call.name == "PERCENTILE_DISC":
        return f"redshift_lab.percentile_disc({gathered}, {call.argument(0)}, {backwards})"
    share = f"1 - ({call.argument(0)})" if backwards == "true" else call.argument(0)
    return f"redshift_lab.percentile({gathered}, {share})"

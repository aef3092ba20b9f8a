"""Types of numbers by name: what functions give, and what casts to a type without digits give.

https://docs.aws.amazon.com/redshift/latest/dg/c_Aggregate_Functions.html
"""

from __future__ import annotations

from localcloud.redshift.sql import numbers
from localcloud.redshift.sql.numbers import Number
from localcloud.redshift.sql.typenames import BIGINTS, FLOATS, INTEGERS, SMALLINTS

_SAME = {
    *("MIN", "MAX", "ABS", "NULLIF", "LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE", "ANY_VALUE"),
    *("REDSHIFT_LAB.AVG", "REDSHIFT_LAB.LAST_NOT_NULL", "REDSHIFT_LAB.FIRST_NOT_NULL"),
}
COMMON = {"COALESCE", "GREATEST", "LEAST", "NVL"}
_WHOLE = {
    **dict.fromkeys(("COUNT", "ROW_NUMBER", "RANK", "DENSE_RANK", "NTILE", "DATEDIFF", "DATE_DIFF"), numbers.INT8),
    **dict.fromkeys(("LEN", "LENGTH", "STRPOS", "REGEXP_COUNT"), numbers.INT4),
    **dict.fromkeys(("DATE_PART", "SQRT", "EXP", "RANDOM", "PI", "SIN", "COS", "MONTHS_BETWEEN"), numbers.FLOAT),
}
TYPES = {
    **dict.fromkeys(SMALLINTS, numbers.INT2),
    **dict.fromkeys(INTEGERS, numbers.INT4),
    **dict.fromkeys(BIGINTS, numbers.INT8),
    **dict.fromkeys(FLOATS, numbers.FLOAT),
}


def returned(name: str, given: list[Number | None]) -> Number | None:
    """Return the type of what a function gives."""
    if name in _WHOLE:
        return _WHOLE[name]
    if name in COMMON:
        return numbers.common(given)
    first = given[0] if given else None
    if first is None or name in _SAME:
        return first if name in _SAME else None
    if name == "MOD" and len(given) > 1:
        return numbers.computed("%", first, given[1])
    if name == "SIGN":
        return numbers.decimal(1, 0) if first.kind == "decimal" else None
    if name in ("SUM", "AVG"):
        return {"whole": numbers.INT8, "float": numbers.FLOAT}.get(first.kind, numbers.decimal(38, first.scale))
    if name in ("CEIL", "CEILING", "FLOOR"):
        return first._replace(scale=0)
    return None

"""Keywords: what begins a clause, what joins, and what can be no alias.

https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_synopsis.html and
https://docs.aws.amazon.com/redshift/latest/dg/r_pg_keywords.html
"""

from __future__ import annotations

_CLAUSES = "FROM WHERE GROUP HAVING QUALIFY WINDOW ORDER LIMIT OFFSET FETCH FOR INTO"
CLAUSES = frozenset(_CLAUSES.split())
"""What begins a clause of a SELECT."""
SET_OPERATORS = frozenset(("UNION", "EXCEPT", "INTERSECT"))
SET_WORDS = SET_OPERATORS | {"MINUS"}
"""Set operators as a client writes them; MINUS is EXCEPT once it is in the engine's words."""
QUERIES = frozenset(("SELECT", "WITH"))
"""What a query begins with."""
JOINS = frozenset(("JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL"))
COMPARISONS = frozenset(("=", "<>", "!=", "<", "<=", ">", ">="))

_AFTER_TABLE = "ON USING OUTER PIVOT UNPIVOT AT TABLESAMPLE SET WHEN WITH AS"
AFTER_TABLE = (CLAUSES - {"FROM", "INTO"}) | SET_WORDS | JOINS | set(_AFTER_TABLE.split())
"""What follows a table and is not an alias of it."""

_ENDS = """
    END NULL TRUE FALSE UNKNOWN PRECISION VARYING ZONE YEAR MONTH DAY HOUR MINUTE SECOND ROWS ROW FOLLOWING PRECEDING
    ALL CURRENT_DATE CURRENT_TIMESTAMP CURRENT_USER
"""
ENDS_EXPRESSION = frozenset(_ENDS.split())
"""What ends an expression, and so is not an alias after one."""
_GOES_ON = """
    AND OR NOT IS IN LIKE ILIKE BETWEEN SIMILAR TO ZONE THEN ELSE WHEN CASE DISTINCT FROM AS INTERVAL DATE TIMESTAMP
    TIMESTAMPTZ TIME SELECT TOP ALL ESCAPE COLLATE OVER BY ON ANY SOME ARRAY DOUBLE CHARACTER WITH WITHOUT AT
"""
GOES_ON = frozenset(_GOES_ON.split())
"""After these an expression continues, so that there is no alias."""
_IN_CONDITIONS = """
    AND OR NOT IS NULL IN BETWEEN LIKE ILIKE TRUE FALSE CASE WHEN THEN ELSE END CAST AS DATE TIMESTAMP INTERVAL
"""
IN_CONDITIONS = frozenset(_IN_CONDITIONS.split())
"""Words of a condition that are no columns."""

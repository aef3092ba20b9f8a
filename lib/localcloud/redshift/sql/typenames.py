"""The names of types, by kind. Aliases are as good as names.

https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html
"""

from __future__ import annotations

SMALLINTS = frozenset(("SMALLINT", "INT2"))
INTEGERS = frozenset(("INTEGER", "INT", "INT4"))
BIGINTS = frozenset(("BIGINT", "INT8"))
WHOLE = SMALLINTS | INTEGERS | BIGINTS
DECIMALS = frozenset(("DECIMAL", "NUMERIC", "DEC"))
FLOATS = frozenset(("REAL", "FLOAT4", "DOUBLE", "FLOAT8", "FLOAT"))
BOOLEANS = frozenset(("BOOLEAN", "BOOL"))
VARCHARS = frozenset(("VARCHAR", "NVARCHAR", "TEXT", "STRING"))
CHARS = frozenset(("CHAR", "NCHAR", "BPCHAR", "CHARACTER"))
BYTES = frozenset(("VARBYTE", "VARBINARY", "BINARY"))
DATES = frozenset(("DATE",))
MOMENTS = frozenset(("TIMESTAMP", "TIMESTAMPTZ", "DATETIME"))
TIMES = frozenset(("TIME", "TIMETZ"))
SPATIAL = frozenset(("GEOMETRY", "GEOGRAPHY"))

"""Values of Parquet and ORC as the JSON of a SUPER column.

Numbers keep their digits, dates and times are text, a map is an object.
https://docs.aws.amazon.com/redshift/latest/dg/copy_json.html
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pyarrow as pa

from localcloud.redshift.errors import SqlError
from localcloud.redshift.transfer.json_text import Number
from localcloud.redshift.transfer.records import compact


def super_texts(values: pa.Array, name: str) -> pa.Array:
    """Return a column as texts of JSON. Raises SqlError at a value for which JSON has no form."""
    if isinstance(values.type, pa.JsonType):  # as UNLOAD writes SUPER (unload-super-parquet)
        return values.storage
    try:
        stored = values.to_pylist(maps_as_pydicts="strict")
        return pa.array([None if value is None else compact(_plain(value)) for value in stored], pa.string())
    except (ValueError, KeyError, TypeError) as error:  # TypeError: an array as the key of a map
        raise SqlError("22023", f'column "{name}": a value cannot be loaded into SUPER: {error}') from None


def _plain(value: Any) -> Any:
    """Return a value in the types of JSON. Raises ValueError if there is none."""
    if isinstance(value, dict):
        return {_key(key): _plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_plain(member) for member in value]
    if isinstance(value, Decimal):
        return Number(format(value, "f"))
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is not a valid JSON number")
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)


def _key(key: Any) -> str:
    """Return the key of a map as text: numbers and truth values become their text."""
    plain = _plain(key)
    if isinstance(plain, dict | list) or plain is None:
        raise ValueError(f"{key} cannot be the key of an object")
    return plain if isinstance(plain, str) else compact(plain)

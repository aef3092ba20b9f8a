"""What COPY makes of Parquet's and ORC's values in a SUPER column: copy_json, "columnar-format Parquet and ORC"."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from localcloud.redshift.errors import SqlError
from localcloud.redshift.transfer.super_values import super_texts


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ([1, None, 2**53 + 1], pa.list_(pa.int64()), "[1,null,9007199254740993]"),
        ([Decimal("1.50")], pa.list_(pa.decimal128(5, 2)), "[1.50]"),
        (Decimal("-0.0000001"), pa.decimal128(38, 10), "-0.0000001000"),
        ({"x": 'é"', "y": True}, pa.struct([("x", pa.string()), ("y", pa.bool_())]), '{"x":"é\\"","y":true}'),
        ([("k", 1), ("j", None)], pa.map_(pa.string(), pa.int32()), '{"k":1,"j":null}'),
        ([(1, [0.5])], pa.map_(pa.int32(), pa.list_(pa.float64())), '{"1":[0.5]}'),
        (date(2024, 1, 2), pa.date32(), '"2024-01-02"'),
        ([datetime(2024, 1, 2, 3, 4, 5)], pa.list_(pa.timestamp("us")), '["2024-01-02 03:04:05"]'),
        (b"abc", pa.binary(), '"abc"'),
        (None, pa.list_(pa.int64()), None),
    ],
)
def test_a_value_becomes_json(value: Any, kind: pa.DataType, expected: str | None) -> None:
    """Numbers stay numbers with all their digits, maps become objects, dates and bytes of text become text."""
    assert super_texts(pa.array([value], kind), "s").to_pylist() == [expected]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ([float("nan")], pa.list_(pa.float64())),
        (float("inf"), pa.float64()),
        (b"\xff", pa.binary()),
        ([("k", 1), ("k", 2)], pa.map_(pa.string(), pa.int32())),
        ([([1], 2)], pa.map_(pa.list_(pa.int32()), pa.int32())),
    ],
)
def test_a_value_without_a_form_in_json_is_an_error(value: Any, kind: pa.DataType) -> None:
    """Such a value fails the load; it never becomes another."""
    with pytest.raises(SqlError, match='column "s": a value cannot be loaded into SUPER'):
        super_texts(pa.array([value], kind), "s")

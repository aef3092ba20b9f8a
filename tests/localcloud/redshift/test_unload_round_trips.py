"""UNLOAD, then COPY with the reciprocal options: each value of each type comes back as it was, or is refused.

The guide itself calls some forms ambiguous (r_UNLOAD, r_UNLOAD_command_examples "Unload using NULL AS"): `Form` says for
each which texts it cannot carry, and what becomes of null. LAB_PROPERTY_EXAMPLES runs more examples than CI does.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

import boto3
import psycopg
import pytest
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("LAB_PROPERTY_EXAMPLES", "6"))
pytestmark = [pytest.mark.stack, pytest.mark.timeout(max(300, 5 * EXAMPLES))]
TOGETHER = 1 if EXAMPLES < 50 else 100
"""How many rows at least travel together: thousands of examples are not thousands of files."""
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=EXAMPLES < 50,
    phases=[Phase.generate],  # shrinking asks the lab thousands of times
    database=None,
    print_blob=False,
    verbosity=Verbosity.quiet,
)
NULL = "@null@"
Value = str | None


@dataclass(frozen=True)
class Form:
    """Reciprocal options of UNLOAD and COPY, the characters that the form cannot carry, and how it treats null."""

    unload: str
    copy: str
    lost: str = ""
    keeps_null: bool = True
    """Whether a null text differs from an empty one."""
    keeps_blanks: bool = True
    """Whether blanks at the end of a text stay."""
    without: tuple[str, ...] = ()
    """Columns whose types the form does not take."""


_WIDTHS = ",".join(f"{number}:{width}" for number, width in enumerate([6, *[44] * 10, 40, 230, *[36] * 4, 400]))
FORMS = (
    Form(f"CSV NULL AS '{NULL}'", f"CSV NULL AS '{NULL}'"),
    Form("CSV HEADER GZIP", "CSV IGNOREHEADER 1 GZIP", keeps_null=False),
    Form(f"CSV DELIMITER ';' ZSTD NULL AS '{NULL}'", f"CSV DELIMITER ';' ZSTD NULL AS '{NULL}'"),
    Form(f"ESCAPE NULL AS '{NULL}'", f"ESCAPE NULL AS '{NULL}'"),
    Form(f"DELIMITER '\\t' ESCAPE BZIP2 NULL AS '{NULL}'", f"DELIMITER '\\t' ESCAPE BZIP2 NULL AS '{NULL}'"),
    Form("ESCAPE", "ESCAPE", keeps_null=False),
    Form(f"ADDQUOTES ESCAPE NULL AS '{NULL}'", f"REMOVEQUOTES ESCAPE NULL AS '{NULL}'", without=("vb",)),
    Form(f"DELIMITER ',' NULL AS '{NULL}'", f"DELIMITER ',' NULL AS '{NULL}'", lost=",\r\n"),
    Form(
        f"DELIMITER '^' ADDQUOTES NULL AS '{NULL}'",
        f"DELIMITER '^' REMOVEQUOTES NULL AS '{NULL}'",
        lost="\"'\r\n",
        without=("vb",),
    ),
    Form(f"FIXEDWIDTH '{_WIDTHS}'", f"FIXEDWIDTH '{_WIDTHS}'", "\r\n", False, keeps_blanks=False, without=("vb",)),
    Form("JSON", "JSON 'auto'", without=("vb",)),
    Form("JSON GZIP", "JSON 'auto' GZIP", without=("vb",)),
    Form("PARQUET", "PARQUET", without=("vb", "tt")),
)
TEXTS = st.text(
    st.one_of(
        st.sampled_from("\"'\\|,;\t\r\n {}[]:^N"),
        st.characters(exclude_categories=("Cs",), exclude_characters="\0"),
    ),
    max_size=25,
)
SUPERS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def _whole(bits: int) -> st.SearchStrategy[str]:
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return (st.sampled_from([low, high, 0, -1]) | st.integers(low, high)).map(str)


def _decimal(digits: int, scale: int) -> st.SearchStrategy[str]:
    most = 10**digits - 1

    def written(number: int) -> str:
        text = f"{abs(number):0{scale + 1}d}"
        return (
            f"{'-' if number < 0 else ''}{text[: len(text) - scale]}{'.' if scale else ''}{text[len(text) - scale :]}"
        )

    return (st.sampled_from([most, -most, 0, 1]) | st.integers(-most, most)).map(written)


def _float(width: Any) -> st.SearchStrategy[str]:
    return st.floats(width=width).map(str).map({"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get) | st.floats(
        width=width, allow_nan=False, allow_infinity=False
    ).map(repr)


DATES = st.sampled_from(["0001-01-01", "9999-12-31", "2024-02-29"]) | st.dates().map(str)
TIMES = st.sampled_from(["00:00:00", "23:59:59.999999", "12:00:00.1"]) | st.times().map(str)
STAMPS = st.tuples(DATES, TIMES).map(" ".join)
ZONES = st.sampled_from(["+00", "+02", "-11", "+05:30"])
INSERT = {
    "b": ("boolean", st.sampled_from(["true", "false"])),
    "i2": ("smallint", _whole(16)),
    "i4": ("integer", _whole(32)),
    "i8": ("bigint", _whole(64)),
    "d0": ("decimal(38,0)", _decimal(38, 0)),
    "d4": ("decimal(18,4)", _decimal(18, 4)),
    "d37": ("decimal(38,37)", _decimal(38, 37)),
    "f4": ("real", _float(32)),
    "f8": ("double precision", _float(64)),
    "dt": ("date", DATES),
    "c": ("char(40)", st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40)),
    "v": ("varchar(200)", TEXTS),
    "ts": ("timestamp", STAMPS),
    "tz": ("timestamptz", st.tuples(STAMPS.filter(lambda text: "0001" < text[:4] < "9999"), ZONES).map("".join)),
    "tm": ("time", TIMES),
    "tt": ("timetz", st.tuples(TIMES, ZONES).map("".join)),
    "vb": ("varbyte(16)", st.binary(max_size=16).map(bytes.hex)),
    "s": ("super", SUPERS.map(lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")))),
}
"""Column -> its type, and the texts of its values."""


def _placeholder(name: str, kind: str) -> str:
    return {"s": "json_parse(%s)", "vb": "to_varbyte(%s, 'hex')"}.get(name, f"%s::{kind}")


def _carried(form: Form, name: str, value: Value) -> Value:
    """Return a value without what the form cannot carry."""
    if value is None or not form.lost or name not in ("c", "v", "s"):
        return value
    if name == "s" and any(mark in value for mark in form.lost):
        return "[1]" if "," not in form.lost else "7"
    return "".join(character for character in value if character not in form.lost)


def _rows(form: Form) -> st.SearchStrategy[list[dict[str, Value]]]:
    row = st.fixed_dictionaries(
        {
            name: st.none() | values.map(lambda value, name=name: _carried(form, name, value))
            for name, (_, values) in INSERT.items()
        }
    )
    return st.lists(row, min_size=0, max_size=5)


@pytest.fixture
def tables(schema: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """Give a connection with the tables `gone` and `back` of all types."""
    for table in ("gone", "back"):
        columns = ", ".join(f"{name} {kind}" for name, (kind, _) in INSERT.items())
        schema.execute(f"CREATE TABLE {table} (id integer, {columns})".encode())
    return schema


def _shown(connection: psycopg.Connection[Any], table: str, names: list[str]) -> list[tuple[Any, ...]]:
    texts = [
        "json_serialize(s)" if name == "s" else f"{name}::varchar(400)" if name != "vb" else "to_hex(vb)"
        for name in names
    ]
    return connection.execute(f"SELECT id, {', '.join(texts)} FROM {table} ORDER BY id".encode()).fetchall()


def _expected(form: Form, names: list[str], row: tuple[Any, ...]) -> tuple[Any, ...]:
    return row[:1] + tuple(_back(form, name, value) for name, value in zip(names, row[1:], strict=True))


def _back(form: Form, name: str, value: Value) -> Value:
    if name == "vb":
        return value or None  # an empty field is null, except for CHAR and VARCHAR (copy-parameters-data-conversion)
    if name in ("c", "v"):
        value = value if form.keeps_null else value or ""
        return value if form.keeps_blanks or value is None else value.rstrip(" ")
    return value


def _empty(bucket: str, prefix: str) -> None:
    s3 = boto3.client("s3")
    for item in s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", []):
        s3.delete_object(Bucket=bucket, Key=item["Key"])


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.unload.replace(_WIDTHS, "..."))
def test_a_round_trip_loses_and_changes_nothing(tables: psycopg.Connection[Any], bucket: str, form: Form) -> None:
    """What UNLOAD writes, COPY reads back: rows and values are the same."""
    names = [name for name in INSERT if name not in form.without]
    listed, places = ", ".join(["id", *names]), ", ".join(_placeholder(name, INSERT[name][0]) for name in names)

    url, pending = f"s3://{bucket}/trips/t_", list[dict[str, Value]]()

    def travel() -> None:
        tables.execute("DELETE FROM gone; DELETE FROM back")
        _empty(bucket, "trips/")
        if pending:
            values = ", ".join([f"(%s, {places})"] * len(pending))
            given = [value for number, row in enumerate(pending) for value in (number, *(row[name] for name in names))]
            tables.execute(f"INSERT INTO gone ({listed}) VALUES {values}".encode(), given)
        query = f"SELECT {listed} FROM gone"
        tables.execute(f"UNLOAD ('{query}') TO '{url}' IAM_ROLE default {form.unload}".encode())
        if pending:  # no rows are no objects, or empty ones
            tables.execute(f"COPY back ({listed}) FROM '{url}' IAM_ROLE default {form.copy}".encode())
        expected = [_expected(form, names, row) for row in _shown(tables, "gone", names)]
        assert len(expected) == len(pending)
        assert _shown(tables, "back", names) == expected
        pending.clear()

    @SETTINGS
    @given(_rows(form))
    def check(rows: list[dict[str, Value]]) -> None:
        pending.extend(rows)
        if TOGETHER == 1 or len(pending) >= TOGETHER:
            travel()

    check()
    travel()

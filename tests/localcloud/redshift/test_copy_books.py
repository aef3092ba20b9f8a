"""COPY loses no record: each is loaded as it should be, or logged with its line.

A hundred files are made at random; LAB_PROPERTY_EXAMPLES=5000 makes so many.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
import fastavro
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("LAB_PROPERTY_EXAMPLES", "100"))
pytestmark = [pytest.mark.stack, pytest.mark.timeout(max(300, 5 * EXAMPLES))]
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
BAD = object()
VALUES: dict[str, dict[str, Any]] = {
    "smallint": {"7": "7", "-32768": "-32768", "": None, "32768": BAD, "x9": BAD, "1.0": BAD},
    "int": {"0": "0", "+7": "7", "-2147483648": "-2147483648", "": None, "99999999999": BAD, "12a": BAD},
    "bigint": {"9223372036854775807": "9223372036854775807", "": None, "9223372036854775808": BAD, "-": BAD},
    "decimal(5,2)": {"1.239": "1.23", "-999.999": "-999.99", "": None, "1000": BAD, "1,5": BAD, "NaN": BAD},
    "decimal(38,10)": {"1234567890123456789012345678.0123456789": "1234567890123456789012345678.0123456789", "9" * 29: BAD},
    "real": {"0.5": "0.5", "1e39": BAD, "": None, "a": BAD},
    "float": {"-2.5e3": "-2500", "1e400": BAD, "": None, "1.2.3": BAD},
    "boolean": {"t": "true", "No": "false", "": None, "maybe": BAD},
    "char(3)": {"ab": "ab", "abc": "abc", "abcd": BAD, "é": BAD},
    "varchar(6)": {"": "", "éé": "éé", "日本": "日本", "😀a": "😀a", "日本日": BAD, "abcdefg": BAD},
    "date": {"2024-02-29": "2024-02-29", "": None, "2023-02-29": BAD, "29.02.2024": BAD},
    "timestamp": {"2024-05-06 18:45:00.5": "2024-05-06 18:45:00.5", "": None, "2024-05-06 25:00:00": BAD, "now": BAD},
    "timestamptz": {"2024-05-06 18:45:00-08": "2024-05-07 02:45:00+00", "": None, "2024-05-06 18:45 Mars": BAD},
    "time": {"12:34:56": "12:34:56", "": None, "25:00": BAD},
    "timetz": {"12:34:56-08": "12:34:56-08", "": None, "12:34:56-99": BAD},
    "super": {"[1,2]": "[1,2]", "7": "7", "{bad": BAD},
    "varbyte": {"616263": "616263", "": None, "6g": BAD},
}  # fmt: skip
"""Type -> texts, and what they are read as (as text, NULL or BAD)."""
Rows = list[list[tuple[str, str]]]
"""Records of (type, text)."""


def _csv(rows: Rows) -> bytes:
    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\n') else text

    return _lines([",".join([str(at), *(quoted(text) for _, text in row)]) for at, row in enumerate(rows, start=1)])


def _lines(lines: list[str]) -> bytes:
    return "".join(line + "\n" for line in lines).encode()


def _delimited(rows: Rows) -> bytes:
    return _lines(["|".join([str(at), *(text for _, text in row)]) for at, row in enumerate(rows, start=1)])


def _quoted(rows: Rows) -> bytes:
    lines = ["|".join([f"'{at}'", *(f'"{text}"' for _, text in row)]) for at, row in enumerate(rows, start=1)]
    return "\r\n".join(lines).encode()


def _fixed(rows: Rows) -> bytes:
    return _lines([f"{at:<5}" + "".join(f"{text:<45}" for _, text in row) for at, row in enumerate(rows, start=1)])


def _records(rows: Rows) -> list[dict[str, str]]:
    return [
        {"id": str(at), **{f"c{number}": text for number, (_, text) in enumerate(row)}}
        for at, row in enumerate(rows, start=1)
    ]


def _json(rows: Rows) -> bytes:
    return _lines([json.dumps(record, ensure_ascii=at % 2 == 0) for at, record in enumerate(_records(rows))])


def _avro(rows: Rows) -> bytes:
    names = ["id", *(f"c{number}" for number in range(len(rows[0]) if rows else 1))]
    fields = [{"name": name, "type": "string"} for name in names]
    out = io.BytesIO()
    fastavro.writer(out, fastavro.parse_schema({"type": "record", "name": "r", "fields": fields}), _records(rows))
    return out.getvalue()


@dataclass(frozen=True)
class Form:
    """A format: its options, how records are written in it, and the types that it does not load so."""

    options: str
    write: Callable[[Rows], bytes]
    without: tuple[str, ...] = ()


FORMS = (
    Form("csv", _csv),
    Form("", _delimited),
    Form("escape", _delimited),
    Form("removequotes", _quoted, ("varbyte",)),
    Form("fixedwidth 'id:5,c0:45,c1:45,c2:45'", _fixed, ("varbyte",)),
    Form("json 'auto'", _json, ("super",)),
    Form("avro 'auto'", _avro, ("super",)),
)
SHOWN = {"super": "json_serialize({})", "varbyte": "to_hex({})", "char(3)": "rtrim({})"}


@st.composite
def files(draw: st.DrawFn) -> tuple[Form, list[str], Rows, int]:
    """Draw a format, the types of three columns, records, and a MAXERROR."""
    form = draw(st.sampled_from(FORMS))
    kinds = draw(
        st.lists(st.sampled_from([kind for kind in VALUES if kind not in form.without]), min_size=3, max_size=3)
    )
    row = st.tuples(*(st.sampled_from(sorted(VALUES[kind])) for kind in kinds))
    rows = [list(zip(kinds, texts, strict=True)) for texts in draw(st.lists(row, max_size=12))]
    return form, kinds, rows, draw(st.sampled_from([0, 1, 2, 3, 5, 13]))


def test_each_record_is_loaded_or_logged(schema: psycopg.Connection[Any], bucket: str) -> None:
    """The good records of a file load as what they are, each bad one is logged once with its line, or the load fails."""
    schema.prepare_threshold, s3, told = None, boto3.client("s3"), list[str]()
    schema.add_notice_handler(lambda notice: told.append(notice.message_primary or ""))

    @SETTINGS
    @given(files())
    def check(file: tuple[Form, list[str], Rows, int]) -> None:
        form, kinds, rows, limit = file
        told.clear()
        schema.execute("drop table if exists t")
        schema.execute(
            f"create table t (id int, {', '.join(f'c{at} {kind}' for at, kind in enumerate(kinds))})".encode()
        )
        s3.put_object(Bucket=bucket, Key="books/data", Body=form.write(rows))
        good, bad = {}, []
        for line, row in enumerate(rows, start=1):
            values = [VALUES[kind][text] for kind, text in row]
            if any(value is BAD for value in values):
                bad.append(line)
            else:
                good[line] = values
        fails = len(bad) >= max(limit, 1)
        try:
            schema.execute(
                f"copy t from 's3://{bucket}/books/data' iam_role default {form.options} maxerror {limit}".encode()
            )
            error = ""
        except psycopg.Error as refused:
            error = str(refused)
        failed = error.startswith("Load into table 't' failed.")
        assert failed or not error, error
        listed = ", ".join(SHOWN.get(kind, "{}::varchar").format(f"c{at}") for at, kind in enumerate(kinds))
        stored = {row[0]: list(row[1:]) for row in schema.execute(f"select id, {listed} from t".encode())}
        query = "select line_number from stl_load_errors where query = pg_last_copy_id() order by line_number"
        logged = [row[0] for row in schema.execute(query.encode())]
        assert (failed, stored) == (fails, {} if fails else good)
        assert logged == (bad[: max(limit, 1)] if fails else bad)
        if not fails:
            assert f"completed, {len(good)} record(s) loaded" in told[-1 - bool(bad)]
            assert not bad or f"completed, {len(bad)} record(s) could not be loaded" in told[-1]

    check()

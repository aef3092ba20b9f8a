"""COPY of text without services: what becomes of each field, and that the fast way reads what the exact way reads.

The property tests run a few hundred files; LAB_PROPERTY_EXAMPLES=5000 makes them run so many.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localcloud.redshift.sql.lexer import lex
from localcloud.redshift.transfer.books import FileBook
from localcloud.redshift.transfer.exact import cut_bytes
from localcloud.redshift.transfer.feed import Feed
from localcloud.redshift.transfer.rejects import Reject, Rejects, TooManyRejects
from localcloud.redshift.transfer.rows import Converter
from localcloud.redshift.transfer.statements import parse_copy
from localcloud.redshift.transfer.storage import Object
from localcloud.redshift.transfer.target import Target
from localcloud.redshift.transfer.text_sources import TextFile

EXAMPLES = int(os.environ.get("LAB_PROPERTY_EXAMPLES", "300"))
TYPES = {
    "smallint": ("int2", -1),
    "int": ("int4", -1),
    "bigint": ("int8", -1),
    "decimal(5,2)": ("numeric", 4 + (5 << 16) + 2),
    "decimal(38,10)": ("numeric", 4 + (38 << 16) + 10),
    "real": ("float4", -1),
    "float": ("float8", -1),
    "bool": ("bool", -1),
    "char(3)": ("bpchar", 7),
    "varchar(4)": ("varchar", 8),
    "date": ("date", -1),
    "timestamp": ("timestamp", -1),
    "timestamptz": ("timestamptz", -1),
    "time": ("time", -1),
    "timetz": ("timetz", -1),
    "super": ("super", -1),
    "varbyte": ("varbyte", -1),
}


@dataclass
class Loaded:
    """What became of a file."""

    rows: list[tuple[Any, ...]]
    rejects: list[Reject]
    book: FileBook
    failed: bool


def no_cast(_kind: str, texts: Sequence[str]) -> list[int | None]:
    """Stand for the engine, which is asked for 'auto' alone."""
    return [None] * len(texts)


class ExactFile(TextFile):
    """Reads every record byte by byte."""

    def _block(self) -> pa.Table | None:
        return None


def load(data: bytes | str, options: str, columns: Sequence[str], kind: type[TextFile] = TextFile) -> Loaded:
    """Load a file into columns of those types."""
    raw = data.encode() if isinstance(data, str) else data
    copy = parse_copy(lex(f"COPY t FROM 's3://b/k' IAM_ROLE DEFAULT {options}"))
    targets = tuple(Target(f"c{at}", *TYPES[name], False, "", False) for at, name in enumerate(columns))
    rejects = Rejects(None if copy.ignoreallerrors else max(copy.maxerror, 1))
    book = FileBook(Object("b/k", len(raw)))
    file = kind(Feed(io.BytesIO(raw)), Converter(copy, targets, rejects, no_cast), book)
    rows, failed = list[tuple[Any, ...]](), False
    try:
        for table in file.tables():
            rows += zip(*(column.to_pylist() for column in table.columns), strict=True)
    except TooManyRejects:
        failed = True
    return Loaded(rows, rejects.rows, book, failed)


@pytest.mark.parametrize(
    ("options", "text", "expected"),
    [
        ("CSV", '1,"a,""b"\n2,\n', [(1, 'a,"b'), (2, "")]),
        ("CSV", '1,"a\nb"\r\n2,c', [(1, "a\nb"), (2, "c")]),
        ("CSV", '1, "ab" \n', [(1, "ab")]),
        ("CSV DELIMITER '\\t'", '1\t"a\tb"\n', [(1, "a\tb")]),
        ("CSV QUOTE AS '%'", '1,%a"b%\n', [(1, 'a"b')]),
        ("CSV IGNOREHEADER 1", "x,y\n1,a\n", [(1, "a")]),
        ("DELIMITER ';'", "1;a|b\n", [(1, "a|b")]),
        ("DELIMITER '\\001'", "1\1ab\n", [(1, "ab")]),
        ("ESCAPE", "1|a\\|b\n2|c\\\nd\n", [(1, "a|b"), (2, "c\nd")]),
        ("ESCAPE", "1|\\012\n", [(1, "012")]),
        ("ESCAPE", "1|\\N\n2|\\\\N\n", [(1, None), (2, None)]),
        ("ESCAPE", "1|a\\\\\n2|b", [(1, "a\\"), (2, "b")]),
        ("REMOVEQUOTES", "'1'|\"a|b\"\n", [(1, "a|b")]),
        ("REMOVEQUOTES ESCAPE", "1|'a\\'b'\n", [(1, "a'b")]),
        ("FILLRECORD", "1\n", [(1, "")]),
        ("FILLRECORD EMPTYASNULL", "1\n", [(1, None)]),
        ("FIXEDWIDTH 'x:2,y:3'", "1 abc\n 2ä\n", [(1, "abc"), (2, "ä")]),
        ("IGNOREBLANKLINES", "1|a\n\n2|b\n", [(1, "a"), (2, "b")]),
        ("CSV IGNOREBLANKLINES", "\r\n1,a\r\n\r\n2,b\r\n", [(1, "a"), (2, "b")]),
        ("", "1|a|\n2|b|\n", [(1, "a"), (2, "b")]),
        ("", "\ufeff1|a", [(1, "a")]),
        ("NULL AS 'nil'", "1|nil\nnil|b\n", [(1, None), (None, "b")]),
        ("NULL AS '\\0'", "1|\0\n", [(1, None)]),
        ("ACCEPTINVCHARS '^'", b"1|a\xff\xe0\xa1b\n", [(1, "a^^^")]),
    ],
)
def test_text_is_read_as_the_options_say(options: str, text: str | bytes, expected: list[Any]) -> None:
    """Each option of the text formats has its effect, on the fast way and on the exact one."""
    if "ACCEPTINVCHARS" in options:
        options += " TRUNCATECOLUMNS"
    for kind in (TextFile, ExactFile):
        assert load(text, options, ["int", "varchar(4)"], kind).rows == expected


@pytest.mark.parametrize(
    ("kind", "options", "given", "expected"),
    [
        ("int", "", " 7 ", 7),
        ("int", "", "+7", 7),
        ("int", "", "", None),
        ("int", "", "  ", None),
        ("varchar(4)", "EMPTYASNULL", "", None),
        ("varchar(4)", "", "", ""),
        ("varchar(4)", "BLANKSASNULL", "  ", None),
        ("varchar(4)", "TRUNCATECOLUMNS", "abcéf", "abc"),
        ("varchar(4)", "", "abcd  ", "abcd"),
        ("varchar(4)", "TRIMBLANKS", "a \t", "a"),
        ("char(3)", "", "ab ", "ab"),
        ("decimal(5,2)", "", "1.239", Decimal("1.23")),
        ("decimal(5,2)", "", "-1.239", Decimal("-1.23")),
        ("decimal(5,2)", "ROUNDEC", "1.235", Decimal("1.24")),
        ("decimal(5,2)", "", ".5", Decimal("0.50")),
        (
            "decimal(38,10)",
            "",
            "1234567890123456789012345678.0123456789",
            Decimal("1234567890123456789012345678.0123456789"),
        ),
        ("float", "", "1e3", 1000.0),
        ("real", "", "0.1", 0.10000000149011612),
        ("bool", "", "Yes", True),
        ("bool", "", "f", False),
        ("date", "DATEFORMAT 'DD.MM.YYYY'", "31.12.2025", date(2025, 12, 31)),
        ("date", "DATEFORMAT AS 'MON-DD-YYYY'", "Jan-01-1999", date(1999, 1, 1)),
        ("date", "DATEFORMAT 'YYYYMMDD'", "20240506", date(2024, 5, 6)),
        ("date", "", "2024-05-06 12:00:00", date(2024, 5, 6)),
        ("date", "ACCEPTANYDATE", "soon", None),
        ("timestamp", "TIMEFORMAT 'epochsecs'", "86400", datetime(1970, 1, 2)),
        ("timestamp", "TIMEFORMAT 'epochmillisecs'", "1500", datetime(1970, 1, 1, 0, 0, 1, 500000)),
        ("timestamp", "TIMEFORMAT 'YYYY/MM/DD HH:MI:SS'", "2024/05/06 18:45:00", datetime(2024, 5, 6, 18, 45)),
        (
            "timestamp",
            "TIMEFORMAT 'MM.DD.YYYY HH:MI:SS'",
            "03.31.2003 18:45:05.123456",
            datetime(2003, 3, 31, 18, 45, 5, 123456),
        ),
        ("timestamp", "TIMEFORMAT 'DD/MM/YY HH12:MI AM'", "06/05/24 06:45 PM", datetime(2024, 5, 6, 18, 45)),
        ("timestamp", "", "2024-05-06", datetime(2024, 5, 6)),
        ("time", "", "12:34:56.5", time(12, 34, 56, 500000)),
        ("timetz", "", "12:34:56-0830", "12:34:56.000000-08:30"),
        ("super", "", '{"a": [1]}', '{"a": [1]}'),
        ("varbyte", "", "616263", b"abc"),
    ],
)
def test_values_become_what_the_pages_say(kind: str, options: str, given: str, expected: Any) -> None:
    """Null, lengths, digits and dates follow the options; COPY cuts digits, it does not round."""
    for way in (TextFile, ExactFile):
        assert load(f"{given}|\n", options, [kind], way).rows == [(expected,)]


BAD = [
    ("smallint", "40000", 1222, "Overflow"),
    ("int", "99999999999", 1222, "Overflow"),
    ("bigint", "9223372036854775808", 1222, "Overflow"),
    ("int", "x9", 1207, "Value 'x', Pos 0, Type: Integer"),
    ("int", "7.5", 1207, "Value '.', Pos 1, Type: Integer"),
    ("bigint", "12a", 1207, "Value 'a', Pos 2, Type: Long"),
    ("smallint", "-", 1207, "Value '-', Pos 0, Type: Short"),
    ("decimal(5,2)", "1234", 1204, "NUMERIC(5,2)"),
    ("decimal(5,2)", "1,5", 1207, "Value ',', Pos 1, Type: Decimal"),
    ("decimal(38,10)", "NaN", 1207, "Value 'N', Pos 0, Type: Decimal"),
    ("real", "1e39", 1208, "Overflow"),
    ("float", "1e400", 1208, "Overflow"),
    ("float", "1e-400", 1208, "Overflow"),
    ("float", "1.2.3", 1207, "Value '.', Pos 3, Type: Double"),
    ("bool", "maybe", 1210, "boolean"),
    ("char(3)", "abcd", 1204, "Char length exceeds DDL length"),
    ("char(3)", "é", 1220, "Invalid char: c3 a9"),
    ("varchar(4)", "ééé", 1204, "String length exceeds DDL length"),
    ("date", "2024-13-01", 1205, "Invalid Date Format"),
    ("date", "1/2/3", 1205, "length must be 10 or more"),
    ("timestamp", "2024-05-06 25:00:00", 1206, "YYYY-MM-DD HH24:MI:SS"),
    ("timestamp", "2024-05-06T10:00:00Z", 1206, "YYYY-MM-DD HH24:MI:SS"),
    ("timestamptz", "2024-02-30 00:00:00+00", 1206, "YYYY-MM-DD HH24:MI:SSOF"),
    ("time", "25:00", 1206, "time"),
    ("timetz", "12:60", 1206, "time"),
    ("super", "{bad", 1224, "SUPER"),
    ("super", "[NaN]", 1224, "SUPER"),
    ("varbyte", "6g", 1219, "hexadecimal"),
    ("varbyte", "616", 1219, "hexadecimal"),
]


@pytest.mark.parametrize(("kind", "given", "code", "reason"), BAD)
def test_what_does_not_fit_is_rejected_with_its_own_reason(kind: str, given: str, code: int, reason: str) -> None:
    """A bad value leaves its record out: code, reason, line, place and text are the value's own; the others load."""
    found = load(f"1|\n2|{given}\n3|\n", "MAXERROR 2", ["int", kind])
    assert [row[0] for row in found.rows] == [1, 3]
    (reject,) = found.rejects
    assert (reject.line, reject.position, reject.code, reject.column) == (2, 2, code, "c1")
    assert reason in reject.reason
    assert reject.raw_value == "".join(letter if letter.isascii() else "." for letter in given)


@pytest.mark.parametrize(
    ("options", "line", "code"),
    [
        ("", b"1|a|b", 1202),
        ("", b"1", 1214),
        ("", b"", 1211),
        ("CSV", b'1,a"b', 1216),
        ("CSV", b'1,"ab"x', 1216),
        ("CSV", b'1,"ab', 1216),
        ("REMOVEQUOTES", b"1|'ab", 1214),
        ("", b"1|a\rb", 1216),
        ("", b"1|a\0b", 1216),
        ("NULL AS '\\0'", b"1|a\0", 1218),
        ("", b"1|\xff", 1220),
        ("", b"1|\xc3", 1220),
        ("", b"1|\xed\xa0\x80", 1220),
        ("FIXEDWIDTH 'a:1,b:2'", b"1abc", 1202),
        ("FIXEDWIDTH 'a:1,b:2'", b"1", 1214),
        ("", b"1|" + b"a" * (4 * 1024 * 1024), 1204),
    ],
)
def test_a_broken_line_is_rejected_alone(options: str, line: bytes, code: int) -> None:
    """The lines before and after it load."""
    good = b"1ab" if "FIXED" in options else b"1,ab" if "CSV" in options else b"1|ab"
    found = load(b"\n".join([good, line, good]), f"{options} MAXERROR 9", ["int", "varchar(4)"])
    assert found.rows == [(1, "ab")] * 2
    assert [(reject.line, reject.code) for reject in found.rejects] == [(2, code)]
    assert found.book.read == 3


@pytest.mark.parametrize(("limit", "fails"), [(0, True), (1, True), (3, True), (4, False)])
def test_a_load_fails_with_as_many_errors_as_maxerror_names(limit: int, fails: bool) -> None:
    """Three bad rows: MAXERROR 3 fails, 4 does not, 0 and 1 fail with the first (copy-parameters-data-load)."""
    found = load("1\na\nb\nc\n", f"CSV MAXERROR {limit}", ["int"])
    assert found.failed is fails
    assert len(found.rejects) == (min(max(limit, 1), 3))


def test_a_text_is_cut_between_characters() -> None:
    """Cutting to bytes leaves no half of a character."""
    assert cut_bytes("aéé", 4) == "aé"


VALUES = {
    "number": ["0", "1", "-7", "+5", " 3 ", "12a", "x", "", "\\N", "40000", "99999999999", "9" * 40, "1.5", "1.999", ".5",
               "5.", "-0.0", "1e3", "1e400", "NaN", "inf", "0x1F", "1,5", "--1", "٣"],
    "moment": ["2024-05-06", "2024-02-30", "0000-01-01", "1023-01-01", "2024-05-06 18:45:00", "2024-05-06 18:45:00.123456",
               "2024-05-06 24:00:00", "2024-05-06T10:00:00", "2024-05-06 10:00:00+02", "12:34:56", "12:34", "24:00:00",
               "06.05.2024", "now"],
    "text": ["a", "ab ", "abcd", "abcde", "é", "日本", "😀", "ab\ud7ff", '"q"', "'q'", "'", '"', "a|b", "a,b", "a\\b", "\\|", "{}",
             '{"a":1}', "[1", "616263", "true", "F", "maybe", "  ", "\t"],
}  # fmt: skip
LINES = st.lists(
    st.tuples(
        st.lists(st.one_of(*(st.sampled_from(values) for values in VALUES.values())), min_size=0, max_size=4),
        st.sampled_from(["\n", "\n", "\n", "\r\n", "|\n", "\r", "\n\n"]),
    ),
    max_size=12,
)
OPTIONS = st.tuples(
    st.sampled_from(["CSV", "", "DELIMITER ','", "ESCAPE", "REMOVEQUOTES", "ESCAPE REMOVEQUOTES", "CSV QUOTE ''''"]),
    st.sampled_from(["", "FILLRECORD", "EMPTYASNULL", "BLANKSASNULL", "TRIMBLANKS", "TRUNCATECOLUMNS", "ROUNDEC"]),
    st.sampled_from(["", "ACCEPTANYDATE", "ACCEPTINVCHARS", "IGNOREBLANKLINES", "NULL AS ''", "IGNOREHEADER 1",
                     "TIMEFORMAT 'YYYY-MM-DD HH:MI:SS'", "DATEFORMAT 'DD.MM.YYYY'", "TIMEFORMAT 'epochsecs'"]),
)  # fmt: skip
QUOTED = st.sampled_from(["never", "always", "as needed"])


def file_of(lines: Sequence[tuple[list[str], str]], mark: str, quoted: str) -> bytes:
    """Return lines as a file; quotes, where there are any, may be right or not."""

    def written(value: str) -> str:
        wanted = quoted == "always" or (quoted == "as needed" and any(letter in value for letter in f'{mark}"\n'))
        return '"' + value.replace('"', '""') + '"' if wanted else value

    return "".join(mark.join(written(value) for value in values) + end for values, end in lines).encode()


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    columns=st.lists(st.sampled_from(sorted(TYPES)), min_size=1, max_size=4),
    lines=LINES,
    options=OPTIONS,
    quoted=QUOTED,
    spoilt=st.lists(st.tuples(st.integers(0, 200), st.sampled_from([0, 0xFF, 0xC3, 0x22, 0x0D, 0x0A])), max_size=2),
)
def test_the_fast_way_reads_what_the_exact_way_reads(
    columns: list[str], lines: Any, options: tuple[str, ...], quoted: str, spoilt: list[tuple[int, int]]
) -> None:
    """Whatever the file, both give the same rows and the same rejects, and each record is loaded or rejected."""
    mark = "," if "CSV" in options[0] or "','" in options[0] else "|"
    data = bytearray(file_of(lines, mark, quoted))
    for at, byte in spoilt:
        data[at % (len(data) + 1) : at % (len(data) + 1)] = bytes([byte])
    chosen = " ".join([*options, "MAXERROR 1000"])
    fast, exact = (load(bytes(data), chosen, columns, way) for way in (TextFile, ExactFile))
    assert repr(fast.rows) == repr(exact.rows)
    assert fast.rejects == exact.rejects
    for found in (fast, exact):
        assert found.book.read == found.book.sent + found.book.rejected == len(found.rows) + len(found.rejects)

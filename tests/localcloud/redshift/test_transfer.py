"""COPY and UNLOAD without services: the grammar, the reading of text, the writing of lines."""

from __future__ import annotations

import io

import pyarrow as pa
import pytest

from localcloud.redshift.errors import SqlError
from localcloud.redshift.transfer.convert import convert, cut_bytes, strptime_format
from localcloud.redshift.transfer.rejects import Rejects, TooManyRejects
from localcloud.redshift.transfer.statements import Copy, parse_copy
from localcloud.redshift.transfer.storage import Object
from localcloud.redshift.transfer.target import Target
from localcloud.redshift.transfer.text_sources import text_pieces
from localcloud.redshift.transfer.text_write import Lines
from localcloud.redshift.transfer.unload_statement import parse_unload

FILE = Object("bucket/key", 1)


def copied(options: str) -> Copy:
    return parse_copy(f"COPY t FROM 's3://b/k' IAM_ROLE DEFAULT {options}")


def rows(text: str, options: str, names: str, limit: int = 0) -> list[tuple[str | None, ...]]:
    """Return the rows that COPY reads from a text, before they are typed."""
    found, stream = Rejects(limit), io.BytesIO(text.encode())
    pieces = list(text_pieces(stream, copied(options), list(names), FILE, found))
    return [tuple(row.values()) for piece in pieces for row in piece.rows.to_pylist()]


@pytest.mark.parametrize(
    ("options", "text", "expected"),
    [
        ("CSV", '1,"a,""b"""\n2,\n', [("1", 'a,"b"'), ("2", "")]),
        ("CSV IGNOREHEADER 1", "x,y\n1,a\n", [("1", "a")]),
        ("DELIMITER ';'", "1;a|b\n", [("1", "a|b")]),
        ("ESCAPE", "1|a\\|b\n2|c\\\nd\n", [("1", "a|b"), ("2", "c\nd")]),
        ("REMOVEQUOTES", "'1'|\"a|b\"\n", [("1", "a|b")]),
        ("FILLRECORD", "1\n", [("1", "\\N")]),
        ("FIXEDWIDTH 'x:2,y:3'", "1 abc\n", [("1", "abc")]),
        ("IGNOREBLANKLINES", "1|a\n\n2|b\n", [("1", "a"), ("2", "b")]),
        ("CSV IGNOREBLANKLINES", "1,a\n\n2,b\n", [("1", "a"), ("2", "b")]),
        ("ESCAPE", "1|\\N\n", [("1", "\\N")]),
    ],
)
def test_text_is_read_as_the_options_say(options: str, text: str, expected: list[tuple[str, str]]) -> None:
    """Each option of the text formats has its effect on the fields."""
    assert rows(text, options, "xy") == expected


def test_rows_of_the_wrong_width_count_against_maxerror() -> None:
    """A row with too many fields is left out while MAXERROR allows, else the load stops."""
    assert rows("1|a\n2|b|c\n", "", "xy", limit=1) == [("1", "a")]
    with pytest.raises(TooManyRejects):
        rows("1|a\n2|b|c\n", "", "xy")


@pytest.mark.parametrize(
    ("kind", "modifier", "options", "given", "expected"),
    [
        ("int4", -1, "", " 7 ", "7"),
        ("int4", -1, "", "", None),
        ("varchar", 7, "EMPTYASNULL", "", None),
        ("varchar", 7, "", "", ""),
        ("varchar", 7, "BLANKSASNULL", "  ", None),
        ("varchar", 7, "TRUNCATECOLUMNS", "abcd", "abc"),
        ("varchar", 7, "TRIMBLANKS", "a ", "a"),
        ("numeric", 4 + (8 << 16) + 2, "", "1.239", "1.23"),
        ("numeric", 4 + (8 << 16) + 2, "ROUNDEC", "1.239", "1.239"),
        ("date", -1, "DATEFORMAT 'DD.MM.YYYY'", "31.12.2025", "2025-12-31"),
        ("timestamp", -1, "TIMEFORMAT 'epochsecs'", "86400", "1970-01-02 00:00:00.000000"),
        ("date", -1, "ACCEPTANYDATE", "soon", None),
    ],
)
def test_values_become_what_the_engine_reads(kind: str, modifier: int, options: str, given: str, expected: str) -> None:
    """Null, lengths, digits and dates follow the options; COPY cuts digits, it does not round."""
    target = Target("x", kind, modifier, required=False, identity=False, default=False)
    copy, found = copied(options), Rejects(0)
    piece = next(text_pieces(io.BytesIO(f"{given}\n".encode()), copy, ["x"], FILE, found))
    assert convert(piece, (target,), copy, found)["x"].to_pylist() == [expected]


@pytest.mark.parametrize(
    ("kind", "modifier", "given"), [("int4", -1, "x"), ("varchar", 6, "abc"), ("date", -1, "1/2/3")]
)
def test_what_does_not_fit_is_a_reject(kind: str, modifier: int, given: str) -> None:
    """A wrong digit, a text too long, a date in another form leave the row out, with the reason."""
    target = Target("x", kind, modifier, required=False, identity=False, default=False)
    copy, found = copied("MAXERROR 1"), Rejects(1)
    piece = next(text_pieces(io.BytesIO(f"{given}\n".encode()), copy, ["x"], FILE, found))
    assert convert(piece, (target,), copy, found).num_rows == 0
    assert found.rows[0].raw_value == given


@pytest.mark.parametrize(
    "options", ["NOSUCH", "CSV CSV", "PARQUET DELIMITER ','", "DELIMITER 'ab'", "MAXERROR 'x'", "GZIP ="]
)
def test_options_that_do_not_fit_are_refused(options: str) -> None:
    """An unknown option, one given twice, or one that the format does not take is an error."""
    with pytest.raises(SqlError):
        copied(options)


def test_keys_are_in_no_text_of_a_statement() -> None:
    """The repr of a COPY with keys, as in a log, holds none of them."""
    copy = parse_copy("COPY t FROM 's3://b/k' ACCESS_KEY_ID 'AKIAXX' SECRET_ACCESS_KEY 'hidden' CSV")
    assert copy.authorization.secret_key == "hidden"
    assert "hidden" not in repr(copy)
    assert "AKIAXX" not in repr(copy)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("CSV", '1,"a,b"\n2,\n'),
        ("", "1|a,b\n2|\n"),
        ("DELIMITER ',' ESCAPE", "1,a\\,b\n2,\n"),
        ("ADDQUOTES NULL AS 'nil'", '"1"|"a,b"\n"2"|nil\n'),
        ("FIXEDWIDTH '0:3,1:5'", "1  a,b  \n2       \n"),
    ],
)
def test_lines_are_written_as_the_options_say(options: str, expected: str) -> None:
    """Quotes, escapes, nulls and widths of UNLOAD."""
    unload = parse_unload(f"UNLOAD ('select 1') TO 's3://b/k' IAM_ROLE DEFAULT {options}")
    table = pa.table({"x": ["1", "2"], "y": ["a,b", None]})
    assert Lines.of(unload, (True, True)).encode(table).decode() == expected


def test_a_text_is_cut_between_characters() -> None:
    """Cutting to bytes leaves no half of a character."""
    assert cut_bytes("aéé", 4) == "aé"


def test_an_unknown_part_of_a_date_format_is_refused() -> None:
    """DATEFORMAT with a part that has no meaning is an error, not a guess."""
    with pytest.raises(SqlError, match="WW"):
        strptime_format("YYYY-WW")

"""COPY's files without services: books that must agree, packed files, manifests, JSON and Avro, the engine's forms."""

from __future__ import annotations

import bz2
import gzip
import io
import json
from pathlib import Path
from typing import Any

import fastavro
import pyarrow as pa
import pytest
from pyarrow import fs

from localcloud.redshift.errors import SqlError
from localcloud.redshift.sql.lexer import lex
from localcloud.redshift.transfer import avro, copy_files
from localcloud.redshift.transfer.books import Books, FileBook
from localcloud.redshift.transfer.encoders import rows
from localcloud.redshift.transfer.encodings import as_utf8
from localcloud.redshift.transfer.feed import Feed, Stream
from localcloud.redshift.transfer.json_text import JsonFile
from localcloud.redshift.transfer.jsonpaths import picker
from localcloud.redshift.transfer.statements import parse_copy
from localcloud.redshift.transfer.storage import Object
from localcloud.redshift.transfer.target import Target

TEXT = b"1,a\n2,b\n" * 1000


def target(kind: str, modifier: int = -1) -> Target:
    return Target("c", kind, modifier, False, "", False)


def drained(stream: Stream, size: int) -> bytes:
    """Return all that a stream gives, so many bytes at a time."""
    return b"".join(iter(lambda: stream.read(size), b""))


def read(path: Path, compression: str) -> tuple[bytes, int]:
    """Return what is in a packed file, and how many of its bytes were read."""
    opened = copy_files.Opened(fs.LocalFileSystem(), Object(str(path), path.stat().st_size), compression)
    content = drained(opened, 1000)
    opened.close()
    return content, opened.scanned


@pytest.mark.parametrize(
    ("read_count", "sent", "rejected", "numbers"),
    [(3, 2, 0, "3 record(s) were read, 2 loaded and 0 rejected"), (2, 2, 1, "2 record(s) were read, 2 loaded and 1")],
)
def test_a_file_whose_records_do_not_add_up_is_an_error(
    read_count: int, sent: int, rejected: int, numbers: str
) -> None:
    """Read is loaded and rejected, else the error names the numbers."""
    with pytest.raises(SqlError) as raised:
        FileBook(Object("b/k", 0), read_count, sent, rejected).check()
    assert numbers in raised.value.message


def test_a_file_that_changed_is_an_error() -> None:
    """A file of another size than listed is not loaded."""
    with pytest.raises(SqlError, match="10 bytes were listed, 7 were read"):
        FileBook(Object("b/k", 10), 1, 1, 0, 1, 7).check()


def test_rows_that_the_engine_did_not_store_are_an_error() -> None:
    """What was sent must have been stored."""
    books = Books()
    books.open(Object("b/k", 0)).sent = 5
    with pytest.raises(SqlError, match=r"5 record\(s\) were sent, 4 were stored"):
        books.check(4)


@pytest.mark.parametrize(
    ("compression", "packed"),
    [
        ("", TEXT),
        ("gzip", gzip.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:4000]) + gzip.compress(TEXT[4000:])),
        ("bz2", bz2.compress(TEXT[:4000]) + bz2.compress(TEXT[4000:])),
        ("zstd", pa.compress(TEXT, codec="zstd", asbytes=True)),
    ],
)
def test_packed_files_are_read_to_their_end(tmp_path: Path, compression: str, packed: bytes) -> None:
    """Also those of several parts; every byte of the file was read."""
    (tmp_path / "f").write_bytes(packed)
    assert read(tmp_path / "f", compression) == (TEXT, len(packed))


@pytest.mark.parametrize(
    ("compression", "packed"),
    [
        ("gzip", gzip.compress(TEXT)[:-9]),
        ("gzip", gzip.compress(TEXT)[:30] + b"\0" * 5 + gzip.compress(TEXT)[35:]),
        ("gzip", gzip.compress(TEXT) + b"more"),
        ("gzip", TEXT),
        ("bz2", bz2.compress(TEXT)[:-9]),
        ("zstd", pa.compress(TEXT, codec="zstd", asbytes=True)[:-9]),
    ],
)
def test_a_broken_packed_file_is_an_error(tmp_path: Path, compression: str, packed: bytes) -> None:
    """A file that was cut off, damaged or is not packed at all is never taken for shorter."""
    (tmp_path / "f").write_bytes(packed)
    with pytest.raises(SqlError, match=f"could not be read as {compression}"):
        read(tmp_path / "f", compression)


def test_a_file_that_has_gone_is_an_error(tmp_path: Path) -> None:
    """A file that was listed and is not there any more fails the load."""
    with pytest.raises(SqlError, match="key does not exist"):
        copy_files.Opened(fs.LocalFileSystem(), Object(str(tmp_path / "gone"), 3), "")


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("encoding", "written"),
    [("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"), ("latin-1", "latin-1")],
)
def test_other_encodings_are_read_in_pieces(encoding: str, written: str, size: int) -> None:
    """Characters that lie across two pieces stay whole."""
    text = "aé\nü" if encoding == "latin-1" else "aé\n日本😀"
    stream = as_utf8(io.BytesIO(text.encode(written)), encoding, "", "s3://b/k")
    assert drained(stream, size).decode() == text


@pytest.mark.parametrize(
    ("encoding", "data", "replaced"),
    [("utf-16", b"\xff\xfea\0\x00\xd8b\0", "a??b"), ("utf-16-le", b"a\0b", "a?"), ("utf-16", b"a\0", None)],
)
def test_bytes_of_no_encoding_are_replaced_or_an_error(encoding: str, data: bytes, replaced: str | None) -> None:
    """With ACCEPTINVCHARS they are replaced, without they fail the load; a missing mark always does."""
    with pytest.raises(SqlError, match="error 1221"):
        drained(as_utf8(io.BytesIO(data), encoding, "", "u"), 9)
    if replaced is not None:
        assert drained(as_utf8(io.BytesIO(data), encoding, "?", "u"), 9).decode() == replaced


class Slow:
    """A stream that gives a few bytes at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        self._data, self._size = io.BytesIO(data), size

    def read(self, _size: int, /) -> bytes:
        """Return the next bytes."""
        return self._data.read(self._size)


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_json_is_read_whatever_the_pieces(size: int) -> None:
    """Records over lines, side by side, with text between them: each is found once, with its last line."""
    text = '{"a":\n "é}\\"{"}[1]\nx {"b":[{}]} ,\n{bad\n{"c":3}\n{"d":'
    found = [
        (record.line, record.value, record.problem is not None)
        for record in JsonFile(Feed(Slow(text.encode(), size)), "u").records()
    ]
    assert found == [
        (2, {"a": 'é}"{'}, False),
        (2, ["1"], False),
        (3, None, True),
        (3, {"b": [{}]}, False),
        (3, None, True),
        (4, None, True),
        (5, {"c": "3"}, False),
        (6, None, True),
    ]


def avro_file(fields: list[dict[str, Any]], rows: list[dict[str, Any]], codec: str = "null") -> bytes:
    out = io.BytesIO()
    schema = fastavro.parse_schema({"type": "record", "name": "r", "fields": fields})
    fastavro.writer(out, schema, rows, codec=codec, sync_interval=50)
    return out.getvalue()


@pytest.mark.parametrize("codec", ["null", "deflate"])
def test_avro_gives_values_as_they_are_stored(codec: str) -> None:
    """Blocks in turn; a date is its number, as COPY of Redshift takes it."""
    fields = [{"name": "n", "type": "int"}, {"name": "d", "type": {"type": "int", "logicalType": "date"}}]
    data = avro_file(fields, [{"n": number, "d": number} for number in range(100)], codec)
    found = list(avro.records(Slow(data, 10), "u"))
    assert [record.value for record in found] == [{"n": number, "d": number} for number in range(100)]
    assert [record.line for record in found] == list(range(1, 101))


@pytest.mark.parametrize("cut", [3, 40, 200, 400])
def test_a_broken_avro_file_is_an_error(cut: int) -> None:
    """One that was cut off is never taken for shorter."""
    data = avro_file([{"name": "n", "type": "int"}], [{"n": number} for number in range(300)])
    with pytest.raises(SqlError, match="Invalid Avro file"):
        list(avro.records(io.BytesIO(data[:cut]), "u"))


def test_paths_must_fit_the_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JSONPaths name as many places as there are columns."""
    (tmp_path / "p").write_text(json.dumps({"jsonpaths": ["$.a", "$.b"]}))
    copy = parse_copy(lex(f"COPY t FROM 's3://b/k' IAM_ROLE default JSON 's3:/{tmp_path}/p'"))
    monkeypatch.setattr("localcloud.redshift.transfer.storage.path_of", lambda _url: str(tmp_path / "p"))
    with pytest.raises(SqlError, match="should match"):
        picker(copy, (target("int4"),), fs.LocalFileSystem())


WRITTEN = [
    (target("timetz"), ["12:00:00+02:00", None], '"12:00:00+02:00"|'),
    (target("varbyte"), [b"\1", b""], '"\\x01"|"\\x"'),
    (target("timestamptz"), [0, None], '"1970-01-01 00:00:00.000000+00"|'),
    (target("date"), [0, None], '"1970-01-01"|'),
    (target("date"), [-719_162, -719_163], '"0001-01-01"|"0001-12-31 BC"'),
    (target("date"), [2_932_897, -2_440_588], '"10000-01-01"|"4714-11-24 BC"'),
    (
        target("timestamp"),
        [2_932_897 * 86_400_000_000 - 1, 2**61],
        '"9999-12-31 23:59:59.999999"|"75039-04-04 19:00:13.693952"',
    ),
    (target("timestamptz"), [-719_163 * 86_400_000_000 + 1, None], '"0001-12-31 00:00:00.000001+00 BC"|'),
    (target("time"), [86_400_000_000, None], '"24:00:00"|'),
    (target("time"), [1, None], '"00:00:00.000001"|'),
    (target("varchar", 9), ['a"b', ""], '"a""b"|""'),
    (target("float8"), [0.1, float("inf")], '"0.1"|"inf"'),
]


@pytest.mark.parametrize(("column", "values", "written"), WRITTEN, ids=lambda value: getattr(value, "type", None))
def test_values_are_written_for_the_engine(column: Target, values: list[Any], written: str) -> None:
    """As CSV where a column of the table needs it: null is nothing, an empty text is two quotes."""
    table = pa.Table.from_arrays([column.array(values)], names=["0"])
    assert rows(table).decode() == written.replace("|", "\n") + "\n"

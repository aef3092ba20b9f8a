# ruff: noqa: N803  the names of the arguments are those of S3
"""Result files: written in a stream, read back by pages."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.athena import results
from localcloud.athena.execution import Execution


class Bucket:
    """The calls of an S3 client that results need, over a dict."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, list[bytes]] = {}

    def put_object(self, Bucket: str, Key: str, Body: bytes) -> None:
        self.objects[Key] = Body

    def create_multipart_upload(self, Bucket: str, Key: str) -> dict[str, str]:
        self.parts[Key] = []
        return {"UploadId": "u"}

    def upload_part(self, Bucket: str, Key: str, UploadId: str, PartNumber: int, Body: bytes) -> dict[str, str]:
        self.parts[Key].append(Body)
        return {"ETag": "e"}

    def complete_multipart_upload(self, Bucket: str, Key: str, UploadId: str, MultipartUpload: Any) -> None:
        assert [part["PartNumber"] for part in MultipartUpload["Parts"]] == [*range(1, len(self.parts[Key]) + 1)]
        self.objects[Key] = b"".join(self.parts.pop(Key))

    def abort_multipart_upload(self, Bucket: str, Key: str, UploadId: str) -> None:
        self.parts.pop(Key)

    def get_object(self, Bucket: str, Key: str, Range: str) -> dict[str, Any]:
        first, last = map(int, Range.removeprefix("bytes=").split("-"))
        body = self.objects[Key]
        assert first < len(body), "S3 refuses a range that begins behind the object"
        return {"Body": io.BytesIO(body[first : last + 1])}


def execution(form: str = "csv") -> Execution:
    columns = [{"Name": "a"}, {"Name": 'b"c'}]
    return Execution("q", "w", "s3://b/", form=form, location="s3://b/r", columns=columns)  # type: ignore[arg-type]


ROWS: list[results.Row] = [["1", None], [None, ""], ['say "hi"', "two\nlines, and a comma"], ["", "é☃"], [None, None]]


def test_every_value_is_quoted_and_null_is_nothing() -> None:
    """A CSV result has a header, quotes around all values, doubled quotes inside, and nothing for null."""
    s3 = Bucket()
    results.write_rows(s3, execution(), [ROWS[:3]])
    assert s3.objects["r"] == b'"a","b""c"\n"1",\n,""\n"say ""hi""","two\nlines, and a comma"\n'


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
@pytest.mark.parametrize("chunk", [5, 16, 1 << 18])
def test_pages_give_the_rows_back(size: int, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the page size and the size of a read, the pages together are the rows that were written."""
    monkeypatch.setattr(results, "_READ", chunk)
    s3, asked = Bucket(), execution()
    results.write_rows(s3, asked, [ROWS])
    rows: list[results.Row] = []
    offset: int | None = 0
    while offset is not None:
        page, offset = results.read_page(s3, asked, offset, size)
        assert len(page) <= size
        rows += page
    assert rows == [["a", 'b"c'], *ROWS]


VALUE = st.none() | st.text('",\n a\\é\x00', max_size=5)


@given(st.integers(1, 3).flatmap(lambda width: st.lists(st.lists(VALUE, min_size=width, max_size=width), min_size=1)))
def test_any_values_survive(rows: list[results.Row]) -> None:
    """Quotes, commas, line feeds, nulls and empty texts come back as they went, through the file and the JSON."""
    s3, asked = Bucket(), execution()
    asked.columns = [{"Name": str(at)} for at in range(len(rows[0]))]
    results.write_rows(s3, asked, [rows])
    read, following = results.read_page(s3, asked, 0, 1000)
    answer = json.loads(results.page_json(asked, read, following))
    shown = [[value.get("VarCharValue") for value in row["Data"]] for row in answer["ResultSet"]["Rows"]]
    assert (shown[1:], answer.get("NextToken")) == (rows, None)


def test_large_results_go_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than a part is held in memory, and the object is the whole of the parts."""
    monkeypatch.setattr(results, "PART", 64)
    s3 = Bucket()
    results.write_rows(s3, execution(), ([[str(number), "x"]] for number in range(100)))
    assert s3.objects["r"].count(b"\n") == 101


def test_a_failure_leaves_no_object(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the rows end with an error, what was uploaded is taken back."""
    monkeypatch.setattr(results, "PART", 64)
    s3 = Bucket()

    def rows() -> Any:
        yield [["x" * 100, "y"]]
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        results.write_rows(s3, execution(), rows())
    assert (s3.objects, s3.parts) == ({}, {})


def test_text_results_are_lines() -> None:
    """A .txt result has no header, and each line is one value."""
    s3, asked = Bucket(), execution("txt")
    results.write_rows(s3, asked, [[["a\tb"], [""], ["c"]]])
    assert results.read_page(s3, asked, 0, 10) == ([["a\tb"], [""], ["c"]], None)


def test_an_empty_text_result_has_no_rows() -> None:
    """A DDL statement without an answer has an empty file and no rows."""
    s3, asked = Bucket(), execution("txt")
    results.write_rows(s3, asked, [])
    assert results.read_page(s3, asked, 0, 10) == ([], None)

"""The files of a query's result on S3: written in a stream, read back page by page.

Names and forms: https://docs.aws.amazon.com/athena/latest/ug/querying-finding-output-files.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from json.encoder import encode_basestring_ascii
from typing import Any
from urllib.parse import urlsplit

from localcloud.athena.execution import Execution
from localcloud.athena.failure import QueryFailed

PART = 8 * 1024 * 1024
"""Bytes that are held in memory of a result on its way to S3; at least 5 MB by the rules of multipart uploads."""
_READ = 256 * 1024

Row = list[str | None]


def split_url(url: str) -> tuple[str, str]:
    """Return bucket and key of an `s3://` URL."""
    parts = urlsplit(url)
    return parts.netloc, parts.path.lstrip("/")


class Upload:
    """An object that grows: small ones are put at once, large ones in parts."""

    def __init__(self, s3: Any, url: str, encryption: dict[str, str]) -> None:
        self._s3 = s3
        self._bucket, self._key = split_url(url)
        self._encryption = encryption
        self.size = 0
        self._held = bytearray()
        self._id = ""
        self._parts: list[dict[str, Any]] = []

    def write(self, data: bytes) -> None:
        """Add bytes to the object."""
        self._held += data
        self.size += len(data)
        if len(self._held) >= PART:
            self._send()

    def close(self) -> None:
        """Make the object visible."""
        if not self._id:
            self._s3.put_object(Bucket=self._bucket, Key=self._key, Body=bytes(self._held), **self._encryption)
            return
        if self._held:
            self._send()
        self._s3.complete_multipart_upload(**self._upload(), MultipartUpload={"Parts": self._parts})

    def abort(self) -> None:
        """Leave nothing behind."""
        if self._id:
            self._s3.abort_multipart_upload(**self._upload())

    def _upload(self) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._key, "UploadId": self._id}

    def _send(self) -> None:
        if not self._id:
            begun = self._s3.create_multipart_upload(Bucket=self._bucket, Key=self._key, **self._encryption)
            self._id = begun["UploadId"]
        number = len(self._parts) + 1
        sent = self._s3.upload_part(**self._upload(), PartNumber=number, Body=bytes(self._held))
        self._parts.append({"ETag": sent["ETag"], "PartNumber": number})
        self._held.clear()


def encryption_of(configuration: dict[str, Any]) -> dict[str, str]:
    """Return the S3 arguments for a result's EncryptionConfiguration.

    Raises:
        QueryFailed: CSE_KMS, for which the engine itself would have to encrypt.
    """
    encryption = configuration.get("EncryptionConfiguration") or {}
    option = encryption.get("EncryptionOption")
    if option == "SSE_S3":
        return {"ServerSideEncryption": "AES256"}
    if option == "SSE_KMS":
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": encryption.get("KmsKey", "")}
    if option:
        raise QueryFailed("NOT_SUPPORTED", f"The lab does not encrypt results with {option}. Try: SSE_KMS or SSE_S3")
    return {}


def encrypt(s3: Any, urls: Iterable[str], configuration: dict[str, Any]) -> None:
    """Encrypt objects that the engine has written, which cannot encrypt by the wishes of one query."""
    arguments = encryption_of(configuration)
    for bucket, key in map(split_url, urls if arguments else ()):
        source = {"Bucket": bucket, "Key": key}
        s3.copy_object(**source, CopySource=source, MetadataDirective="REPLACE", **arguments)


def put(s3: Any, url: str, body: bytes, configuration: dict[str, Any]) -> None:
    """Write a small object."""
    bucket, key = split_url(url)
    s3.put_object(Bucket=bucket, Key=key, Body=body, **encryption_of(configuration))


def csv_line(row: Iterable[str | None]) -> str:
    """Return a line of a result file: every value in double quotes, nothing at all for null."""
    return ",".join(["" if value is None else '"' + value.replace('"', '""') + '"' for value in row]) + "\n"


def write_rows(s3: Any, execution: Execution, pages: Iterable[list[Row]]) -> None:
    """Write the rows to the execution's location as they come, a page at a time."""
    upload = Upload(s3, execution.location, encryption_of(execution.configuration))
    try:
        if execution.form == "csv":
            upload.write(csv_line([column["Name"] for column in execution.columns]).encode())
        line = csv_line if execution.form == "csv" else text_line
        for page in pages:
            upload.write("".join(map(line, page)).encode())
        upload.close()
        execution.size = upload.size
    except BaseException:
        upload.abort()
        raise


def text_line(row: Iterable[str | None]) -> str:
    """Return a line of a .txt result: values apart by tabs."""
    return "\t".join(value or "" for value in row) + "\n"


def read_page(s3: Any, execution: Execution, offset: int, size: int) -> tuple[list[Row], int | None]:
    """Return up to `size` rows that begin at byte `offset` of the result, and the offset of the next or None."""
    rows: list[Row] = []
    position = offset
    lines = _text_rows if execution.form == "txt" else _csv_rows
    for row, length in lines(_chunks(s3, execution, offset)):
        if len(rows) == size:
            return rows, position
        rows.append(row)
        position += length
    return rows, None


def _chunks(s3: Any, execution: Execution, offset: int) -> Iterator[bytes]:
    bucket, key = split_url(execution.location)
    while offset < execution.size:
        answer = s3.get_object(Bucket=bucket, Key=key, Range=f"bytes={offset}-{offset + _READ - 1}")
        chunk = answer["Body"].read()
        offset += len(chunk)
        yield chunk


def _text_rows(chunks: Iterable[bytes]) -> Iterator[tuple[Row, int]]:
    held = b""
    for chunk in chunks:
        *lines, held = (held + chunk).split(b"\n")
        for line in lines:
            yield [line.decode()], len(line) + 1
    if held:
        yield [held.decode()], len(held)


def _csv_rows(chunks: Iterable[bytes]) -> Iterator[tuple[Row, int]]:
    # A line is whole when its quotes pair up: a line feed inside a value stands between quotes.
    held: list[bytes] = []
    quotes = 0
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            held.append(line)
            quotes += line.count(b'"')
            if quotes % 2 == 0:
                whole = b"\n".join(held)
                yield _values(whole.decode(), quotes), len(whole) + 1
                held, quotes = [], 0


def _values(line: str, quotes: int) -> Row:
    # Most lines have no null and no quote inside a value: then each value brings two quotes, and one split does.
    plain = line[1:-1].split('","')
    if quotes == 2 * len(plain) and line[0] == line[-1] == '"':
        return [*plain]
    row: Row = []
    at = 0
    while at <= len(line):
        if line[at : at + 1] != '"':
            row.append(None)
            at += 1
            continue
        end = line.index('"', at + 1)
        while line[end + 1 : end + 2] == '"':
            end = line.index('"', end + 2)
        row.append(line[at + 1 : end].replace('""', '"'))
        at = end + 2
    return row


def page_json(execution: Execution, rows: Iterable[Row], token: str | None) -> str:
    """Return the answer of GetQueryResults, written without a dict for each value: that takes half the time."""
    lines = ['{"Data": [' + ", ".join(map(_datum, row)) + "]}" for row in rows]
    metadata = json.dumps({"ColumnInfo": execution.columns})
    count = "" if execution.update_count is None else f', "UpdateCount": {execution.update_count}'
    following = "" if token is None else f', "NextToken": "{token}"'
    return f'{{"ResultSet": {{"Rows": [{", ".join(lines)}], "ResultSetMetadata": {metadata}}}{count}{following}}}'


def _datum(value: str | None) -> str:
    return "{}" if value is None else '{"VarCharValue": ' + encode_basestring_ascii(value) + "}"


def list_files(s3: Any, url: str) -> list[str]:
    """Return the `s3://` URLs of all objects under a prefix, folders' marks left out."""
    bucket, prefix = split_url(url)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
    return [f"s3://{bucket}/{key}" for key in keys if not key.endswith("/")]

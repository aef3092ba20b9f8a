"""The crawler's S3 reader against a real S3 server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from localcloud.glue.crawler.s3 import S3, TAIL, Endpoint, RangeFile, S3Error
from localcloud.glue.crawler.sample import S3Object

BODY = bytes(range(256)) * 1024
NAMES = ("a b/ü+%=&.txt", "a b/z.txt", "c.txt")


@pytest.fixture
def bucket(s3_url: str) -> Iterator[Any]:
    """A bucket with three objects of 256 KiB, whose names need escapes."""
    made = boto3.resource("s3", endpoint_url=s3_url).create_bucket(Bucket="names")
    for name in NAMES:
        made.put_object(Key=name, Body=BODY)
    yield made
    made.objects.all().delete()
    made.delete()


def test_every_page_is_listed_once(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A listing follows the continuation tokens to the end; names come back as they were given."""
    reader = S3(Endpoint.read(os.environ))
    get, asked = reader._get, []

    def one_a_page(target: str, headers: Any = None) -> bytes:
        asked.append(parse_qs(urlsplit(target).query).get("continuation-token"))
        assert len(asked) <= len(NAMES), "the listing goes round in circles"
        return get(f"{target}&max-keys=1", headers)

    monkeypatch.setattr(reader, "_get", one_a_page)
    assert [item.key for item in reader.list("names", "")] == sorted(NAMES)
    assert len({str(token) for token in asked}) == len(NAMES)


def test_ranges(bucket: Any) -> None:
    """Any part of an object can be read; its end is fetched once, however often it is read."""
    reader = S3(Endpoint.read(os.environ))
    file = RangeFile(reader, "names", S3Object(NAMES[0], len(BODY), ""))
    for start, size in ((len(BODY) - 8, 8), (len(BODY) - TAIL, 100), (5, 10)):
        file.seek(start)
        assert file.read(size) == BODY[start : start + size]
    assert (reader.requests, file.seek(-1, 2), file.read(99), file.read(1)) == (2, len(BODY) - 1, BODY[-1:], b"")


def test_what_is_missing_is_named(bucket: Any) -> None:
    """A missing bucket or object is an error with S3's own code, and the place."""
    reader = S3(Endpoint.read(os.environ))
    with pytest.raises(S3Error, match="s3://nowhere: NoSuchBucket"):
        list(reader.list("nowhere", ""))
    with pytest.raises(S3Error, match="s3://names/none: NoSuchKey"):
        reader.read("names", "none", 0, 1)
    with pytest.raises(S3Error, match=r"Not set: .*AWS_ENDPOINT_URL_S3"):
        Endpoint.read({})

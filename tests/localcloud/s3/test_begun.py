"""Multipart uploads end as they began. https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html"""

from __future__ import annotations

import base64
import io
import zlib
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from werkzeug.wrappers import Response

from localcloud import lab
from localcloud.errors import LocalCloudError
from localcloud.home import Home
from localcloud.s3 import rules
from localcloud.s3.begun import Begun
from localcloud.s3.errors import S3Error
from localcloud.s3.forward import Call

ONE, TWO = ({"SSECustomerAlgorithm": "AES256", "SSECustomerKey": sign * 32} for sign in ("1", "2"))
LARGE = b"a" * 5_242_880


@pytest.fixture
def target(s3: Any, bucket: str) -> dict[str, str]:
    """The key `k` in a new bucket that also has the object `source`."""
    s3.put_object(Bucket=bucket, Key="source", Body=b"1")
    return {"Bucket": bucket, "Key": "k"}


def begin(s3: Any, target: dict[str, str], **given: str) -> dict[str, str]:
    """Begin an upload; return what names it."""
    return {**target, "UploadId": s3.create_multipart_upload(**target, **given)["UploadId"]}


def ended(parts: list[Any]) -> dict[str, Any]:
    """Return the parts as CompleteMultipartUpload takes them."""
    return {"Parts": [{"PartNumber": number, "ETag": part["ETag"]} for number, part in enumerate(parts, 1)]}


@pytest.mark.stack
@pytest.mark.parametrize(("own", "other"), [(ONE, TWO), ({}, ONE)])
def test_a_part_has_the_customer_key_of_its_upload(
    s3: Any, target: dict[str, str], own: dict[str, str], other: dict[str, str]
) -> None:
    """Another key, or a key where the upload has none, is InvalidRequest for parts that are sent and copied."""
    upload = begin(s3, target, **own)
    source = f"{target['Bucket']}/source"
    for call, more in ((s3.upload_part, {"Body": b"1"}), (s3.upload_part_copy, {"CopySource": source})):
        with pytest.raises(ClientError, match="InvalidRequest"):
            call(**upload, PartNumber=1, **more, **other)
    assert "Parts" not in s3.list_parts(**upload)


@pytest.mark.stack
def test_parts_with_the_customer_key_make_the_object(s3: Any, target: dict[str, str]) -> None:
    """The upload ends without the key in the request, and the object is read with it."""
    upload = begin(s3, target, **ONE)
    parts = [s3.upload_part(**upload, PartNumber=at, Body=body, **ONE) for at, body in ((1, LARGE), (2, b"end"))]
    s3.complete_multipart_upload(**upload, MultipartUpload=ended(parts))
    assert s3.get_object(**target, **ONE)["Body"].read() == LARGE + b"end"


@pytest.mark.stack
def test_a_part_without_the_customer_key_is_refused(s3: Any, target: dict[str, str]) -> None:
    """Also one with the content of a part that had the key, sent or copied: the part with the key stays."""
    upload = begin(s3, target, **ONE)
    part = s3.upload_part(**upload, PartNumber=1, Body=b"1", **ONE)
    source = f"{target['Bucket']}/source"
    for call, more in ((s3.upload_part, {"Body": b"1"}), (s3.upload_part_copy, {"CopySource": source})):
        with pytest.raises(ClientError, match="must include the appropriate encryption parameters"):
            call(**upload, PartNumber=1, **more)
    s3.complete_multipart_upload(**upload, MultipartUpload=ended([part]))
    with pytest.raises(ClientError, match="400"):
        s3.head_object(**target)
    assert s3.get_object(**target, **ONE)["Body"].read() == b"1"


@pytest.mark.stack
def test_a_restart_forgets_no_upload(s3: Any, target: dict[str, str], lab_home: Home) -> None:
    """The customer key and the checksum that an upload began with are compared after a restart, too."""
    secret, plain = begin(s3, target, **ONE), begin(s3, target)
    part = s3.upload_part(**secret, PartNumber=1, Body=b"1", **ONE)
    other = s3.upload_part(**plain, PartNumber=1, Body=b"2")
    keeper = lab.supervisor(lab_home)
    keeper.down(["s3", "aws"])
    keeper.up()  # others need the AWS API, too
    for key in ({}, TWO):
        with pytest.raises(ClientError, match="InvalidRequest"):
            s3.upload_part(**secret, PartNumber=1, Body=b"1", **key)
    with pytest.raises(ClientError, match="Checksum Type mismatch"):
        s3.complete_multipart_upload(**plain, MultipartUpload=ended([other]), ChecksumCRC32="AAAAAA==")
    s3.complete_multipart_upload(**secret, MultipartUpload=ended([part]))
    assert s3.get_object(**target, **ONE)["Body"].read() == b"1"


@pytest.mark.stack
@pytest.mark.parametrize("algorithm", [{}, {"ChecksumAlgorithm": "CRC32", "ChecksumType": "FULL_OBJECT"}])
def test_a_checksum_that_is_not_of_the_content_does_not_end_the_upload(
    s3: Any, target: dict[str, str], algorithm: dict[str, str]
) -> None:
    """A wrong one is an error, and so is one of an upload that began without an algorithm (CompleteMultipartUpload)."""
    upload = begin(s3, target, **algorithm)
    parts = [s3.upload_part(**upload, PartNumber=1, Body=b"1")]
    wrong = base64.b64encode(zlib.crc32(b"2").to_bytes(4, "big")).decode()
    with pytest.raises(ClientError, match="BadDigest" if algorithm else "Checksum Type mismatch"):
        s3.complete_multipart_upload(**upload, MultipartUpload=ended(parts), ChecksumCRC32=wrong)
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=target["Bucket"])["Contents"]] == ["source"]


def test_an_upload_that_nobody_knows_is_refused() -> None:
    """Its key can't be compared, so a part with a customer key is NoSuchUpload."""
    headers = {"x-amz-server-side-encryption-customer-key-md5": "1"}
    with pytest.raises(S3Error) as caught:
        Begun().check_part(request("PUT", "partNumber=1&uploadId=u", headers))
    assert (caught.value.status, caught.value.code) == (404, "NoSuchUpload")


def request(method: str, query: str, headers: dict[str, str]) -> Call:
    """Make a request about the key `k`."""
    return Call(method, f"/b/k?{query}", "/b/k", query, headers, io.BytesIO())


def test_the_file_of_uploads_is_private_and_holds_no_key(tmp_path: Path) -> None:
    """It has mode 600, the digest of a customer key, and what the next process needs to refuse another key."""
    key = {"x-amz-server-side-encryption-customer-key": "c2VjcmV0", rules.CUSTOMER_DIGEST: "digest"}
    file = tmp_path / "uploads.json"
    answer = Response(b"<UploadId>u1</UploadId>")
    Begun(file).note(request("POST", "uploads", key), answer)
    assert rules.PLAIN_UPLOAD not in answer.headers  # so that the proxy asks about its parts
    assert (file.stat().st_mode & 0o777, "c2VjcmV0" in file.read_text()) == (0o600, False)
    part = request("PUT", "partNumber=1&uploadId=u1", {rules.CUSTOMER_DIGEST: "other"})
    with pytest.raises(S3Error, match="did not match"):
        Begun(file).check_part(part)


def test_a_damaged_file_of_uploads_is_an_error(tmp_path: Path) -> None:
    """An empty memory must not take its place without a word."""
    file = tmp_path / "uploads.json"
    file.write_text('{"u1": {"customer')
    with pytest.raises(LocalCloudError, match="is damaged"):
        Begun(file)


def test_an_aborted_upload_is_forgotten() -> None:
    """What was remembered of an upload is forgotten with it, and stays when the request to abort it fails."""
    begun = Begun()
    begun.note(request("POST", "uploads", {rules.CUSTOMER_DIGEST: "x"}), Response(b"<UploadId>u1</UploadId>"))
    abort = request("DELETE", "uploadId=u1", {})
    begun.note(abort, Response(status=404))
    assert begun.has_customer_key(abort)
    begun.note(abort, Response(status=204))
    assert not begun.has_customer_key(abort)


def test_old_complete_uploads_are_forgotten() -> None:
    """A long life of the process doesn't fill its memory: it remembers the last 100 complete uploads."""
    begun = Begun()
    for number in range(102):
        answer = Response(f"<UploadId>u{number}</UploadId>".encode())
        begun.note(request("POST", "uploads", {rules.CUSTOMER_DIGEST: "x"}), answer)
        if number:
            begun.note(request("POST", f"uploadId=u{number}", {}), Response(b"<CompleteMultipartUploadResult/>"))
    known = [number for number in range(102) if begun.has_customer_key(request("POST", f"uploadId=u{number}", {}))]
    assert known == [0, *range(2, 102)]


@pytest.mark.stack
def test_an_upload_is_completed_again(s3: Any, target: dict[str, str]) -> None:
    """As by a client that got no answer: the same object, also with a checksum, which is compared each time."""
    upload = begin(s3, target, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    part = s3.upload_part(**upload, PartNumber=1, Body=b"1", ChecksumAlgorithm="CRC32")
    end = {**upload, "MultipartUpload": ended([part]), "ChecksumCRC32": part["ChecksumCRC32"]}
    first, second = s3.complete_multipart_upload(**end), s3.complete_multipart_upload(**end)
    assert second["ETag"] == first["ETag"]
    assert s3.get_object(**target)["Body"].read() == b"1"

"""Checksums of objects. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html"""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.stack

ALL = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]
CUSTOMER = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}


@pytest.fixture
def target(bucket: str) -> dict[str, str]:
    """The key `a b/ü` in a new bucket."""
    return {"Bucket": bucket, "Key": "a b/ü"}


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_attributes_have_the_checksum_of_the_upload(s3: Any, target: dict[str, str], algorithm: str) -> None:
    """It is the one that PutObject returned, and is left out if the request does not name it."""
    name = f"Checksum{algorithm}"
    put = s3.put_object(**target, Body=b"hello", ChecksumAlgorithm=algorithm)
    answer = s3.get_object_attributes(**target, ObjectAttributes=ALL)
    assert (answer["Checksum"][name], answer["ObjectSize"]) == (put[name], 5)
    assert "Checksum" not in s3.get_object_attributes(**target, ObjectAttributes=["ETag"])


@pytest.mark.parametrize(
    ("algorithm", "kind"), [("CRC32", "FULL_OBJECT"), ("CRC32", "COMPOSITE"), ("SHA256", "COMPOSITE")]
)
def test_attributes_have_the_checksum_of_a_multipart_upload(
    s3: Any, target: dict[str, str], algorithm: str, kind: str
) -> None:
    """It is the one that CompleteMultipartUpload returned, with its type."""
    upload = s3.create_multipart_upload(**target, ChecksumAlgorithm=algorithm, ChecksumType=kind)
    at = {**target, "UploadId": upload["UploadId"]}
    name = f"Checksum{algorithm}"
    part = s3.upload_part(**at, PartNumber=1, Body=b"hello", ChecksumAlgorithm=algorithm)
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"], name: part[name]}]}
    end = s3.complete_multipart_upload(**at, MultipartUpload=parts)
    checksum = s3.get_object_attributes(**target, ObjectAttributes=ALL)["Checksum"]
    assert checksum == {name: end[name], "ChecksumType": kind}


def test_attributes_of_an_object_with_a_customer_key_need_it(s3: Any, target: dict[str, str]) -> None:
    """Without the key, or with another one, the request is refused."""
    s3.put_object(**target, Body=b"x", **CUSTOMER)
    for key in ({}, {**CUSTOMER, "SSECustomerKey": "x" * 32}):
        with pytest.raises(ClientError, match="InvalidRequest"):
            s3.get_object_attributes(**target, ObjectAttributes=ALL, **key)
    assert s3.get_object_attributes(**target, ObjectAttributes=ALL, **CUSTOMER)["ObjectSize"] == 1


def test_an_answer_has_the_digest_of_a_customer_key_once(s3: Any, target: dict[str, str]) -> None:
    """GetObject and HeadObject confirm the key as PutObject does."""
    put = s3.put_object(**target, Body=b"x", **CUSTOMER)["SSECustomerKeyMD5"]
    answers = [s3.get_object(**target, **CUSTOMER), s3.head_object(**target, **CUSTOMER)]
    assert [answer["SSECustomerKeyMD5"] for answer in answers] == [put, put]
    assert not [name for name in answers[0]["ResponseMetadata"]["HTTPHeaders"] if name.startswith("x-lab")]

"""Copies between kinds of encryption. https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

pytestmark = pytest.mark.stack

BODY = os.urandom(9 * 2**20 + 7)
CUSTOMER = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}
SOURCE = {"CopySourceSSECustomerAlgorithm": "AES256", "CopySourceSSECustomerKey": "k" * 32}
KINDS = ("AES256", "aws:kms", "customer")


@pytest.fixture(scope="module")
def s3(lab_env: Mapping[str, str]) -> Any:
    """A client that tries nothing twice."""
    return boto3.client("s3", **_common(lab_env, "AWS_ENDPOINT_URL_S3"))


def _common(env: Mapping[str, str], endpoint: str) -> dict[str, Any]:
    return {
        "endpoint_url": env[endpoint],
        "aws_access_key_id": env["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": env["AWS_SECRET_ACCESS_KEY"],
        "region_name": "us-east-1",
        "config": Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    }


@pytest.fixture(scope="module")
def encryption(lab_env: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The parameters that write an object with each kind of encryption."""
    key = boto3.client("kms", **_common(lab_env, "AWS_ENDPOINT_URL")).create_key()["KeyMetadata"]["Arn"]
    by_key = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
    return {"AES256": {"ServerSideEncryption": "AES256"}, "aws:kms": by_key, "customer": CUSTOMER}


@pytest.fixture(scope="module")
def bucket(s3: Any, encryption: dict[str, dict[str, str]]) -> Iterator[str]:
    """A bucket with BODY in each kind of encryption."""
    name = f"copies-{uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    for kind, given in encryption.items():
        s3.put_object(Bucket=name, Key=kind, Body=BODY, **given)
    yield name
    for upload in s3.list_multipart_uploads(Bucket=name).get("Uploads", []):
        s3.abort_multipart_upload(Bucket=name, Key=upload["Key"], UploadId=upload["UploadId"])
    for each in s3.list_objects_v2(Bucket=name)["Contents"]:
        s3.delete_object(Bucket=name, Key=each["Key"])
    s3.delete_bucket(Bucket=name)


def confirmed(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an answer says about encryption."""
    names = ("ServerSideEncryption", "SSEKMSKeyId", "SSECustomerAlgorithm")
    return {name: answer[name] for name in names if name in answer}


def confirmation(given: Mapping[str, str]) -> dict[str, str]:
    """Return what an answer says about an object written with these parameters."""
    return {name: value for name, value in given.items() if name != "SSECustomerKey"}


def source(bucket: str, kind: str) -> dict[str, Any]:
    """Return the parameters that copy the object of a kind."""
    more = SOURCE if kind == "customer" else {}
    return {"CopySource": {"Bucket": bucket, "Key": kind}, **more}


@pytest.mark.parametrize("target", KINDS)
@pytest.mark.parametrize("kind", KINDS)
def test_an_object_is_copied_between_kinds_of_encryption(
    s3: Any, bucket: str, encryption: dict[str, dict[str, str]], kind: str, target: str
) -> None:
    """CopyObject keeps the content, and its answer names the encryption of the copy."""
    given = encryption[target]
    answer = s3.copy_object(Bucket=bucket, Key="copy", **source(bucket, kind), **given)
    assert confirmed(answer) == confirmation(given)
    key = CUSTOMER if target == "customer" else {}
    copy = s3.get_object(Bucket=bucket, Key="copy", **key)
    assert (copy["Body"].read() == BODY, confirmed(copy)) == (True, confirmation(given))


@pytest.mark.parametrize("target", KINDS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_part_is_copied_between_kinds_of_encryption(
    s3: Any, bucket: str, encryption: dict[str, dict[str, str]], kind: str, target: str
) -> None:
    """UploadPartCopy of a range and of a whole object, next to a part that is sent; the object is read to the byte."""
    at = {"Bucket": bucket, "Key": "parts"}
    key = CUSTOMER if target == "customer" else {}
    upload = s3.create_multipart_upload(**at, **encryption[target])
    assert confirmed(upload) == confirmation(encryption[target])
    at["UploadId"] = upload["UploadId"]
    copied = source(bucket, kind)
    parts = [
        s3.upload_part_copy(**at, PartNumber=1, CopySourceRange="bytes=1-6000000", **copied, **key),
        s3.upload_part_copy(**at, PartNumber=2, **copied, **key),
        s3.upload_part(**at, PartNumber=3, Body=b"end", **key),
    ]
    names = {name: value for name, value in confirmation(encryption[target]).items() if name != "SSEKMSKeyId"}
    assert names.items() <= confirmed(parts[0]).items()
    tags = [each.get("CopyPartResult", each)["ETag"] for each in parts]
    listed = {"Parts": [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]}
    end = s3.complete_multipart_upload(**at, MultipartUpload=listed)
    assert target == "customer" or confirmed(end) == confirmation(encryption[target])
    whole = BODY[1:6000001] + BODY + b"end"
    assert s3.get_object(Bucket=bucket, Key="parts", **key)["Body"].read() == whole
    middle = s3.get_object(Bucket=bucket, Key="parts", Range="bytes=5999990-6000020", **key)["Body"].read()
    assert middle == whole[5999990:6000021]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"CopySourceRange": f"bytes=0-{len(BODY)}"}, "InvalidRange"),
        ({"CopySourceIfMatch": '"other"'}, "PreconditionFailed"),
        ({"CopySourceIfNoneMatch": "*"}, "PreconditionFailed"),
        ({"CopySourceSSECustomerKey": "x" * 32}, "AccessDenied"),
    ],
)
def test_a_part_is_not_copied_against_its_conditions(s3: Any, bucket: str, given: dict[str, str], code: str) -> None:
    """A range that ends after the source, another ETag, or another customer key is an error, and no part is stored."""
    at = {"Bucket": bucket, "Key": "refused"}
    at["UploadId"] = s3.create_multipart_upload(**at, **CUSTOMER)["UploadId"]
    with pytest.raises(ClientError, match=code):
        s3.upload_part_copy(**at, PartNumber=1, **{**source(bucket, "customer"), **given}, **CUSTOMER)
    assert "Parts" not in s3.list_parts(**at)


def test_a_stranger_has_no_part_copied(s3: Any, bucket: str, lab_env: Mapping[str, str]) -> None:
    """The signature is checked before the lab reads the source with its own keys."""
    wrong = boto3.client("s3", **{**_common(lab_env, "AWS_ENDPOINT_URL_S3"), "aws_secret_access_key": "x"})
    at = {"Bucket": bucket, "Key": "refused"}
    at["UploadId"] = s3.create_multipart_upload(**at, **CUSTOMER)["UploadId"]
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        wrong.upload_part_copy(**at, PartNumber=1, **source(bucket, "AES256"), **CUSTOMER)

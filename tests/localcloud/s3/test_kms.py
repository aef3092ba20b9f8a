"""Objects encrypted with KMS keys. https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.stack

MISSING = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"


@pytest.fixture
def bucket(s3: Any) -> Iterator[str]:
    """A new bucket with the object `source`; it must be the only one at the end."""
    name = f"kms-{uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="source", Body=b"1")
    yield name
    for each in s3.list_objects_v2(Bucket=name)["Contents"]:
        s3.delete_object(Bucket=name, Key=each["Key"])
    s3.delete_bucket(Bucket=name)


def refusals(s3: Any, bucket: str, **encryption: str) -> set[tuple[int, str]]:
    """Return status and code of each way to write an object with this encryption; none may write it."""
    given = {"Bucket": bucket, "Key": "k", **encryption}
    errors = set()
    for call, more in (
        (s3.put_object, {"Body": b"1"}),
        (s3.copy_object, {"CopySource": f"{bucket}/source"}),
        (s3.create_multipart_upload, {}),
    ):
        with pytest.raises(ClientError) as caught:
            call(**given, **more)
        answer = caught.value.response
        errors.add((answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]))
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["source"]
    return errors


@pytest.mark.parametrize(
    "key", ["none", MISSING, MISSING.replace("us-east-1", "eu-west-1"), MISSING.replace("1234", "9999"), "alias/none"]
)
def test_a_key_that_does_not_exist_is_reported(s3: Any, bucket: str, key: str) -> None:
    """An unknown ID, alias, region or account is KMS.NotFoundException, and nothing is stored."""
    assert refusals(s3, bucket, ServerSideEncryption="aws:kms", SSEKMSKeyId=key) == {(400, "KMS.NotFoundException")}


def test_a_key_that_is_not_usable_is_reported(s3: Any, bucket: str) -> None:
    """A disabled key and one that is pending deletion encrypt nothing."""
    kms = boto3.client("kms")
    disabled, pending = (kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(2))
    kms.disable_key(KeyId=disabled)
    kms.schedule_key_deletion(KeyId=pending)
    encryption = {"ServerSideEncryption": "aws:kms"}
    assert refusals(s3, bucket, **encryption, SSEKMSKeyId=disabled) == {(400, "KMS.DisabledException")}
    assert refusals(s3, bucket, **encryption, SSEKMSKeyId=pending) == {(400, "KMS.KMSInvalidStateException")}


def test_encryption_that_the_lab_lacks_is_refused(s3: Any, bucket: str) -> None:
    """The store would encrypt with SSE-S3 instead of twice, and has no key of AWS."""
    arn = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
    assert refusals(s3, bucket, ServerSideEncryption="aws:kms:dsse", SSEKMSKeyId=arn) == {(501, "NotImplemented")}
    assert refusals(s3, bucket, ServerSideEncryption="aws:kms") == {(501, "NotImplemented")}
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms:dsse", "KMSMasterKeyID": arn}}
    with pytest.raises(ClientError, match="aws:kms:dsse"):
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})


@pytest.mark.parametrize("kind", ["KeyId", "Arn", "alias"])
def test_answers_name_the_key(s3: Any, bucket: str, kind: str) -> None:
    """PutObject, CreateMultipartUpload and HeadObject return the ARN of a key named by ID, ARN or alias."""
    kms = boto3.client("kms")
    key = kms.create_key()["KeyMetadata"]
    alias = f"alias/{uuid4().hex}"
    kms.create_alias(AliasName=alias, TargetKeyId=key["KeyId"])
    given = {"Bucket": bucket, "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": {**key, "alias": alias}[kind]}
    answers = [s3.put_object(Key="k", Body=b"1", **given), s3.head_object(Bucket=bucket, Key="k")]
    upload = s3.create_multipart_upload(Key="m", **given)
    s3.abort_multipart_upload(Bucket=bucket, Key="m", UploadId=upload["UploadId"])
    for answer in (*answers, upload):
        assert (answer["ServerSideEncryption"], answer["SSEKMSKeyId"]) == ("aws:kms", key["Arn"])

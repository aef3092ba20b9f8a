"""The lab's S3 answers as S3 does where the store behind it does not. Pages: the API reference of Amazon S3."""

from __future__ import annotations

import base64
import hashlib
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from localcloud.home import Home

pytestmark = pytest.mark.stack

Call = Callable[..., Any]
ONCE = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})


def error_of(call: Call, **given: Any) -> tuple[int, str]:
    """Return status and code of the error that a call ends with."""
    with pytest.raises(ClientError) as caught:
        call(**given)
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


def raw(method: str, path: str, body: bytes = b"", signed: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    """Send a request signed for the body `signed` (default: `body`); return status and content."""
    stated = hashlib.sha256(body if signed is None else signed).hexdigest()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    url = os.environ["AWS_ENDPOINT_URL_S3"] + path
    request = AWSRequest(method, url, data=signed if signed is not None else body, headers=names)
    request.headers["X-Amz-Content-SHA256"] = stated
    keys = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    S3SigV4Auth(keys, "s3", "us-east-1").add_auth(request)
    sent = urllib.request.Request(url, body or None, dict(request.prepare().headers), method=method)
    try:
        with urllib.request.urlopen(sent, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_objects_are_encrypted_by_default(s3: Any, bucket: str) -> None:
    """Every way to write and read an object reports AES256, and so does the bucket (GetBucketEncryption)."""
    (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    answers = [s3.put_object(Bucket=bucket, Key="a", Body=b"hello"), s3.head_object(Bucket=bucket, Key="a")]
    answers += [s3.get_object(Bucket=bucket, Key="a"), s3.get_object(Bucket=bucket, Key="a", Range="bytes=1-2")]
    answers.append(s3.copy_object(Bucket=bucket, Key="b", CopySource=f"{bucket}/a"))
    upload = s3.create_multipart_upload(Bucket=bucket, Key="c")
    at = {"Bucket": bucket, "Key": "c", "UploadId": upload["UploadId"]}
    part = s3.upload_part(**at, PartNumber=1, Body=b"x" * 100)
    done = s3.complete_multipart_upload(**at, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    answers += [upload, done, s3.head_object(Bucket=bucket, Key="c")]
    assert [each.get("ServerSideEncryption") for each in answers] == ["AES256"] * len(answers)
    assert s3.head_object(Bucket=bucket, Key="a")["ETag"] == f'"{hashlib.md5(b"hello").hexdigest()}"'


def test_default_encryption_comes_back(s3: Any, bucket: str) -> None:
    """DeleteBucketEncryption resets the default to SSE-S3; a bucket that is not there has none."""
    s3.delete_bucket_encryption(Bucket=bucket)
    (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert error_of(s3.get_bucket_encryption, Bucket="no-such-bucket") == (404, "NoSuchBucket")


def test_an_upload_in_parts_to_a_bucket_without_default_encryption(
    in_lab: Mapping[str, str], lab_home: Home, s3: Any, bucket: str
) -> None:
    """A bucket that an older lab made has none: the upload works, and the next one reports the new default."""
    store = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{lab_home.port('seaweedfs.s3')}", config=ONCE)
    store.delete_bucket_encryption(Bucket=bucket)
    assert "ServerSideEncryption" not in s3.create_multipart_upload(Bucket=bucket, Key="a")
    assert s3.create_multipart_upload(Bucket=bucket, Key="b")["ServerSideEncryption"] == "AES256"


def test_the_public_access_block_is_always_on(s3: Any, bucket: str) -> None:
    """As for a new bucket (GetPublicAccessBlock); to turn it off is refused, since no bucket of the lab is public."""
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    block = dict.fromkeys(names, True)
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)
    assert s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"] == block
    given = {"PublicAccessBlockConfiguration": {**block, "BlockPublicAcls": False}}
    assert error_of(s3.put_public_access_block, Bucket=bucket, **given) == (501, "NotImplemented")
    assert error_of(s3.get_public_access_block, Bucket="no-such-bucket") == (404, "NoSuchBucket")


def test_encrypted_ranges_are_the_objects_bytes(s3: Any, bucket: str) -> None:
    """Ranges across the parts of an upload are what was put, to the byte."""
    parts = [os.urandom(5 * 2**20), os.urandom(5 * 2**20 + 1), os.urandom(100)]
    at = {"Bucket": bucket, "Key": "c"}
    at["UploadId"] = s3.create_multipart_upload(**at)["UploadId"]
    tags = [s3.upload_part(**at, PartNumber=n, Body=body)["ETag"] for n, body in enumerate(parts, 1)]
    listed = [{"PartNumber": n, "ETag": tag} for n, tag in enumerate(tags, 1)]
    s3.complete_multipart_upload(**at, MultipartUpload={"Parts": listed})
    whole, size = b"".join(parts), sum(map(len, parts))
    for first, last in ((0, size - 1), (5 * 2**20 - 7, 5 * 2**20 + 9), (3, 3), (size - 120, size - 1)):
        got = s3.get_object(Bucket=bucket, Key="c", Range=f"bytes={first}-{last}")["Body"].read()
        assert got == whole[first : last + 1]


def test_ones_own_bucket_is_made_again_in_us_east_1_only(in_lab: Mapping[str, str], s3: Any, bucket: str) -> None:
    """CreateBucket: us-east-1 answers 200, other regions BucketAlreadyOwnedByYou; its objects stay."""
    s3.put_object(Bucket=bucket, Key="a", Body=b"kept")
    assert s3.create_bucket(Bucket=bucket)["Location"] == f"/{bucket}"
    there = boto3.client("s3", region_name="eu-west-1", config=ONCE)
    place = {"LocationConstraint": "eu-west-1"}
    found = error_of(there.create_bucket, Bucket=bucket, CreateBucketConfiguration=place)
    assert found == (409, "BucketAlreadyOwnedByYou")
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"kept"


def test_empty_values_of_metadata_are_kept(s3: Any, bucket: str) -> None:
    """PutObject, CopyObject with REPLACE and CreateMultipartUpload keep them next to others."""
    given = {"empty": "", "blank-free": "x", "list": "a,b"}
    s3.put_object(Bucket=bucket, Key="a b", Body=b"1", Metadata=given)
    s3.copy_object(Bucket=bucket, Key="b", CopySource=f"{bucket}/a b", Metadata=given, MetadataDirective="REPLACE")
    s3.copy_object(Bucket=bucket, Key="c", CopySource=f"{bucket}/a b")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="d", Metadata=given)["UploadId"]
    tag = s3.upload_part(Bucket=bucket, Key="d", UploadId=upload, PartNumber=1, Body=b"1")["ETag"]
    s3.complete_multipart_upload(
        Bucket=bucket, Key="d", UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": tag}]}
    )
    for key in ("a b", "b", "c", "d"):
        assert s3.head_object(Bucket=bucket, Key=key)["Metadata"] == given
        got = s3.get_object(Bucket=bucket, Key=key)
        assert (got["Metadata"], got["Body"].read()) == (given, b"1")


def test_a_stranger_can_not_have_metadata_signed(in_lab: Mapping[str, str], bucket: str) -> None:
    """A request with an empty value and a wrong signature is refused like any other."""
    wrong = boto3.client("s3", aws_access_key_id=in_lab["AWS_ACCESS_KEY_ID"], aws_secret_access_key="x", config=ONCE)
    given = {"Bucket": bucket, "Key": "a", "Body": b"1", "Metadata": {"e": ""}}
    assert error_of(wrong.put_object, **given) == (403, "SignatureDoesNotMatch")
    other = boto3.client("s3", aws_access_key_id="nobody", aws_secret_access_key="x", config=ONCE)
    assert error_of(other.put_object, **given) == (403, "InvalidAccessKeyId")


def test_conditions_on_a_missing_object(s3: Any, bucket: str) -> None:
    """If-Match on a key that is not there is NoSuchKey, on another ETag PreconditionFailed (PutObject)."""
    tag = s3.put_object(Bucket=bucket, Key="a", Body=b"1")["ETag"]
    assert error_of(s3.put_object, Bucket=bucket, Key="no", Body=b"2", IfMatch='"x"') == (404, "NoSuchKey")
    assert error_of(s3.put_object, Bucket=bucket, Key="a", Body=b"2", IfMatch='"x"') == (412, "PreconditionFailed")
    assert error_of(s3.put_object, Bucket=bucket, Key="a", Body=b"2", IfNoneMatch="*") == (412, "PreconditionFailed")
    assert error_of(s3.get_object, Bucket=bucket, Key="no", IfMatch='"x"') == (404, "NoSuchKey")
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"1"
    s3.put_object(Bucket=bucket, Key="a", Body=b"2", IfMatch=tag)
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"2"


@pytest.mark.parametrize(
    "odd",
    ["z//1", "z\\1", "/z/1", "//z/1", "z/1\\", "z///1", ".uploads/1", "z/.uploads", "z.versions/1", ".versions/1"],
)
def test_no_object_is_taken_for_another(s3: Any, bucket: str, odd: str) -> None:
    """A key that the store would read as `z/1` is refused when written, and not there when read or removed."""
    s3.put_object(Bucket=bucket, Key="z/1", Body=b"mine")
    at = {"Bucket": bucket, "Key": odd}
    assert error_of(s3.put_object, **at, Body=b"other") == (501, "NotImplemented")
    assert error_of(s3.create_multipart_upload, **at) == (501, "NotImplemented")
    assert error_of(s3.copy_object, **at, CopySource=f"{bucket}/z/1") == (501, "NotImplemented")
    assert error_of(s3.delete_objects, Bucket=bucket, Delete={"Objects": [{"Key": odd}]}) == (501, "NotImplemented")
    assert error_of(s3.get_object, **at) == (404, "NoSuchKey")
    assert error_of(s3.head_object, **at)[0] == 404
    source = {"Bucket": bucket, "Key": odd}
    assert error_of(s3.copy_object, Bucket=bucket, Key="copy", CopySource=source) == (404, "NoSuchKey")
    s3.delete_object(**at)
    assert s3.get_object(Bucket=bucket, Key="z/1")["Body"].read() == b"mine"


@pytest.mark.parametrize("prefix", ["z//", "/z", "z\\", ".uploads", "z/.uploads/", "z.versions/"])
def test_a_prefix_that_no_key_has_lists_nothing(s3: Any, bucket: str, prefix: str) -> None:
    """ListObjects and ListObjectsV2 return no object whose key does not begin with the prefix."""
    s3.put_object(Bucket=bucket, Key="z/1", Body=b"")
    for call in (s3.list_objects_v2, s3.list_objects):
        answer = call(Bucket=bucket, Prefix=prefix)
        assert (answer.get("Contents", []), answer["IsTruncated"]) == ([], False)
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=bucket, Prefix="z/")["Contents"]] == ["z/1"]


ODD_BUT_KEPT = [
    "sp ace",
    "pl+us",
    "ü/ß",
    "q?x",
    "pct%41",
    "a&b=c",
    "tab\t",
    "new\nline",
    "~",
    "a'b\"c",
    "x" * 250,
    "x.versions",
    "a.uploads/b",
]


@pytest.mark.parametrize("key", ODD_BUT_KEPT)
def test_keys_with_other_signs_are_kept_as_they_are(s3: Any, bucket: str, key: str) -> None:
    """Put, list, copy, get and delete name the same object."""
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode(), Metadata={"e": "", "k": "v"})
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": key})
    assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == key.encode()
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key}]})
    assert error_of(s3.get_object, Bucket=bucket, Key=key) == (404, "NoSuchKey")


@pytest.mark.parametrize(("sent", "kept"), [("aws-chunked", ""), ("gzip,aws-chunked", "gzip"), ("gzip", "gzip")])
def test_how_an_upload_was_sent_is_not_kept(s3: Any, bucket: str, sent: str, kept: str) -> None:
    """`aws-chunked` in Content-Encoding is of the upload; the object has the other encodings (sigv4-streaming)."""
    s3.put_object(Bucket=bucket, Key="a", Body=b"x", ContentEncoding=sent)
    assert s3.head_object(Bucket=bucket, Key="a").get("ContentEncoding", "") == kept
    assert s3.get_object(Bucket=bucket, Key="a").get("ContentEncoding", "") == kept


@pytest.mark.parametrize(
    "range_",
    ["0-2", "bytes=0", "bytes=hello-world", "bytes=0-bar", "bytes=2-", "bytes=-2", "bytes=0-1,3-4", "bytes=3-1"],
)
def test_a_part_is_copied_from_a_plain_range(s3: Any, bucket: str, range_: str) -> None:
    """UploadPartCopy takes bytes=first-last; any other range is refused, not taken for the whole object."""
    s3.put_object(Bucket=bucket, Key="a", Body=b"hello")
    source = {"CopySource": {"Bucket": bucket, "Key": "a"}}
    upload = s3.create_multipart_upload(Bucket=bucket, Key="b")["UploadId"]
    part = {"Bucket": bucket, "Key": "b", "UploadId": upload, "PartNumber": 1}
    assert error_of(s3.upload_part_copy, **part, **source, CopySourceRange=range_) == (400, "InvalidArgument")
    tag = s3.upload_part_copy(**part, **source, CopySourceRange="bytes=1-2")["CopyPartResult"]["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": tag}]}
    s3.complete_multipart_upload(Bucket=bucket, Key="b", UploadId=upload, MultipartUpload=parts)
    assert s3.get_object(Bucket=bucket, Key="b")["Body"].read() == b"el"


KMS_KEY = {"SSEKMSKeyId": "arn:aws:kms:us-east-1:123456789012:key/1"}
OWN_KEY = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}
ODD_ENCRYPTION = (
    KMS_KEY,
    {**KMS_KEY, "ServerSideEncryption": "AES256"},
    {**OWN_KEY, "ServerSideEncryption": "AES256"},
    {**OWN_KEY, "ServerSideEncryption": "aws:kms"},
    {"ServerSideEncryption": "aes:kms"},
    {"ServerSideEncryption": "AES-256"},
)


@pytest.mark.parametrize("encryption", ODD_ENCRYPTION, ids=lambda given: "-".join(given))
def test_an_encryption_that_would_not_be_done_is_refused(s3: Any, bucket: str, encryption: dict[str, str]) -> None:
    """A key of KMS without its method, two methods, and an unknown one store nothing (UsingKMSEncryption)."""
    s3.put_object(Bucket=bucket, Key="b", Body=b"x")
    given = {"Bucket": bucket, "Key": "a", **encryption}
    assert error_of(s3.put_object, Body=b"x", **given) == (400, "InvalidArgument")
    assert error_of(s3.create_multipart_upload, **given) == (400, "InvalidArgument")
    assert error_of(s3.copy_object, CopySource={"Bucket": bucket, "Key": "b"}, **given) == (400, "InvalidArgument")
    assert error_of(s3.get_object, Bucket=bucket, Key="a") == (404, "NoSuchKey")


def test_a_folder_takes_no_content(s3: Any, bucket: str) -> None:
    """The store would drop what is put under a key that ends with a slash; without content it is kept."""
    assert error_of(s3.put_object, Bucket=bucket, Key="f/", Body=b"lost") == (501, "NotImplemented")
    s3.put_object(Bucket=bucket, Key="f/", Body=b"")
    assert s3.head_object(Bucket=bucket, Key="f/")["ContentLength"] == 0


@pytest.mark.parametrize("size", [1, 5_000, 3_000_000])
def test_content_that_was_not_signed_is_not_stored(s3: Any, bucket: str, size: int) -> None:
    """A PUT whose body differs from its signed hash is XAmzContentSHA256Mismatch, and the object is not there."""
    status, body = raw("PUT", f"/{bucket}/sha", b"a" * size, signed=b"b" * size)
    assert (status, b"XAmzContentSHA256Mismatch" in body) == (400, True)
    assert error_of(s3.head_object, Bucket=bucket, Key="sha")[0] == 404
    assert raw("PUT", f"/{bucket}/sha", b"a" * size)[0] == 200
    assert s3.get_object(Bucket=bucket, Key="sha")["Body"].read() == b"a" * size


@pytest.mark.parametrize(
    "name", ["Content_MD5", "x_amz_checksum_crc32", "x_amz_checksum_sha256", "x_amz_checksum_sha1"]
)
def test_content_with_another_digest_is_not_stored(s3: Any, bucket: str, name: str) -> None:
    """BadDigest for the digest of another content."""
    size = {"Content_MD5": 16, "x_amz_checksum_crc32": 4, "x_amz_checksum_sha256": 32, "x_amz_checksum_sha1": 20}[name]
    status, body = raw("PUT", f"/{bucket}/d", b"real", **{name: base64.b64encode(b"\1" * size).decode()})
    assert (status, b"BadDigest" in body) == (400, True)
    assert error_of(s3.head_object, Bucket=bucket, Key="d")[0] == 404


def test_a_url_is_presigned_for_a_week_at_most(s3: Any, bucket: str) -> None:
    """604,800 s are taken, more are AuthorizationQueryParametersError, and such a URL writes nothing."""
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    at, signer = {"Bucket": bucket, "Key": "a"}, boto3.client("s3", config=Config(signature_version="s3v4"))
    with urllib.request.urlopen(signer.generate_presigned_url("get_object", at, ExpiresIn=604_800)) as answer:
        assert answer.read() == b"1"
    for seconds in (604_801, 8 * 86_400, 10**9):
        for method in ("GET", "PUT"):
            url = signer.generate_presigned_url(f"{method.lower()}_object", at, ExpiresIn=seconds)
            request = urllib.request.Request(url, b"2" if method == "PUT" else None, method=method)
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(request)
            with caught.value as error:
                assert (error.code, b"AuthorizationQueryParametersError" in error.read()) == (400, True)
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"1"


MISROUTED = (
    *("website", "logging", "accelerate", "replication", "inventory&id=1", "analytics&id=1", "metrics&id=1"),
    *("intelligent-tiering&id=1", "notification", "metadataTable", "abac", "policyStatus", "requestPayment"),
)


@pytest.mark.parametrize("subject", MISROUTED)
def test_a_setting_of_a_bucket_never_makes_or_removes_one(s3: Any, bucket: str, subject: str) -> None:
    """What the store would take for CreateBucket or DeleteBucket is refused by name."""
    name = f"never-{uuid4().hex[:12]}"
    for method, target in (("PUT", name), ("DELETE", bucket)):
        status, body = raw(method, f"/{target}?{subject}", b"<x/>" if method == "PUT" else b"")
        assert (status, subject.partition("&")[0].encode() in body) == (501, True)
    assert error_of(s3.head_bucket, Bucket=name)[0] == 404
    s3.head_bucket(Bucket=bucket)


def test_a_bucket_of_another_owner_is_not_touched(s3: Any, bucket: str) -> None:
    """A call that expects another owner of a bucket is refused and does nothing (bucket-owner-condition)."""
    s3.put_object(Bucket=bucket, Key="a", Body=b"first", ExpectedBucketOwner="123456789012")
    other = {"Bucket": bucket, "ExpectedBucketOwner": "210987654321"}
    source = {"Bucket": bucket, "Key": "a"}
    refused = [
        error_of(s3.put_object, Key="a", Body=b"second", **other),
        error_of(s3.get_object, Key="a", **other),
        error_of(s3.delete_object, Key="a", **other),
        error_of(s3.delete_objects, Delete={"Objects": [{"Key": "a"}]}, **other),
        error_of(s3.list_objects_v2, **other),
        error_of(s3.create_multipart_upload, Key="b", **other),
        error_of(s3.delete_bucket, **other),
        error_of(s3.copy_object, Bucket=bucket, Key="b", CopySource=source, ExpectedSourceBucketOwner="210987654321"),
    ]
    assert set(refused) == {(403, "AccessDenied")}
    assert s3.get_object(Bucket=bucket, Key="a", ExpectedBucketOwner="123456789012")["Body"].read() == b"first"
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["a"]


@pytest.mark.parametrize(
    ("method", "query"),
    [
        ("PUT", "renameObject"),
        ("PUT", "encryption"),
        ("POST", "restore"),
        ("POST", "select&select-type=2"),
        ("GET", "torrent"),
    ],
)
def test_an_operation_on_an_object_that_the_store_lacks_is_refused(
    s3: Any, bucket: str, method: str, query: str
) -> None:
    """It is not taken for PutObject or GetObject, so the object stays."""
    s3.put_object(Bucket=bucket, Key="a", Body=b"kept")
    status, body = raw(method, f"/{bucket}/a?{query}")
    assert (status, b"NotImplemented" in body) == (501, True)
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"kept"


def test_another_origin_is_not_allowed(bucket: str, s3: Any) -> None:
    """A preflight is refused until the bucket's CORS rules allow the origin."""
    request = urllib.request.Request(
        f"{os.environ['AWS_ENDPOINT_URL_S3']}/{bucket}/a",
        method="OPTIONS",
        headers={"Origin": "http://evil.example", "Access-Control-Request-Method": "PUT"},
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    with caught.value as error:
        assert error.code == 403
    rule = {"AllowedMethods": ["PUT"], "AllowedOrigins": ["http://evil.example"]}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "http://evil.example"


def test_the_door_answers_the_proxy_only(in_lab: Mapping[str, str]) -> None:
    """Who guesses at the door's header gets what any unsigned request to the AWS API gets."""
    request = urllib.request.Request(in_lab["AWS_ENDPOINT_URL"] + "/b/z//1", headers={"X-Lab-S3-Door": "guess"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    with caught.value as error:
        assert (error.code, b"MissingAuthenticationToken" in error.read()) == (403, True)


def test_headers_that_the_store_ignores_are_refused(s3: Any, bucket: str) -> None:
    """An append, and conditions of directory buckets, would replace or delete the object (PutObject, DeleteObject)."""
    s3.put_object(Bucket=bucket, Key="a", Body=b"0123")
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    for call, more in (
        (s3.put_object, {"Body": b"x", "WriteOffsetBytes": 4}),
        (s3.put_object, {"Body": b"x", "WebsiteRedirectLocation": "/b"}),
        (s3.delete_object, {"IfMatchSize": 1}),
        (s3.delete_object, {"IfMatchLastModifiedTime": long_ago}),
    ):
        assert error_of(call, Bucket=bucket, Key="a", **more) == (501, "NotImplemented"), more
    for condition in ({"Size": 1}, {"LastModifiedTime": long_ago}):
        objects = {"Objects": [{"Key": "a", **condition}]}
        assert error_of(s3.delete_objects, Bucket=bucket, Delete=objects) == (501, "NotImplemented")
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"0123"


def test_nobody_else_gets_access(s3: Any, bucket: str) -> None:
    """The owner of a bucket owns its objects, so an ACL for others is an error (about-object-ownership)."""
    refused = (400, "AccessControlListNotSupported")
    assert error_of(s3.put_object, Bucket=bucket, Key="a", ACL="public-read") == refused
    assert error_of(s3.put_object, Bucket=bucket, Key="a", GrantRead="id=1") == refused
    assert error_of(s3.put_bucket_acl, Bucket=bucket, ACL="public-read") == refused
    s3.put_object(Bucket=bucket, Key="a", ACL="bucket-owner-full-control")


@pytest.mark.parametrize("ownership", ["ObjectWriter", "BucketOwnerPreferred"])
def test_a_bucket_with_acls_is_not_made(s3: Any, ownership: str) -> None:
    """The lab has no ACLs, so both calls refuse an ownership that allows them; the default is taken."""
    name = f"front-{uuid4().hex[:12]}"
    assert error_of(s3.create_bucket, Bucket=name, ObjectOwnership=ownership) == (501, "NotImplemented")
    assert error_of(s3.head_bucket, Bucket=name)[0] == 404
    s3.create_bucket(Bucket=name, ObjectOwnership="BucketOwnerEnforced")
    rules = {"Rules": [{"ObjectOwnership": ownership}]}
    refused = error_of(s3.put_bucket_ownership_controls, Bucket=name, OwnershipControls=rules)
    assert refused == (501, "NotImplemented")
    kept = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=kept)
    assert s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"] == kept
    s3.delete_bucket(Bucket=name)


def test_a_bucket_with_old_versions_is_not_deleted(s3: Any) -> None:
    """They are objects, too (DeleteBucket); with the last of them gone the bucket can go."""
    name = f"front-{uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=name, Key="a", Body=b"1")
    s3.delete_object(Bucket=name, Key="a")
    assert error_of(s3.delete_bucket, Bucket=name) == (409, "BucketNotEmpty")
    listed = s3.list_object_versions(Bucket=name)
    for each in (*listed["Versions"], *listed["DeleteMarkers"]):
        s3.delete_object(Bucket=name, Key="a", VersionId=each["VersionId"])
    s3.delete_bucket(Bucket=name)


def test_an_upload_has_the_size_that_its_end_states(s3: Any, bucket: str) -> None:
    """Another size is an error, and the upload stays open (CompleteMultipartUpload, x-amz-mp-object-size)."""
    at = {"Bucket": bucket, "Key": "a"}
    at["UploadId"] = s3.create_multipart_upload(**at)["UploadId"]
    part = {"PartNumber": 1, "ETag": s3.upload_part(**at, PartNumber=1, Body=b"abc")["ETag"]}
    end = {**at, "MultipartUpload": {"Parts": [part]}}
    assert error_of(s3.complete_multipart_upload, **end, MpuObjectSize=99) == (400, "InvalidRequest")
    s3.complete_multipart_upload(**end, MpuObjectSize=3)
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"abc"


def test_an_etag_of_a_copied_part_has_quotes(s3: Any, bucket: str) -> None:
    """As every ETag (UploadPartCopy)."""
    s3.put_object(Bucket=bucket, Key="a", Body=b"abc")
    at = {"Bucket": bucket, "Key": "b"}
    at["UploadId"] = s3.create_multipart_upload(**at)["UploadId"]
    copied = s3.upload_part_copy(**at, PartNumber=1, CopySource=f"{bucket}/a")["CopyPartResult"]["ETag"]
    assert copied == f'"{hashlib.md5(b"abc").hexdigest()}"'


def test_an_object_without_a_content_type_is_binary(s3: Any, bucket: str) -> None:
    """S3 does not guess from the content or the name (PutObject)."""
    s3.put_object(Bucket=bucket, Key="a.html", Body=b"<p>text</p>")
    s3.put_object(Bucket=bucket, Key="b", Body=b"x", ContentType="text/csv")
    types = [s3.head_object(Bucket=bucket, Key=key)["ContentType"] for key in ("a.html", "b")]
    assert types == ["binary/octet-stream", "text/csv"]


def test_a_thousand_keys_are_deleted_at_once_and_no_more(s3: Any, bucket: str) -> None:
    """A longer list is MalformedXML (DeleteObjects)."""
    listed = {"Objects": [{"Key": str(number)} for number in range(1001)]}
    assert error_of(s3.delete_objects, Bucket=bucket, Delete=listed) == (400, "MalformedXML")

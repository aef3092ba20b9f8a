"""Requests about a bucket: S3's defaults, and what the store would mistake for CreateBucket or DeleteBucket."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree

from botocore.exceptions import ClientError
from werkzeug.wrappers import Response

from localcloud.aws.keys import KeyRing
from localcloud.s3 import forms, refusals, rules, versions
from localcloud.s3.errors import S3Error, not_implemented
from localcloud.s3.forward import Call, forward
from localcloud.s3.listing import answer_listing
from localcloud.s3.reader import Reader

_MAX_KEYS = 1000
_MAX_DELETION = 4 * 1024 * 1024
_OWNERSHIP = re.compile(rb"<ObjectOwnership>\s*([^<\s]*)")
_REGION = re.compile(r"/\d{8}/([\w-]+)/s3/|%2F\d{8}%2F([\w-]+)%2Fs3%2F")


def answer_bucket(call: Call, address: str, store: Any, keys: KeyRing) -> Response:
    """Answer a request about a bucket. `store` is a client of the store with the lab's keys."""
    if not call.bucket:
        return forward(call, address)
    subjects = _subjects(call.query)
    if call.method == "PUT":
        return _put(call, address, store, subjects)
    if call.method == "DELETE":
        _only(call, subjects, rules.UNSET_ON_BUCKET)
        if not subjects:
            _refuse_versions(call, store)
        answer = forward(call, address)
        if "encryption" in subjects and answer.status_code == 204:
            encrypt(store, call.bucket)
        return answer
    if call.method == "POST":
        return _post(call, address, store, subjects)
    return _get(call, Reader(address, keys, call.bucket), store, subjects)


def _refuse_versions(call: Call, store: Any) -> None:
    """Refuse to delete a bucket that has old versions of objects: the store would drop them with it."""
    try:
        kept = store.list_object_versions(Bucket=call.bucket, MaxKeys=1)
    except ClientError:
        return  # the store says what is wrong
    if kept.get("Versions") or kept.get("DeleteMarkers"):
        raise S3Error(409, "BucketNotEmpty", "The bucket you tried to delete is not empty")


def encrypt(store: Any, bucket: str) -> None:
    """Make the store encrypt new objects of a bucket, as S3 does by default (SSE-S3)."""
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    store.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})


def default_encryption(store: Any, bucket: str) -> str:
    """Return the algorithm that a bucket encrypts with by default.

    A bucket from before the lab encrypted by default gets one for what is put from now on; '' is returned this once.
    """
    try:
        rules_given = store.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ServerSideEncryptionConfigurationNotFoundError":
            raise
        encrypt(store, bucket)
        return ""
    return str(rules_given[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"])


def _subjects(query: str) -> set[str]:
    names = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
    return {name for name in names if not re.match(rules.EMPTY_QUERY, name)}


def _only(call: Call, subjects: set[str], known: frozenset[str]) -> None:
    if unknown := sorted(subjects - known):
        raise not_implemented(f"The lab's S3 does not support {call.method} of a bucket's {', '.join(unknown)}.")


def _put(call: Call, address: str, store: Any, subjects: set[str]) -> Response:
    _only(call, subjects, rules.SET_ON_BUCKET)
    answer = forward(call, address, content=_checked(call, subjects))
    if subjects:
        return answer
    if answer.status_code == 200:
        encrypt(store, call.bucket)
    elif answer.status_code == 409 and b"BucketAlreadyOwnedByYou" in answer.get_data() and _region(call) == "us-east-1":
        return Response(b"", 200, {"Location": f"/{call.bucket}"})
    return answer


def _checked(call: Call, subjects: set[str]) -> bytes | None:
    """Return the content of a setting that the lab may lack, None for others. Raises S3Error if the lab lacks it."""
    if not subjects & {"encryption", "ownershipControls"}:
        return None
    content = call.body.read(call.length)
    if b"aws:kms:dsse" in content:
        raise not_implemented("The lab's S3 does not support the encryption method aws:kms:dsse. Try: aws:kms")
    for name in _OWNERSHIP.findall(content):
        refusals.check_ownership(name.decode())
    return content


def _region(call: Call) -> str:
    match = _REGION.search(call.headers.get("authorization", "") or call.query)
    if match is None:
        raise S3Error(400, "AuthorizationHeaderMalformed", "The authorization names no region.")
    return str(match.group(1) or match.group(2))


def _get(call: Call, reader: Reader, store: Any, subjects: set[str]) -> Response:
    answer = answer_listing(call, reader)
    if "encryption" in subjects and answer.status_code == 404 and b"ServerSideEncryptionConf" in answer.get_data():
        _encrypt_old(store, call.bucket)
        return forward(call, reader.store)
    if re.search(rules.ODD_PREFIX, call.query) and answer.status_code == 200:
        answer.set_data(_emptied(answer.get_data()))
    return answer


def _encrypt_old(store: Any, bucket: str) -> None:
    """Give an older bucket the lab's default encryption."""
    try:
        store.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            raise S3Error(404, "NoSuchBucket", "The specified bucket does not exist") from None
        raise
    encrypt(store, bucket)


def _emptied(listing: bytes) -> bytes:
    """Return an empty listing: no key can start with such a prefix."""
    root = ElementTree.fromstring(listing)  # noqa: S314  the store's own answer
    space = root.tag.partition("}")[0] + "}" if root.tag.startswith("{") else ""
    for child in list(root):
        name = child.tag.removeprefix(space)
        if name in ("Contents", "CommonPrefixes", "Version", "DeleteMarker", "NextContinuationToken", "NextMarker"):
            root.remove(child)
        elif name in ("KeyCount", "IsTruncated"):
            child.text = "0" if name == "KeyCount" else "false"
    ElementTree.register_namespace("", space.strip("{}"))
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _post(call: Call, address: str, store: Any, subjects: set[str]) -> Response:
    _only(call, subjects, frozenset({"delete"}))
    if "delete" not in subjects:
        return forms.answer_form(call, address)
    if call.length > _MAX_DELETION:
        raise S3Error(400, "MalformedXML", "The list of objects to delete is too long.")
    content = call.body.read(call.length)
    try:
        root = ElementTree.fromstring(content)  # noqa: S314
    except ElementTree.ParseError:
        raise S3Error(400, "MalformedXML", "The XML you provided was not well-formed.") from None
    _check_deletion(root)
    answer = forward(call, address, content=content)
    if answer.status_code == 200:
        for entry in root.findall("{*}Object"):
            if entry.findtext("{*}VersionId") == "null":
                versions.remove_marker(store, call.bucket, entry.findtext("{*}Key", ""))
    return answer


def _check_deletion(root: ElementTree.Element) -> None:
    """Check the keys to delete."""
    given = [(each.tag.rpartition("}")[2], each.text or "") for each in root.iter()]
    keys = [text for name, text in given if name == "Key"]
    if len(keys) > _MAX_KEYS:
        raise S3Error(400, "MalformedXML", "The XML you provided was not well-formed or did not validate.")
    if any(name in ("Size", "LastModifiedTime") for name, _ in given):
        raise not_implemented("The lab's S3 does not support Size and LastModifiedTime as conditions of DeleteObjects.")
    refusals.check_keys(keys)

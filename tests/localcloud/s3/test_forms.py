"""Uploads by browser forms. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError

pytestmark = pytest.mark.stack

SOON = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
TRAP = b'\r\nContent-Disposition: form-data; name="x"; filename="y"\r\n'
"""Content that looks like a field of the form."""


def post(s3: Any, bucket: str, key: str, body: bytes, *, named: bool) -> requests.Response:
    """Send a presigned form; if `named`, each field has a file name, as some clients send them."""
    form = s3.generate_presigned_post(bucket, key)
    file = {"file": ("up.bin", body)}
    if named:
        return requests.post(form["url"], files={**form["fields"], **file}, timeout=30)
    return requests.post(form["url"], data=form["fields"], files=file, timeout=30)


@pytest.mark.parametrize("named", [False, True])
def test_a_form_stores_its_file(s3: Any, bucket: str, *, named: bool) -> None:
    """To the byte, encrypted by default, also if all fields have file names; ${filename} is the name of the file."""
    for key, stored in (("a b/ü", "a b/ü"), ("dir/${filename}", "dir/up.bin")):
        assert post(s3, bucket, key, TRAP, named=named).status_code == 204
        answer = s3.get_object(Bucket=bucket, Key=stored)
        assert (answer["Body"].read(), answer["ServerSideEncryption"]) == (TRAP, "AES256")


@pytest.mark.parametrize("named", [False, True])
def test_a_form_writes_no_key_that_the_store_would_confuse(s3: Any, bucket: str, *, named: bool) -> None:
    """However the field is written, the object that the store would take it for stays."""
    s3.put_object(Bucket=bucket, Key="z/1", Body=b"mine")
    for key in ("z//1", "z\\1", ".uploads/1"):
        answer = post(s3, bucket, key, b"other", named=named)
        assert (answer.status_code, "NotImplemented" in answer.text) == (501, True)
    assert s3.get_object(Bucket=bucket, Key="z/1")["Body"].read() == b"mine"


def test_a_form_against_its_policy_stores_nothing(s3: Any, bucket: str) -> None:
    """A key other than the signed one, and a file larger than allowed, are refused."""
    form = s3.generate_presigned_post(bucket, "a", Conditions=[["content-length-range", 0, 3]])
    other = requests.post(form["url"], data={**form["fields"], "key": "b"}, files={"file": b"x"}, timeout=30)
    large = requests.post(form["url"], data=form["fields"], files={"file": b"xxxx"}, timeout=30)
    assert (other.status_code, large.status_code) == (403, 400)
    for key in ("a", "b"):
        with pytest.raises(ClientError, match="404"):
            s3.head_object(Bucket=bucket, Key=key)


def test_a_body_that_is_no_form_is_refused(s3: Any, bucket: str) -> None:
    """POST to a bucket is for forms of the type multipart/form-data."""
    url = s3.generate_presigned_post(bucket, "a")["url"]
    assert requests.post(url, data={"key": "a"}, timeout=30).status_code == 412


@pytest.mark.parametrize(
    "policy",
    [
        {"expiration": SOON},
        {"expiration": SOON, "CONDITIONS": []},
        {"EXPIRATION": SOON, "conditions": []},
        {"expiration": SOON, "conditions": [{}]},
        {"expiration": SOON, "conditions": [["content-length-range", 0]]},
        {"conditions": []},
        [],
    ],
)
def test_a_policy_without_conditions_or_end_permits_nothing(
    s3: Any, in_lab: Mapping[str, str], bucket: str, policy: Any
) -> None:
    """However it is signed, it is InvalidPolicyDocument."""
    text = base64.b64encode(json.dumps(policy).encode()).decode()
    signature = hmac.new(in_lab["AWS_SECRET_ACCESS_KEY"].encode(), text.encode(), hashlib.sha1).digest()
    fields = {
        "key": "a",
        "AWSAccessKeyId": in_lab["AWS_ACCESS_KEY_ID"],
        "policy": text,
        "signature": base64.b64encode(signature).decode(),
    }
    url = s3.generate_presigned_post(bucket, "a")["url"]
    answer = requests.post(url, data=fields, files={"file": b"x"}, timeout=30)
    assert (answer.status_code, "InvalidPolicyDocument" in answer.text) == (400, True)
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket=bucket, Key="a")

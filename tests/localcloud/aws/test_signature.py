"""Who gets through the door of the AWS API."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from localcloud.aws.refusal import Refusal
from localcloud.aws.signature import read_claim, verify

Client = Callable[..., Any]


def refused(call: Callable[[], Any]) -> tuple[str, int]:
    """Return code and status of the error that a call ends in."""
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"], caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


def test_the_right_key_gets_in(client: Client) -> None:
    """A request signed with the lab's keys is answered."""
    assert client("sts").get_caller_identity()["Account"] == "123456789012"


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [("glue", "get_databases", "InvalidSignatureException"), ("sts", "get_caller_identity", "SignatureDoesNotMatch")],
)
def test_a_wrong_secret_is_refused(client: Client, service: str, call: str, code: str) -> None:
    """A wrong secret is refused, in the words of the service's protocol."""
    assert refused(getattr(client(service, aws_secret_access_key="wrong"), call))[0] == code


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [("glue", "get_databases", "UnrecognizedClientException"), ("iam", "list_roles", "InvalidClientTokenId")],
)
def test_an_unknown_key_is_refused(client: Client, service: str, call: str, code: str) -> None:
    """An access key that nobody has is refused."""
    assert refused(getattr(client(service, aws_access_key_id="nobody"), call))[0] == code


def test_an_unsigned_request_is_refused(endpoint: str) -> None:
    """Without an Authorization header nothing is answered, moto's own pages included."""
    for path in ("/", "/moto-api/data.json", "/latest/meta-data/"):
        connection = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=10)
        connection.request("POST", path, body="{}")
        answer = connection.getresponse()
        assert (answer.status, b"Missing Authentication Token" in answer.read()) == (403, True)
        connection.close()


def test_s3_is_sent_elsewhere(client: Client) -> None:
    """An S3 client that uses this endpoint is told which variable it lacks, instead of writing into a second S3."""
    assert refused(client("s3").list_buckets) == ("WrongEndpoint", 421)
    with pytest.raises(ClientError, match="AWS_ENDPOINT_URL_S3"):
        client("s3").create_bucket(Bucket="lake")


def test_a_service_the_lab_lacks_is_named(client: Client) -> None:
    """A service that the lab does not stand in for is an error that says so, not an empty answer."""
    with pytest.raises(ClientError, match="does not stand in for 'dynamodb'"):
        client("dynamodb").list_tables()


def test_temporary_keys_of_a_role_work(client: Client) -> None:
    """Keys from AssumeRole get in with their session token, and not without it."""
    arn = "arn:aws:iam::123456789012:role/LabRole"
    keys = client("sts").assume_role(RoleArn=arn, RoleSessionName="notebook")["Credentials"]
    given = {"aws_access_key_id": keys["AccessKeyId"], "aws_secret_access_key": keys["SecretAccessKey"]}
    assert client("glue", **given, aws_session_token=keys["SessionToken"]).get_databases()["DatabaseList"]
    assert refused(client("glue", **given).get_databases)[0] == "UnrecognizedClientException"


def test_the_keys_of_a_user_work_until_they_are_deactivated(client: Client) -> None:
    """An IAM user's access key gets in while it is active."""
    iam = client("iam")
    iam.create_user(UserName="ana")
    key = iam.create_access_key(UserName="ana")["AccessKey"]
    ana = client("glue", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    assert ana.get_databases()["DatabaseList"]
    iam.update_access_key(UserName="ana", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert refused(ana.get_databases)[0] == "UnrecognizedClientException"


# The example of AWS's own documentation (GET ListUsers of IAM, 30 August 2015).
EXAMPLE = (
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
    "SignedHeaders=content-type;host;x-amz-date, "
    "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
)


def example(**changes: Any) -> Request:
    headers = {
        "Host": "iam.amazonaws.com",
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "X-Amz-Date": "20150830T123600Z",
    }
    query = {"Action": "ListUsers", "Version": "2010-05-08"}
    return Request(EnvironBuilder("/", query_string=query, headers=headers, **changes).get_environ())


NOON = datetime(2015, 8, 30, 12, 40, tzinfo=UTC)


def test_the_documented_signature_is_accepted() -> None:
    """AWS's documented example request has the signature that it is documented with."""
    verify(example(), read_claim(EXAMPLE), "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", NOON)


@pytest.mark.parametrize(
    ("changes", "now"),
    [
        ({"method": "POST"}, NOON),
        ({"data": b"x"}, NOON),
        ({}, NOON + timedelta(hours=1)),
        ({}, NOON - timedelta(hours=1)),
    ],
    ids=["other method", "other body", "too late", "too early"],
)
def test_a_changed_or_old_request_is_refused(changes: dict[str, Any], now: datetime) -> None:
    """A signature is good for one method, one body, and fifteen minutes."""
    with pytest.raises(Refusal) as caught:
        verify(example(**changes), read_claim(EXAMPLE), "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", now)
    assert caught.value.code == "InvalidSignatureException"


@pytest.mark.parametrize(
    "header", [None, "", "Basic Zm9v", "AWS4-HMAC-SHA256 Credential=a", EXAMPLE[:-1], "\x00" * 9000]
)
def test_a_malformed_header_is_refused(header: str | None) -> None:
    """An incomplete signature is refused before anything is computed."""
    with pytest.raises(Refusal):
        read_claim(header)

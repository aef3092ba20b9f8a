"""Keeps empty metadata values. The store drops them, so it gets a marker, and the request is signed again."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import UTC, datetime

from botocore.auth import SIGV4_TIMESTAMP, S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from localcloud.aws.keys import KeyRing
from localcloud.aws.refusal import Refusal
from localcloud.aws.signature import CLOCK_SKEW, Claim, Signer, read_claim
from localcloud.s3 import rules
from localcloud.s3.errors import S3Error, not_implemented
from localcloud.s3.forward import Call

_CHUNKS = "STREAMING-AWS4"
"""Such content is signed piece by piece, from the first signature on."""


def is_empty_somewhere(call: Call) -> bool:
    """Check whether the request has metadata with an empty value."""
    return any(name.startswith("x-amz-meta-") and not value.strip() for name, value in call.headers.items())


def marked(call: Call, keys: KeyRing) -> dict[str, str]:
    """Return the headers with a marker for each empty value, signed with the lab's keys.

    Raises:
        S3Error: the request was not signed by one of the lab's keys, or its content can't be signed again.
    """
    if call.headers.get("x-amz-content-sha256", "").startswith(_CHUNKS):
        raise not_implemented(
            "The lab's S3 can't keep an empty value of metadata with content that is signed in chunks."
        )
    verify(call, keys)
    headers = {name: value for name, value in call.headers.items() if name not in ("authorization", "x-amz-date")}
    for name in headers:
        if name.startswith("x-amz-meta-") and not headers[name].strip():
            headers[name] = rules.EMPTY_VALUE
    names = [name for name in headers if name == "host" or name.startswith(("x-amz-", "content-md5"))]
    signer = _signer(keys, "us-east-1", names)
    request = _request(call, headers)
    request.context["timestamp"] = headers["x-amz-date"] = datetime.now(UTC).strftime(SIGV4_TIMESTAMP)
    request.headers["x-amz-date"] = headers["x-amz-date"]
    signer.signed.add("x-amz-date")
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    scope = f"{keys.access_key_id}/{signer.credential_scope(request)}"
    signed = signer.signed_headers(signer.headers_to_sign(request))
    headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={signed}, Signature={signature}"
    return headers


class _Signer(Signer, S3SigV4Auth):
    """S3's signature over chosen headers; the content's hash is the one that the request states."""

    def payload(self, request: AWSRequest) -> str:
        return str(request.headers.get("x-amz-content-sha256", ""))


def _signer(keys: KeyRing, region: str, signed: Iterable[str]) -> _Signer:
    return _Signer(Credentials(keys.access_key_id, keys.secret_access_key), "s3", region, signed)


def _request(call: Call, headers: dict[str, str]) -> AWSRequest:
    request = AWSRequest(call.method, f"http://{call.headers.get('host', '')}{call.target}", {}, b"")
    for name, value in headers.items():
        request.headers[name] = value
    return request


def verify(call: Call, keys: KeyRing) -> None:
    """Check who signed a call, and the signature. Raises S3Error."""
    try:
        claim: Claim = read_claim(call.headers.get("authorization"))
    except Refusal as refusal:
        raise S3Error(403, "AccessDenied", refusal.message) from None
    if not hmac.compare_digest(claim.key, keys.access_key_id):
        raise S3Error(403, "InvalidAccessKeyId", "The AWS access key ID you provided does not exist in our records.")
    timestamp = call.headers.get("x-amz-date", "")
    request = _request(call, dict(call.headers))
    request.context["timestamp"] = timestamp
    signer = _signer(keys, claim.region, claim.signed)
    expected = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    if not hmac.compare_digest(expected, claim.signature):
        text = "The request signature we calculated does not match the signature you provided."
        raise S3Error(403, "SignatureDoesNotMatch", text)
    _check_time(timestamp)


def _check_time(timestamp: str) -> None:
    signed_at = datetime.strptime(timestamp, SIGV4_TIMESTAMP).replace(tzinfo=UTC)
    if abs(datetime.now(UTC) - signed_at) > CLOCK_SKEW:
        raise S3Error(403, "RequestTimeTooSkewed", "The difference between the request time and now is too large.")

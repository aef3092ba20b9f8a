"""Signature Version 4, on the server's side: who signed a request, and is the signature valid?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials
from werkzeug.wrappers import Request

from localcloud.aws.refusal import Refusal

CLOCK_SKEW = timedelta(minutes=15)
_FORM = re.compile(
    r"AWS4-HMAC-SHA256\s+Credential=(?P<key>[^/,\s]+)/(?P<date>\d{8})/(?P<region>[\w-]+)/(?P<service>[\w.-]+)/aws4_request"
    r"\s*,\s*SignedHeaders=(?P<signed>[\w;.-]+)\s*,\s*Signature=(?P<signature>[0-9a-f]{64})\s*"
)


@dataclass(frozen=True)
class Claim:
    """What the Authorization header of a request claims, not yet verified."""

    key: str
    date: str
    region: str
    service: str
    signed: frozenset[str]
    signature: str


def read_claim(authorization: str | None) -> Claim:
    """Return the parts of an Authorization header.

    Raises:
        Refusal: there is none, or it is not Signature Version 4. Remedy: sign the request with an AWS SDK.
    """
    if not authorization:
        raise Refusal("MissingAuthenticationTokenException", "Missing Authentication Token", 403)
    match = _FORM.fullmatch(authorization)
    if not match:
        raise Refusal(
            "IncompleteSignatureException", "The Authorization header is not a complete AWS4-HMAC-SHA256 one."
        )
    key, date, region, service, signed, signature = match.groups()
    return Claim(key, date, region, service, frozenset(signed.split(";")), signature)


def verify(request: Request, claim: Claim, secret: str, now: datetime | None = None) -> None:
    """Verify the claim: the owner of `secret` signed this body and these headers, within 15 minutes.

    Raises:
        Refusal: InvalidSignatureException (SignatureDoesNotMatch in query services). Remedy: use the lab's keys.
    """
    timestamp = request.headers.get("X-Amz-Date", "")
    _check_time(timestamp, claim, now or datetime.now(UTC))
    body = request.get_data()
    stated = request.headers.get("X-Amz-Content-SHA256")
    if "host" not in claim.signed or (stated and stated != sha256(body).hexdigest()):
        raise _mismatch()
    signer = Signer(Credentials(claim.key, secret), claim.service, claim.region, claim.signed)
    signable = AWSRequest(request.method, _url(request), {}, body)
    for name, value in request.headers.items():
        signable.headers[name] = value
    signable.context["timestamp"] = timestamp
    expected = signer.signature(signer.string_to_sign(signable, signer.canonical_request(signable)), signable)
    if not hmac.compare_digest(expected, claim.signature):
        raise _mismatch()


class Signer(SigV4Auth):
    """The SDK's own signer, restricted to the headers in `signed`, whose names are in lower case."""

    def __init__(self, credentials: Credentials, service: str, region: str, signed: Iterable[str]) -> None:
        super().__init__(credentials, service, region)
        self.signed = set(signed)

    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        """Return the headers that are signed, as SigV4Auth asks for them."""
        chosen = HTTPHeaders()
        for name, value in request.headers.items():
            if name.lower() in self.signed:
                chosen[name.lower()] = value
        return chosen


def _url(request: Request) -> str:
    path = str(request.environ.get("RAW_URI") or request.path).partition("?")[0]
    query = request.query_string.decode("latin-1")
    return f"http://{request.host}{path}{'?' + query if query else ''}"


def _check_time(timestamp: str, claim: Claim, now: datetime) -> None:
    try:
        signed_at = datetime.strptime(timestamp, SIGV4_TIMESTAMP).replace(tzinfo=UTC)
    except ValueError:
        raise Refusal("IncompleteSignatureException", "The request has no valid X-Amz-Date header.") from None
    if abs(now - signed_at) > CLOCK_SKEW or not timestamp.startswith(claim.date):
        raise Refusal(
            "InvalidSignatureException", f"Signature expired or not yet current: {timestamp} is not within 15 min"
        )


def _mismatch() -> Refusal:
    return Refusal(
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. "
        "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    )

"""Requests that S3 or the lab refuses: the store ignores headers and values that it does not know."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qs

from werkzeug.wrappers import Response

from localcloud.s3 import rules
from localcloud.s3.errors import S3Error, no_such_key, not_implemented
from localcloud.s3.forward import Call

_WEEK_S = 604_800
_OWNERSHIP, _ENFORCED = "x-amz-object-ownership", "BucketOwnerEnforced"


def check(call: Call) -> None:
    """Raise S3Error for a condition that is not met, and for a value that S3 or the lab does not accept."""
    _check_owner(call)
    _check_ignored(call)
    _check_expiry(call)
    _check_range(call)
    _check_encryption(call)


def _check_owner(call: Call) -> None:
    if any(re.match(rules.OTHER_OWNER, call.headers.get(name, "")) for name in rules.OWNERS):
        raise S3Error(403, "AccessDenied", "Access Denied")


def _check_ignored(call: Call) -> None:
    """Raise S3Error for anything that the store would silently not do."""
    for name in rules.IGNORED:
        if call.headers.get(name):
            raise not_implemented(f"The lab's S3 does not support the header {name}.")
    check_ownership(call.headers.get(_OWNERSHIP, _ENFORCED))
    if any(call.headers.get(name) for name in rules.GRANTS) or re.match(
        rules.OTHER_ACL, call.headers.get("x-amz-acl", "")
    ):
        raise S3Error(400, "AccessControlListNotSupported", "The bucket does not allow ACLs")


def _check_expiry(call: Call) -> None:
    for text in parse_qs(call.query).get("X-Amz-Expires", []):
        if not text.isdigit() or int(text) > _WEEK_S:
            raise S3Error(
                400,
                "AuthorizationQueryParametersError",
                "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less "
                "than 604800 seconds",
            )


def _check_range(call: Call) -> None:
    name = "x-amz-copy-source-range"
    range_ = re.match(rules.COPIED_RANGE, call.headers.get(name, "bytes=0-0"))
    if not range_ or int(range_[1]) > int(range_[2]):
        raise S3Error(
            400,
            "InvalidArgument",
            f"The {name} value must be of the form bytes=first-last where first and last are the zero-based offsets "
            "of the first and last bytes to copy",
        )


def _check_encryption(call: Call) -> None:
    name = "x-amz-server-side-encryption"
    customer, method, key = (call.headers.get(name + end, "") for end in ("-customer-algorithm", "", "-aws-kms-key-id"))
    if not re.match(rules.ODD_ENCRYPTION, f"{customer}\x01{method}\x01{key}"):
        return
    if customer:
        message = (
            "Server Side Encryption with Customer provided key is incompatible with the encryption method specified"
        )
    elif method in ("", "AES256"):
        message = f"Server Side Encryption with AWS KMS managed key requires HTTP header {name} : aws:kms"
    else:
        message = "The encryption method specified is not supported"
    raise S3Error(400, "InvalidArgument", message)


def check_ownership(name: str) -> None:
    """Raise S3Error for an object ownership under which ACLs have an effect."""
    if name != _ENFORCED:
        raise not_implemented(f"The lab's S3 has no ACLs: the object ownership must be {_ENFORCED}, the default.")


def check_object(call: Call) -> None:
    """Raise S3Error for a request about an object that the lab can't do."""
    _refuse_content_of_folder(call)
    if not re.match(rules.OBJECT_QUERY, call.query):
        raise not_implemented(f"The lab's S3 does not support {call.method} of an object with ?{call.query[:80]}.")
    if "transfer-encoding" in call.headers:
        raise S3Error(411, "MissingContentLength", "You must provide the Content-Length HTTP header.")


def check_keys(keys: Iterable[str]) -> None:
    """Raise S3Error for keys that the store can't hold."""
    for key in keys:
        if rules.is_odd(key):
            raise not_implemented(
                f"The lab's S3 can't hold the key {key!r}: the store would treat it as another object."
            )


def answer_odd(call: Call) -> Response:
    """Answer a request for a key that the store can't hold. Raises S3Error."""
    if call.method in ("GET", "HEAD"):
        raise no_such_key()
    if call.method == "DELETE":
        return Response(b"", 204)
    raise not_implemented(
        f"The lab's S3 can't hold the key {call.key!r}: the store reads repeated, leading and backward slashes as one "
        "slash, so it would overwrite another object."
    )


def _refuse_content_of_folder(call: Call) -> None:
    size = int(call.headers.get("x-amz-decoded-content-length") or call.length)
    if call.method == "PUT" and call.key.endswith("/") and size and not call.query.startswith("partNumber"):
        raise not_implemented(
            f"The lab's S3 can't hold content under the key {call.key!r}: a key that ends with a slash is a folder."
        )

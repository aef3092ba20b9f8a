"""Checks the KMS key that a request names. The store answers 500 for a key that it can't use.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
"""

from __future__ import annotations

from localcloud.aws.kms_keys import find_key
from localcloud.aws.seed import ACCOUNT
from localcloud.s3 import rules
from localcloud.s3.errors import S3Error, not_implemented
from localcloud.s3.forward import Call

_ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:"
_UNUSABLE = {
    "Disabled": ("KMS.DisabledException", "is disabled."),
    "PendingDeletion": ("KMS.KMSInvalidStateException", "is pending deletion."),
}


def encryption_headers(call: Call) -> dict[str, str]:
    """Return the headers by which S3 confirms the encryption with KMS that a request names; none for other requests.

    Raises:
        S3Error: the key can't be used, or the lab does not have the method.
    """
    method = call.headers.get(rules.SSE, "")
    if not method.startswith("aws:kms"):
        return {}
    if method != "aws:kms":
        raise not_implemented(f"The lab's S3 does not support the encryption method {method}. Try: aws:kms")
    name = call.headers.get(rules.SSE_KEY, "")
    if not name:
        raise not_implemented(
            "The lab's S3 has no key of AWS for aws:kms. Create a KMS key and name it in the request."
        )
    return {rules.SSE: method, rules.SSE_KEY: _usable_key(name)}


def _usable_key(name: str) -> str:
    """Return the ARN of the key with this ID, ARN or alias."""
    if name.startswith("arn:") and not name.startswith(_ARN):
        raise S3Error(400, "KMS.NotFoundException", f"Invalid arn {name}")
    key = find_key(name, "us-east-1")
    if key is None:
        kind = "" if name.startswith(("arn:", "alias/")) else "key/"
        arn = name if name.startswith("arn:") else f"{_ARN}{kind}{name}"
        raise S3Error(400, "KMS.NotFoundException", f"Key '{arn}' does not exist")
    if key.key_state in _UNUSABLE:
        code, reason = _UNUSABLE[key.key_state]
        raise S3Error(400, code, f"{key.arn} {reason}")
    return str(key.arn)

"""Which requests the store answers itself, as patterns that both the proxy and the door use (PCRE and Python)."""

from __future__ import annotations

import re

from localcloud.aws.seed import ACCOUNT

OTHER_OWNER = rf"^(?!{ACCOUNT}$)."
"""An expected owner that is not the account of the lab."""
OWNERS = ("x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner")
IGNORED = (
    "x-amz-write-offset-bytes",
    "x-amz-if-match-size",
    "x-amz-if-match-last-modified-time",
    "x-amz-website-redirect-location",
)
"""Headers that change what a request does and that the store ignores: an append would replace the object."""
GRANTS = tuple(f"x-amz-grant-{name}" for name in ("read", "write", "read-acp", "write-acp", "full-control"))
OTHER_ACL = r"^(?!(private|bucket-owner-full-control)$)."
"""A canned ACL that gives others access; S3 refuses it where the owner of the bucket owns its objects."""
COPIED_RANGE = r"^bytes=([0-9]{1,18})-([0-9]{1,18})$"
"""The bytes that an UploadPartCopy takes; the store takes the whole object where it does not understand them."""
ODD_ENCRYPTION = (
    r"^[^\x01]+\x01[^\x01]|^[^\x01]*\x01(?!(AES256|aws:kms(:dsse)?)?\x01)|^[^\x01]*\x01(?!aws:kms)[^\x01]*\x01."
)
"""A customer key together with a method, an unknown method, or a KMS key without its method.

Matched against the customer key's algorithm, the method and the KMS key. The store ignores these headers, and would
store the object without the encryption that the client asked for.
"""
SSE = "x-amz-server-side-encryption"
SSE_KEY, CUSTOMER_ALGORITHM, CUSTOMER_KEY, CUSTOMER_DIGEST = (
    f"{SSE}-{end}" for end in ("aws-kms-key-id", "customer-algorithm", "customer-key", "customer-key-md5")
)
CUSTOMER_CONFIRMED = (CUSTOMER_ALGORITHM, CUSTOMER_DIGEST)
"""The headers of a request with a customer key that S3 repeats in its answer."""
CUSTOMER_PARAMETERS = {
    CUSTOMER_ALGORITHM: "SSECustomerAlgorithm",
    CUSTOMER_KEY: "SSECustomerKey",
    CUSTOMER_DIGEST: "SSECustomerKeyMD5",
}
"""What boto3 calls the headers of a customer key."""
PLAIN_UPLOAD = "X-Lab-S3-Plain-Upload"
"""The header by which the door tells the proxy an upload without a customer key: its parts may go to the store."""
ODD_KEY = r"//|\\|^/[^/]+/(.*/)?(\.uploads|[^/]*\.versions/)"
"""The store reads `a//b` and `a\\b` as `a/b`, and `/a` as `a`: to S3 these are different objects.

It keeps parts of uploads below `.uploads` and versions of `a` below `a.versions`, and lists no objects there.
"""
FOLDER = r"^/[^/]+/.+/$"
"""A key that ends with a slash is a folder to the store, which drops its content."""
BUCKET = r"^/[^/]*/?$"
ODD_PREFIX = r"(?i)(^|&)prefix=(/|%2F|[^&]*((/|%2F){2}|%5C)|([^&]*(/|%2F))?\.uploads|[^&]*\.versions(/|%2F))"
"""A prefix that no key has."""
NULL_VERSION = r"^(.*&)?versionId=null(&|$)"
VERSIONS = r"^(.*&)?versions(=|&|$)"
LONG_EXPIRY = r"(^|&)X-Amz-Expires=(-|[0-9]{6})"
"""Presigned for 100,000 s or more; a week is 604,800."""
_SIGNED = r"X-Amz-[A-Za-z0-9-]+|x-id|AWSAccessKeyId|Signature|Expires"
_OBJECT = r"partNumber|uploadId|uploads|tagging|acl|retention|legal-hold|versionId|attributes|response-[a-z-]+"
OBJECT_QUERY = rf"^((({_OBJECT}|{_SIGNED})(=[^&]*)?)?(&|$))*$"
"""What may follow an object's name. The store ignores what it does not know: a rename would write an empty object."""
EMPTY_QUERY = rf"^(({_SIGNED})(=[^&]*)?(&|$))*$"
SET_ON_BUCKET = frozenset(
    "acl cors encryption lifecycle object-lock ownershipControls policy tagging versioning".split()  # noqa: SIM905
)
"""What PUT may set on a bucket; the store treats anything else as CreateBucket."""
UNSET_ON_BUCKET = frozenset({"cors", "encryption", "lifecycle", "ownershipControls", "policy", "tagging"})
"""What DELETE may remove from a bucket."""
PLAIN_HASH = r"^[0-9a-f]{64}$"
CHECKSUMS = ("Content-Md5", *(f"X-Amz-Checksum-{name}" for name in ("Crc32", "Crc32c", "Crc64nvme", "Sha1", "Sha256")))
"""Headers whose digest the store compares with the content."""
EMPTY_VALUE = "smartcity-lab:empty"
"""What the store holds instead of an empty metadata value, which it would drop."""


def is_odd(key: str) -> bool:
    """Check whether the store would confuse the key with another one."""
    return bool(re.search(ODD_KEY, f"/bucket/{key}"))

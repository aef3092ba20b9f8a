"""Objects of an UNLOAD encrypted by a key of KMS: S3 writes them again with it, as Arrow's S3 names no key.

https://docs.aws.amazon.com/redshift/latest/dg/t_unloading_encrypted_files.html
"""

from __future__ import annotations

from collections.abc import Iterable

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.redshift.errors import SqlError
from localcloud.redshift.settings import GatewaySettings
from localcloud.redshift.transfer.clients import client
from localcloud.redshift.transfer.unload_statement import Unload

_STATES = {
    "Disabled": ("DisabledException", "{} is disabled."),
    "PendingDeletion": ("KMSInvalidStateException", "{} is pending deletion."),
}


def key_of(unload: Unload, settings: GatewaySettings) -> str:
    """Return the ARN of the key that encrypts the objects, or nothing if S3's own does. Raises SqlError."""
    if unload.encrypted == "AUTO":
        return _key_of_bucket(unload, settings)
    return usable_key(unload, settings) if unload.kms_key else ""


def _key_of_bucket(unload: Unload, settings: GatewaySettings) -> str:
    """Return the key of KMS that the bucket encrypts with by default; nothing if it has none."""
    bucket = unload.target.removeprefix("s3://").partition("/")[0]
    try:
        answer = client("s3", settings, unload.authorization).get_bucket_encryption(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ServerSideEncryptionConfigurationNotFoundError":
            return ""
        raise _refused(unload, error.response["Error"]["Code"], error.response["Error"]["Message"]) from None
    rules = answer["ServerSideEncryptionConfiguration"]["Rules"]
    default = rules[0].get("ApplyServerSideEncryptionByDefault", {}) if rules else {}
    return str(default.get("KMSMasterKeyID", "")) if default.get("SSEAlgorithm") == "aws:kms" else ""


def usable_key(unload: Unload, settings: GatewaySettings) -> str:
    """Return the ARN of the key that an UNLOAD names. Raises SqlError if it does not exist or may not be used."""
    try:
        key = client("kms", settings).describe_key(KeyId=unload.kms_key)["KeyMetadata"]
    except ClientError as error:
        raise _refused(unload, error.response["Error"]["Code"], error.response["Error"]["Message"]) from None
    except BotoCoreError as error:
        raise SqlError("58000", f"the key could not be looked up: {error}", hint="Try: ./lab up aws") from None
    if key["KeyState"] in _STATES:
        code, message = _STATES[key["KeyState"]]
        raise _refused(unload, code, message.format(key["Arn"]))
    return str(key["Arn"])


def encrypt(unload: Unload, paths: Iterable[str], key: str, settings: GatewaySettings) -> None:
    """Have S3 encrypt objects (`bucket/key`) by a key. Raises SqlError."""
    s3 = client("s3", settings, unload.authorization)
    arguments = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key, "MetadataDirective": "REPLACE"}
    try:
        for bucket, _, name in (path.partition("/") for path in paths):
            s3.copy({"Bucket": bucket, "Key": name}, bucket, name, ExtraArgs=arguments)
    except ClientError as error:
        raise _refused(unload, error.response["Error"]["Code"], error.response["Error"]["Message"]) from None


def _refused(unload: Unload, code: str, message: str) -> SqlError:
    name = code if code.startswith("KMS.") else f"KMS.{code}"
    return SqlError("XX000", f"S3ServiceException: {message},Error {name} ({unload.target})")

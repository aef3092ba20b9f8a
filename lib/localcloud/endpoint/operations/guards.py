"""Calls that depend on their parameters: refused where moto would report work that is not done."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from moto.iam.models import iam_backends
from moto.kms.utils import KEY_ID_LEN
from werkzeug.wrappers import Request

from localcloud.aws.kms_keys import find_key
from localcloud.aws.refusal import Refusal

Parameters = dict[str, Any]
ACCOUNT_REGION = re.compile(r"/(\d{8})/([\w-]+)/")
_PLAIN_PATTERN = re.compile(r'\s*|\s*[\w.:/@][\w.:/@-]*\s*|\s*"[^"]+"\s*')
_USES_KEY = frozenset(("Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "ReEncrypt"))


def guard(service: str, operation: str, request: Request) -> None:
    """Raise a Refusal if the lab does not support the operation with these parameters."""
    if service == "kms" and operation in _USES_KEY:
        _key_is_usable(_parameters(request), _region(request))
    elif (service, operation) in _GUARDS:
        _GUARDS[service, operation](_parameters(request))


def _parameters(request: Request) -> Parameters:
    body = request.get_data()
    if "X-Amz-Target" in request.headers:
        try:
            return dict(json.loads(body or b"{}"))
        except ValueError:
            raise Refusal("SerializationException", "The request is not valid JSON.") from None
    pairs = {**parse_qs(request.query_string.decode("latin-1")), **parse_qs(body.decode("latin-1"))}
    return {name: values[0] for name, values in pairs.items()}


def _region(request: Request) -> str:
    match = ACCOUNT_REGION.search(request.headers.get("Authorization", ""))
    if match is None:
        raise Refusal("IncompleteSignatureException", "The Authorization header names no region.")
    return match.group(2)


def _create_change_set(parameters: Parameters) -> None:
    if parameters.get("ChangeSetType") != "CREATE":
        text = "The lab does not change stacks: ChangeSetType must be CREATE. Delete the stack and create it again."
        raise Refusal("ValidationError", text)


def _subscribe(parameters: Parameters) -> None:
    protocol = parameters.get("Protocol")
    if protocol != "sqs":
        raise Refusal(
            "InvalidParameter",
            f"The lab's SNS delivers to SQS only, not to {protocol}. Subscribe a queue and read it.",
        )


def _publish(parameters: Parameters) -> None:
    for name in ("PhoneNumber", "TargetArn"):
        if name in parameters:
            raise Refusal(
                "InvalidParameter", f"SNS Publish with {name} is not supported: the lab sends to topics only."
            )


def _assume_role(parameters: Parameters) -> None:
    arn = str(parameters.get("RoleArn", ""))
    account = (arn.split(":") + [""] * 5)[4]
    known = iam_backends[account]["aws"].roles.values() if account in iam_backends else ()
    if arn.startswith("arn:") and not any(role.arn == arn for role in known):
        raise Refusal(
            "AccessDenied", f"The caller is not authorized to perform: sts:AssumeRole on resource: {arn}", 403
        )


def _filter_log_events(parameters: Parameters) -> None:
    pattern = str(parameters.get("filterPattern") or "")
    if not _PLAIN_PATTERN.fullmatch(pattern):
        raise Refusal(
            "InvalidParameterException",
            f"The filter pattern {pattern!r} is not supported. The lab filters by one word or one quoted phrase.",
        )


def _key_is_usable(parameters: Parameters, region: str) -> None:
    for name in _key_names(parameters):
        key = find_key(name, region)
        if key is not None and key.key_state == "Disabled":
            raise Refusal("DisabledException", f"{key.arn} is disabled.")
        if key is not None and key.key_state == "PendingDeletion":
            raise Refusal("KMSInvalidStateException", f"{key.arn} is pending deletion.")


def _key_names(parameters: Parameters) -> list[str]:
    named = [str(parameters[name]) for name in ("KeyId", "SourceKeyId", "DestinationKeyId") if parameters.get(name)]
    if blob := parameters.get("CiphertextBlob"):
        try:  # moto's ciphertexts begin with the key's id
            named.append(base64.b64decode(str(blob), validate=True)[:KEY_ID_LEN].decode("ascii"))
        except ValueError:
            raise Refusal("InvalidCiphertextException", "The ciphertext is not one of this KMS.") from None
    return named


_GUARDS: dict[tuple[str, str], Callable[[Parameters], None]] = {
    ("cloudformation", "CreateChangeSet"): _create_change_set,
    ("sns", "Subscribe"): _subscribe,
    ("sns", "Publish"): _publish,
    ("sts", "AssumeRole"): _assume_role,
    ("logs", "FilterLogEvents"): _filter_log_events,
}

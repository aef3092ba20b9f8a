"""Which operation an HTTP request calls, in any of the protocols of AWS's services."""

from __future__ import annotations

import re
from typing import Any

from moto.core.routing import get_service_router
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request

from localcloud.aws.refusal import Refusal

_ACTION = re.compile(r"(?:^|&)Action=(\w+)")
_RPC_PATH = re.compile(r"/service/\w+/operation/(\w+)")
_REST = ("emr-serverless", "kafka")
"""Services whose operations are distinguished by method and path."""


def operation_of(service: str, request: Request) -> str:
    """Return the operation's name.

    Raises:
        Refusal: the request names none, or more than one. Remedy: use an AWS SDK.
    """
    if service in _REST:
        return _by_path(service, request)
    body = request.get_data()[:10_000].decode("latin-1")
    names = {
        request.headers.get("X-Amz-Target", "").rpartition(".")[2],
        request.args.get("Action", ""),
        *_ACTION.findall(body if "x-amz-target" not in request.headers else ""),
        *_RPC_PATH.findall(request.path),
    } - {""}
    if len(names) != 1:
        raise Refusal("UnknownOperationException", f"The request names {len(names)} operations of {service}.")
    return str(names.pop())


def _by_path(service: str, request: Request) -> str:
    moto_request: Any = request
    moto_request.raw_path = str(request.environ.get("RAW_URI") or request.path).partition("?")[0]
    try:
        operation, _ = get_service_router(service).match(moto_request)
    except NotFound:
        raise Refusal(
            "UnknownOperationException", f"{service} has no operation {request.method} {request.path}.", 404
        ) from None
    return str(operation.name)

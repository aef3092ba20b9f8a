"""The endpoint of the AWS API: checks the signature, runs the call alone, stores its changes, then answers."""

from __future__ import annotations

import contextlib
import io
import logging
import re
from collections.abc import Iterable
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from localcloud.aws import persistence
from localcloud.aws.apps import app_of, is_concurrent
from localcloud.aws.keys import KeyRing
from localcloud.aws.refusal import Refusal
from localcloud.aws.signature import read_claim, verify
from localcloud.endpoint.operations.guards import guard
from localcloud.endpoint.operations.request import operation_of
from localcloud.endpoint.operations.table import check, listing_of
from localcloud.s3.door import Door

log = logging.getLogger(__name__)

HEALTH = "/health"
TEMPLATES_TOUCH = (
    *("athena", "budgets", "cloudformation", "ec2", "emr-serverless", "glue", "iam", "kafka", "kms", "redshift"),
    *("redshift-serverless", "secretsmanager", "sns", "sqs"),
)
"""The services whose state a stack can change."""
MAX_BODY = 32 * 1024 * 1024
"""Bytes of a request; the largest that AWS takes here are some MB (BatchCreatePartition)."""
_FULL = "the lab's disk is full. Try: free some space, then ./lab up and the same call again."
_READS = re.compile(r"(Get|List|Describe|BatchGet|Search|Query|Check|Lookup|Simulate|Validate)[A-Z]")
_S3_HINT = (
    "This endpoint serves every AWS service except S3. Set AWS_ENDPOINT_URL_S3 to the lab's S3 "
    "(`./lab env` prints it), or give the S3 client its endpoint_url."
)


class Gate:
    """The WSGI application of the AWS API."""

    def __init__(self, keys: KeyRing, door: Door | None = None) -> None:
        self._keys, self._door = keys, door

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one call (WSGI)."""
        if self._door is not None and self._door.handles(environ):
            return self._door(environ, start_response)
        request = Request(environ)
        request.max_content_length = MAX_BODY
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path == HEALTH and request.method == "GET":
            return Response("ready\n")
        service = ""
        try:
            request.get_data()
            claim = read_claim(request.headers.get("Authorization"))
            service = claim.service.lower()
            if service in ("s3", "s3express", "s3-object-lambda"):
                raise Refusal("WrongEndpoint", _S3_HINT, 421)
            verify(request, claim, self._keys.secret(claim.key, request.headers.get("X-Amz-Security-Token")))
            listing = listing_of(service)
            operation = operation_of(service, request)
            check(listing, operation)
            guard(service, operation, request)
            return _call(service, operation, request)
        except Refusal as refusal:
            return refusal.response(request, service)
        except NotImplementedError as error:
            return Refusal("UnsupportedOperation", f"{service}: {error}. The lab has no such call.", 501).response(
                request
            )
        except UnicodeDecodeError:
            return Refusal("SerializationException", "The request is not UTF-8.").response(request)
        except HTTPException as error:
            return Refusal("ValidationException", str(error), error.code or 400).response(request)
        except Exception:
            log.exception("%s %s failed", service, action(request))
            text = f"{service} {action(request)} failed inside the lab; its log has the trace (`./lab logs aws`)."
            return Refusal("InternalFailure", text, 500).response(request)


def action(request: Request) -> str:
    """Return the name of the operation that a request asks for, or its method for the REST services."""
    target = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
    form = re.search(r"(?:^|&)Action=(\w+)", request.get_data()[:10_000].decode("latin-1"))
    return target or (form.group(1) if form else str(request.args.get("Action", request.method)))


def _call(service: str, operation: str, request: Request) -> Response:
    if not _READS.match(operation) and not persistence.has_room(service):
        raise Refusal("InternalFailure", f"{service} {operation} changed nothing: {_FULL}", 500)
    app = app_of(service)
    environ = {**request.environ, "wsgi.input": io.BytesIO(request.get_data())}
    environ["CONTENT_LENGTH"] = str(len(request.get_data()))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ.pop("HTTP_X_MOTO_ACCOUNT_ID", None)
    with contextlib.nullcontext() if is_concurrent(service) else persistence.lock:
        response = Response.from_app(app, environ, buffered=True)
    if not _READS.match(operation):
        _keep(service)
    return response


def _keep(service: str) -> None:
    if service != "cloudformation":
        persistence.save(service)
        return
    for touched in TEMPLATES_TOUCH:
        persistence.save(touched)

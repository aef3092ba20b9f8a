"""Answers the requests that the proxy doesn't pass to the store, by S3's rules that the store breaks."""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from werkzeug.wrappers import Response

from localcloud.aws.keys import KeyRing
from localcloud.s3 import access_block, attributes, copies, kms, metadata, refusals, rules, uploads, versions
from localcloud.s3.begun import Begun
from localcloud.s3.buckets import answer_bucket, default_encryption
from localcloud.s3.errors import S3Error, no_such_key
from localcloud.s3.forward import Call, forward
from localcloud.s3.nginx import DOOR_HEADER

log = logging.getLogger(__name__)

_VARIABLE = "HTTP_" + DOOR_HEADER.upper().replace("-", "_")


@dataclass(frozen=True)
class Door:
    """A WSGI application only for the proxy: a request without `secret` gets no answer."""

    store: str
    """Where the store is, as `host:port`."""
    keys: KeyRing
    secret: str = field(repr=False)
    begun: Begun = field(default_factory=Begun, repr=False)

    def handles(self, environ: dict[str, Any]) -> bool:
        """Check whether the request comes from the proxy."""
        return hmac.compare_digest(str(environ.get(_VARIABLE, "")).encode(), self.secret.encode())

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one call (WSGI)."""
        call = _call(environ)
        try:
            response = self._answer(call)
        except S3Error as error:
            response = error.response(call.method)
        except Exception:
            log.exception("S3 %s %s failed", call.method, call.path)
            response = S3Error(500, "InternalError", "The lab's S3 failed; see `./lab logs aws`.").response(call.method)
        if int(environ.get("CONTENT_LENGTH") or 0):
            response.headers["Connection"] = "close"  # an answer may come before the content was read
        return response(environ, start_response)

    def _answer(self, call: Call) -> Response:
        refusals.check(call)
        if rules.is_odd(call.source.partition("/")[2]):
            raise no_such_key()
        if not call.key and not re.search(rules.ODD_KEY, call.path):
            if access_block.is_meant(call):
                metadata.verify(call, self.keys)
                return access_block.answer(call, self._store)
            return answer_bucket(call, self.store, self._store, self.keys)
        if rules.is_odd(call.key):
            return refusals.answer_odd(call)
        refusals.check_object(call)
        return self._answer_object(call)

    def _answer_object(self, call: Call) -> Response:
        confirmed = kms.encryption_headers(call)
        self.begun.check_part(call)
        content = uploads.checked_completion(call, self._store, self.begun)
        headers = metadata.marked(call, self.keys) if metadata.is_empty_somewhere(call) else None
        answer = self._forward(call, headers, content)
        if answer.status_code == 412 and "if-match" in call.headers and self._is_missing(call):
            raise no_such_key()
        uploads.quote_etag(call, answer)
        if answer.status_code == 200:
            answer.headers.update(confirmed)
            self._add_encryption(call, answer)
            if attributes.are_meant(call):
                attributes.add_checksum(call, answer, self._store)
        if answer.status_code == 204 and versions.removes_null(call):
            answer.headers.update(versions.remove_marker(self._store, call.bucket, call.key))
        self.begun.note(call, answer)
        return answer

    def _forward(self, call: Call, headers: Mapping[str, str] | None, content: bytes | None) -> Response:
        if copies.is_part(call):
            answer = None if copies.has_customer_key(call) else forward(call, self.store)
            if answer is None or answer.status_code == 501:
                metadata.verify(call, self.keys)
                return copies.copied_part(call, self._store)
            return answer
        return forward(call, self.store, headers, content)

    def _add_encryption(self, call: Call, answer: Response) -> None:
        """Add the object's encryption to an answer about a copy or a multipart upload; the store leaves it out."""
        if rules.CUSTOMER_ALGORITHM in call.headers and (call.source or call.query.startswith("uploads")):
            answer.headers.update({name: call.headers.get(name, "") for name in rules.CUSTOMER_CONFIRMED})
        if rules.SSE in answer.headers or rules.CUSTOMER_ALGORITHM in call.headers or self.begun.has_customer_key(call):
            return
        if call.query.startswith("uploads"):
            if algorithm := default_encryption(self._store, call.bucket):
                answer.headers[rules.SSE] = algorithm
        elif call.method == "POST" or ("x-amz-copy-source" in call.headers and "partNumber" not in call.query):
            try:
                head = self._store.head_object(Bucket=call.bucket, Key=call.key)
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == 400:
                    return  # only with the customer's key
                raise
            named = {rules.SSE: head.get("ServerSideEncryption"), rules.SSE_KEY: head.get("SSEKMSKeyId")}
            answer.headers.update({name: value for name, value in named.items() if value})

    @cached_property
    def _store(self) -> Any:
        # Making a client takes longer than most calls.
        return boto3.client(
            "s3",
            endpoint_url=f"http://{self.store}",
            aws_access_key_id=self.keys.access_key_id,
            aws_secret_access_key=self.keys.secret_access_key,
            region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}),
        )

    def _is_missing(self, call: Call) -> bool:
        try:
            self._store.head_object(Bucket=call.bucket, Key=call.key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return True
            raise
        return False


def _call(environ: dict[str, Any]) -> Call:
    target = str(environ.get("RAW_URI") or environ["PATH_INFO"])
    headers = {
        name[5:].replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_") and name != _VARIABLE and not name.startswith("HTTP_X_FORWARDED_")
    }
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.replace("_", "-").lower()] = str(environ[name])
    path = str(environ["PATH_INFO"]).encode("latin-1").decode("utf-8", "surrogateescape")
    return Call(
        method=str(environ["REQUEST_METHOD"]),
        target=target,
        path=path,
        query=str(environ.get("QUERY_STRING", "")),
        headers=headers,
        body=environ["wsgi.input"],
        length=int(environ.get("CONTENT_LENGTH") or 0),
    )

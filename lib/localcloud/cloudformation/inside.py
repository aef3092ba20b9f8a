"""boto3 clients whose calls are answered within this process: a template's resources are made by the same APIs.

What they change is kept by the gate, after the call of CloudFormation that they belong to.
"""

from __future__ import annotations

import io
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from localcloud.aws.apps import app_of

_HOST = "http://inside.localhost"


class _Raw(io.BytesIO):
    """A body as urllib3 gives it."""

    def stream(self, *_args: Any, **_kwargs: Any) -> Any:
        yield self.read()


def client(service: str, region: str) -> Any:
    """Return a client of one of the lab's services; S3 is none of them, and is reached over the network."""
    if service == "s3":
        return boto3.client("s3", region_name=region)
    made: Any = boto3.client(  # type: ignore[call-overload]  # any service that the lab has
        service,
        region_name=region,
        endpoint_url=_HOST,
        aws_access_key_id="inside",
        aws_secret_access_key="inside",  # noqa: S106  nobody checks it: the call does not leave the process
    )
    made.meta.events.register("before-send", partial(_answer, service))
    return made


def _answer(service: str, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
    parts = urlsplit(request.url)
    body: Any = request.body or b""
    headers = [(name, str(value, "latin-1") if isinstance(value, bytes) else value) for name, value in _pairs(request)]
    builder = EnvironBuilder(
        path=parts.path, base_url=_HOST, query_string=parts.query, method=request.method, headers=headers, data=body
    )
    response = Response.from_app(app_of(service), builder.get_environ(), buffered=True)
    head: Any = HeadersDict(response.headers)
    return AWSResponse(request.url, response.status_code, head, _Raw(response.get_data()))


def _pairs(request: AWSPreparedRequest) -> list[tuple[str, str | bytes]]:
    return list(request.headers.items())

"""Requests as no SDK would send them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

Send = Callable[[str, str, Any], tuple[int, str, str]]
TARGETS = {
    "athena": "AmazonAthena",
    "glue": "AWSGlue",
    "redshift-data": "RedshiftData",
    "redshift-serverless": "RedshiftServerless",
}


@pytest.fixture
def send(endpoint: str) -> Send:
    """Send a raw, well signed request to a service; return status, error code and message, both empty if it is none."""

    def signed(service: str, headers: dict[str, str], body: bytes) -> requests.Response:
        request = AWSRequest("POST", endpoint, headers, body)
        SigV4Auth(Credentials("test-key-id", "test-secret"), service, "us-east-1").add_auth(request)
        return requests.post(endpoint, data=body, headers=dict(request.headers.items()), timeout=30)

    def send(service: str, operation: str, content: Any) -> tuple[int, str, str]:
        if service not in TARGETS:
            form = urlencode({"Action": operation, "Version": "2012-12-01", **content}).encode()
            answer = signed(service, {"Content-Type": "application/x-www-form-urlencoded"}, form)
            root = ElementTree.fromstring(answer.text)
            texts = {element.tag.rpartition("}")[2]: element.text or "" for element in root.iter()}
            return answer.status_code, texts.get("Code", ""), texts.get("Message", "")
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        headers = {"X-Amz-Target": f"{TARGETS[service]}.{operation}", "Content-Type": "application/x-amz-json-1.1"}
        answer = signed(service, headers, body)
        members = answer.json()
        code = str(members.get("__type", "")).rpartition("#")[2]
        return answer.status_code, code, str(members.get("message", members.get("Message", "")))

    return send

"""The checksum in GetObjectAttributes, which the store leaves out, and the key that the object needs.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs
from xml.etree import ElementTree

from botocore.exceptions import ClientError
from werkzeug.wrappers import Response

from localcloud.s3 import rules
from localcloud.s3.errors import S3Error
from localcloud.s3.forward import Call

_NEEDS_KEY = (
    "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve "
    "the object."
)
_SPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_CLIENT_ERRORS = (400, 403)


def are_meant(call: Call) -> bool:
    """Check whether a request reads the attributes of an object."""
    return call.method == "GET" and "attributes" in parse_qs(call.query, keep_blank_values=True)


def add_checksum(call: Call, answer: Response, store: Any) -> None:
    """Add the checksum if the request names it. Raises S3Error if the object needs another customer key."""
    head = _head(call, store)
    checksums = {name: head[name] for name in sorted(head) if name.startswith("Checksum")}
    names = {name.strip() for name in call.headers.get("x-amz-object-attributes", "").split(",")}
    root = ElementTree.fromstring(answer.get_data())  # noqa: S314  the store's own answer
    if "Checksum" not in names or not checksums or root.find("{*}Checksum") is not None:
        return
    element = ElementTree.SubElement(root, root.tag.partition("}")[0] + "}Checksum" if "}" in root.tag else "Checksum")
    for name, value in checksums.items():
        ElementTree.SubElement(element, element.tag.replace("Checksum", name)).text = value
    ElementTree.register_namespace("", _SPACE)
    answer.set_data(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _head(call: Call, store: Any) -> dict[str, Any]:
    version = parse_qs(call.query).get("versionId")
    given = {"VersionId": version[0]} if version else {}
    given |= {
        name: call.headers[header] for header, name in rules.CUSTOMER_PARAMETERS.items() if header in call.headers
    }
    try:
        return dict(store.head_object(Bucket=call.bucket, Key=call.key, ChecksumMode="ENABLED", **given))
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status not in _CLIENT_ERRORS:
            raise
        raise S3Error(400, "InvalidRequest", _NEEDS_KEY) from None

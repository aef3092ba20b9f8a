"""Uploads by browser forms. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html"""

from __future__ import annotations

import base64
import io
import json
import re

from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header
from werkzeug.wrappers import Response

from localcloud.s3 import refusals
from localcloud.s3.errors import S3Error
from localcloud.s3.forward import Call, forward

_MALFORMED = "The body of your POST request is not well-formed multipart/form-data."
_FILE = re.compile(rb'\r?\ncontent-disposition:[^\r\n]*\bname="?file"?[;\r\n]', re.IGNORECASE)
_FILE_NAME = re.compile(rb'(\r?\ncontent-disposition:[^\r\n]*?);\s*filename="[^"\r\n]*"', re.IGNORECASE)
_NAME = "${filename}"


def answer_form(call: Call, address: str) -> Response:
    """Send a form on to the store, which takes a field with a name of a file for the file. Raises S3Error."""
    content = call.body.read(call.length)
    fields = _fields(call, content)
    refusals.check_keys([fields.get("key", "").replace(_NAME, fields["file"])])
    if "policy" in fields:
        _check_policy(fields["policy"])
    match = _FILE.search(content)
    end = match.start() if match else len(content)
    content = _FILE_NAME.sub(rb"\1", content[:end]) + content[end:]
    return forward(call, address, {**call.headers, "content-length": str(len(content))}, content)


def _fields(call: Call, content: bytes) -> dict[str, str]:
    """Return the fields of a form by name, and the name of its file."""
    kind, options = parse_options_header(call.headers.get("content-type"))
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise S3Error(412, "PreconditionFailed", "The request must be of the type multipart/form-data.")
    try:
        form, files = MultiPartParser().parse(io.BytesIO(content), options["boundary"].encode(), len(content))
    except ValueError:
        raise S3Error(400, "MalformedPOSTRequest", _MALFORMED) from None
    fields = {name.lower(): value for name, value in form.items()}
    fields |= {name.lower(): each.read().decode("utf-8", "replace") for name, each in files.items() if name != "file"}
    name = files["file"].filename if "file" in files else ""
    return fields | {"file": name or ""}


def _check_policy(text: str) -> None:
    """Raise S3Error for a policy that is no policy: the store would take one without conditions for permission."""
    try:
        policy = json.loads(base64.b64decode(text, validate=True))
    except ValueError:
        raise _bad_policy("Invalid JSON.") from None
    conditions = policy.get("conditions") if isinstance(policy, dict) else None
    if not isinstance(conditions, list):
        raise _bad_policy("Policy missing conditions.")
    if not isinstance(policy.get("expiration"), str):
        raise _bad_policy("Policy missing expiration.")
    for condition in conditions:
        if not isinstance(condition, (dict, list)) or len(condition) != (1 if isinstance(condition, dict) else 3):
            raise _bad_policy(f"Invalid condition: {json.dumps(condition)}")


def _bad_policy(problem: str) -> S3Error:
    return S3Error(400, "InvalidPolicyDocument", f"Invalid Policy: {problem}")

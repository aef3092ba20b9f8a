"""Uploads by browser forms. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html"""

from __future__ import annotations

import io
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
    refusals.check_keys([_key(call, content)])
    match = _FILE.search(content)
    fields, file = (content[: match.start()], content[match.start() :]) if match else (content, b"")
    content = _FILE_NAME.sub(rb"\1", fields) + file
    return forward(call, address, {**call.headers, "content-length": str(len(content))}, content)


def _key(call: Call, content: bytes) -> str:
    """Return the key that a form writes."""
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
    return fields.get("key", "").replace(_NAME, name or "")

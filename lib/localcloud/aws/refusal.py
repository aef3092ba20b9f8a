"""How the stand-in refuses: AWS error codes, with the wording and wire format of the caller's protocol.

Codes: https://docs.aws.amazon.com/general/latest/gr/CommonErrors.html (query services) and the JSON services' own.
"""

from __future__ import annotations

import json
from uuid import uuid4
from xml.sax.saxutils import escape

from werkzeug.wrappers import Request, Response

QUERY_NAMES = {
    "UnrecognizedClientException": "InvalidClientTokenId",
    "InvalidSignatureException": "SignatureDoesNotMatch",
    "MissingAuthenticationTokenException": "MissingAuthenticationToken",
    "IncompleteSignatureException": "IncompleteSignature",
    "ExpiredTokenException": "ExpiredToken",
}
"""The same refusal as JSON services name it -> as query (XML) services name it."""


class Refusal(Exception):
    """An answer that ends a request before any service sees it, or instead of a crash."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status

    def response(self, request: Request, service: str = "") -> Response:
        """Return the refusal in the format that the client of this request reads."""
        if service == "s3":
            return self._xml(self.code, "<Error><Code>{code}</Code><Message>{message}</Message></Error>")
        if b"Action=" in request.get_data() or "Action" in request.args:
            body = "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            return self._xml(
                QUERY_NAMES.get(self.code, self.code), body + "<RequestId>{id}</RequestId></ErrorResponse>"
            )
        body = json.dumps({"__type": self.code, "message": self.message})
        return Response(body, self.status, {"x-amzn-ErrorType": self.code}, content_type="application/x-amz-json-1.1")

    def _xml(self, code: str, template: str) -> Response:
        body = template.format(code=escape(code), message=escape(self.message), id=uuid4())
        # The query services answer 403 where the JSON services answer 400.
        status = 403 if code in QUERY_NAMES.values() else self.status
        return Response(body, status, content_type="text/xml")

"""S3's errors as XML. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""

from __future__ import annotations

from xml.sax.saxutils import escape

from werkzeug.wrappers import Response


class S3Error(Exception):
    """An answer with S3's wording instead of the store's."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def response(self, method: str) -> Response:
        """Return the error; an answer to HEAD has no body."""
        text = f"<Error><Code>{self.code}</Code><Message>{escape(self.message)}</Message></Error>"
        body = "" if method == "HEAD" else f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'
        return Response(body, self.status, content_type="application/xml")


def not_implemented(message: str) -> S3Error:
    """Return the error for what the lab's S3 can't do."""
    return S3Error(501, "NotImplemented", message)


def no_such_key() -> S3Error:
    """Return the error for an object that is not there."""
    return S3Error(404, "NoSuchKey", "The specified key does not exist.")

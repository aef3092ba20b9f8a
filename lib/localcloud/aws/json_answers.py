"""Answers in JSON leave as they were made, whatever text of a user they hold."""

from __future__ import annotations

from typing import Any

from moto.core.responses import BaseResponse


class JsonAnswers(BaseResponse):
    """The base of the stand-in's JSON services.

    moto writes the request's id between `<RequestId>` tags wherever an answer has them. That is meant for XML; in the
    rows of a query or the comment of a table it would change a value.
    """

    @staticmethod
    def _enrich_response(headers: dict[str, str], body: Any) -> tuple[dict[str, str], Any]:
        headers, _ = BaseResponse._enrich_response(headers, "")
        return headers, body

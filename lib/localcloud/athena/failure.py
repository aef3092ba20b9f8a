"""Why a query ends FAILED, worded as on AWS: `CODE: line L:C: text`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

BAD_DATA = "HIVE_BAD_DATA"
SYSTEM, USER, OTHER = 1, 2, 3
"""AthenaError.ErrorCategory: https://docs.aws.amazon.com/athena/latest/APIReference/API_AthenaError.html"""

# Athena speaks of permissions where Trino knows only names.
_ADDITIONS = {"COLUMN_NOT_FOUND": " or requester is not authorized to access requested resources"}
_TYPES = {"SYNTAX_ERROR": 1001, "TYPE_MISMATCH": 1002, "PERMISSION_DENIED": 1400, "INSUFFICIENT_RESOURCES": 1100}
_ICEBERG_ERROR = 233
"""Clients retry a commit that failed by this type: https://docs.aws.amazon.com/athena/latest/ug/error-reference.html"""

_OF_GLUE = re.compile(r" \(Service: Glue, Status Code: 400, Request ID: [^)]*\)(?: \(SDK Attempt Count: \d+\))?\Z")
"""What the engine's AWS SDK adds to a message of the catalog."""
_UNREAD = re.compile(r"Failed to read file at (s3://\S+)\Z")
_INJECTED = re.compile(r"Column projection for column '(.*)' failed\. Injected projection requires")


class QueryFailed(Exception):
    """A statement cannot be answered; `reason` becomes the StateChangeReason of the query."""

    def __init__(self, code: str, message: str, category: int = USER, *, prefix: bool = True, file: str = "") -> None:
        self.code, self.text, self.category = code, message, category
        self.file = file
        """The file on S3 that could not be read; the reason names it after the text."""
        where = f" ({file})" if file else ""
        self.reason = (f"{code}: {message}" if prefix else message) + where
        super().__init__(self.reason)

    def athena_error(self) -> dict[str, Any]:
        """Return the AthenaError structure of the API."""
        return {
            "ErrorCategory": self.category,
            "ErrorType": self._error_type(),
            "Retryable": self.category == SYSTEM,
            "ErrorMessage": self.reason,
        }

    def _error_type(self) -> int:
        if self.code.startswith("ICEBERG_"):
            return _ICEBERG_ERROR
        return _TYPES.get(self.code, 1006 if self.category == USER else 401)


class QueryCancelled(Exception):
    """A query was stopped by its user or by a limit of its workgroup; the text is the StateChangeReason."""


def from_trino(error: dict[str, Any], restore: Callable[[str], str] = str) -> QueryFailed:
    """Return the failure that a Trino error means, with its code; `restore` puts line and column to the user's text."""
    code = str(error.get("errorName", "GENERIC_INTERNAL_ERROR"))
    message = restore(str(error.get("message", ""))) + _ADDITIONS.get(code, "")
    unread = _UNREAD.match(message)
    if unread and (cause := _cause(error)):
        return QueryFailed(code, cause, file=unread[1])
    code, message = _as_athena_says(code, _OF_GLUE.sub("", message))
    category = USER if error.get("errorType") in ("USER_ERROR", "EXTERNAL") else SYSTEM
    return QueryFailed(code, message, category)


def _as_athena_says(code: str, message: str) -> tuple[str, str]:
    if message.startswith("Unexpected FilterNode found in plan"):
        return "NOT_SUPPORTED", "OPTIMIZE ... WHERE can name partition columns only"
    if code == "GENERIC_USER_ERROR" and message.startswith(f"{BAD_DATA}: "):  # said by serdes/typed_csv.py
        return BAD_DATA, message.removeprefix(f"{BAD_DATA}: ")
    injected = _INJECTED.match(message)
    if injected:
        text = (
            f"For the injected projected partition column {injected[1]}, the WHERE clause must contain only static "
            "equality conditions, and at least one such condition must be present."
        )
        return "CONSTRAINT_VIOLATION", text
    return code, message


def _cause(error: dict[str, Any]) -> str:
    """Return why a file could not be read: the innermost reason that the engine gives."""
    info: dict[str, Any] = error.get("failureInfo") or {}
    cause: dict[str, Any] = {}
    while info := info.get("cause") or {}:
        cause = info
    text = str(cause.get("message", "")).partition("\n at [Source")[0]
    if "Declared positions" in text:  # how the engine's reader of JSON fails for a key that repeats
        return "Row is not a valid JSON Object - JSONException: Duplicate key"
    kind = str(cause.get("type", "")).rpartition(".")[2]
    return f"Row is not a valid JSON Object - {kind}: {text}" if "Json" in kind or "JSON" in text else text


def hive_error(message: str) -> QueryFailed:
    """Return a failure of a Hive DDL statement, which Athena reports with `FAILED:` instead of a code."""
    return QueryFailed("HIVE_DDL", f"FAILED: {message}", prefix=False)


def not_supported(what: str) -> QueryFailed:
    """Return the failure of a statement that Athena itself does not offer, or that the lab refuses."""
    return QueryFailed("NOT_SUPPORTED", what)

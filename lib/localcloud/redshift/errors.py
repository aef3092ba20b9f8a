"""What a client of the gateway may be told: SQLSTATE and text, Redshift's own where it has such an error."""

from __future__ import annotations

from collections.abc import Mapping


class SqlError(Exception):
    """An error for the client: five characters of SQLSTATE and a message, perhaps with a detail and a hint."""

    def __init__(self, code: str, message: str, *, detail: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.detail, self.hint = code, message, detail, hint

    def fields(self, severity: str = "ERROR") -> dict[str, str]:
        """Return the fields of the protocol's ErrorResponse."""
        fields = {"S": severity, "V": severity, "C": self.code, "M": self.message, "D": self.detail, "H": self.hint}
        return {key: value for key, value in fields.items() if value}


class BackendError(SqlError):
    """An error that the engine reported, with all its fields."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(fields.get("C", "XX000"), fields.get("M", "unknown error"))
        self.seen = dict(fields)

    def fields(self, severity: str = "ERROR") -> dict[str, str]:
        """Return the engine's fields unchanged."""
        return {**self.seen, "S": severity} if severity != "ERROR" else self.seen


class ProtocolViolation(SqlError):
    """The client broke the protocol; its connection ends."""

    def __init__(self, message: str) -> None:
        super().__init__("08P01", message)


class Skipped(Exception):
    """A message was not sent, or not answered, because of an earlier error: the engine skips to the next Sync."""


class ConnectionEnded(Exception):
    """The engine closed the connection."""


def not_supported(what: str, hint: str = "") -> SqlError:
    """Return the refusal of something that neither the engine nor a translation gives."""
    return SqlError("0A000", f"{what} is not supported", hint=hint)


def syntax_error(near: str) -> SqlError:
    """Return a syntax error at a word."""
    return SqlError("42601", f'syntax error at or near "{near}"')

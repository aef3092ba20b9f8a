"""The options of COPY and UNLOAD, read strictly: one that is not known, or does not fit, is refused by name.

https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html, https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.sql.reader import Reader

Rule = Callable[[Reader], dict[str, Any]]


def flag(name: str) -> Rule:
    """Return the rule of an option without a value."""
    return lambda _reader: {name: True}


def string(name: str) -> Rule:
    """Return the rule of an option with a string."""
    return lambda reader: {name: reader.string()}


def integer(name: str) -> Rule:
    """Return the rule of an option with a whole number."""
    return lambda reader: {name: reader.integer()}


def switch(name: str, *others: str) -> Rule:
    """Return the rule of an option that is ON if nothing follows it: ON, OFF, TRUE, FALSE, or one of the others."""

    def rule(reader: Reader) -> dict[str, Any]:
        for word in ("ON", "OFF", "TRUE", "FALSE", *others):
            if reader.accept(word):
                return {name: word}
        return {name: "ON"}

    return rule


def refused(what: str) -> Rule:
    """Return the rule of an option of Redshift that the lab does not have."""

    def rule(_reader: Reader) -> dict[str, Any]:
        raise not_supported(what)

    return rule


def delimiter(reader: Reader) -> dict[str, Any]:
    """Take the delimiter: one ASCII character."""
    value = reader.string()
    if len(value) == 4 and value[0] == "\\" and all(digit in "01234567" for digit in value[1:]):
        value = chr(int(value[1:], 8))
    value = "\t" if value == "\\t" else value
    if len(value) != 1 or not value.isascii() or value in "\n\r\0":
        raise not_supported(f"delimiter {value!r}: anything but one ASCII character")
    return {"delimiter": value}


def iam_role(reader: Reader) -> dict[str, Any]:
    """Take IAM_ROLE default or a list of ARNs."""
    return {"iam_role": reader.role()}


def credentials(reader: Reader) -> dict[str, Any]:
    """Take CREDENTIALS: `aws_iam_role=...` or `aws_access_key_id=...;aws_secret_access_key=...[;token=...]`."""
    pairs = dict(part.split("=", 1) for part in reader.string().split(";") if "=" in part)
    names = {
        "aws_iam_role": "iam_role",
        "aws_access_key_id": "access_key",
        "aws_secret_access_key": "secret_key",
        "token": "session_token",
        "aws_session_token": "session_token",
    }
    for name in pairs:
        if name not in names:
            raise not_supported(f"{name} in CREDENTIALS")
    return {names[name]: value for name, value in pairs.items()}


AUTHORIZATION: dict[str, Rule] = {
    "IAM_ROLE": iam_role,
    "CREDENTIALS": credentials,
    "ACCESS_KEY_ID": string("access_key"),
    "SECRET_ACCESS_KEY": string("secret_key"),
    "SESSION_TOKEN": string("session_token"),
    "TOKEN": string("session_token"),
    "REGION": string("region"),
    "WITH": lambda _reader: {},
    "ENCRYPTED": refused("ENCRYPTED (client-side encryption)"),
    "MASTER_SYMMETRIC_KEY": refused("MASTER_SYMMETRIC_KEY"),
    "KMS_KEY_ID": refused("KMS_KEY_ID"),
}


def read_options(reader: Reader, rules: dict[str, Rule], what: str) -> dict[str, Any]:
    """Take all options to the end. Raises SqlError at one that is unknown or given twice."""
    options: dict[str, Any] = {}
    while not reader.ended:
        token = reader.next()
        rule = rules.get(token.upper)
        if rule is None:
            raise SqlError("42601", f'syntax error at or near "{token.text}"', hint=f"it is not an option of {what}")
        for name, value in rule(reader).items():
            if name in options:
                raise SqlError("42601", f"conflicting or redundant options: {token.text}")
            options[name] = value
    return options

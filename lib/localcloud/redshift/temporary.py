"""Passwords that end, as GetClusterCredentials gives them: signed by the lab's key, so that none must be stored."""

from __future__ import annotations

import hmac
import time


def issue(key: str, user: str, duration_s: int) -> tuple[str, int]:
    """Return a password for a user such as `IAM:awsuser`, and when it ends (seconds since the epoch)."""
    ends = int(time.time()) + duration_s
    return f"{ends}.{_signature(key, user, ends)}", ends


def is_valid(key: str, user: str, password: str) -> bool:
    """Return whether the password was issued to that user and has not ended."""
    ends, _, signature = password.partition(".")
    if not ends.isascii() or not ends.isdigit() or len(ends) > 12 or not signature.isascii():
        return False
    return hmac.compare_digest(signature, _signature(key, user, int(ends))) and time.time() < int(ends)


def _signature(key: str, user: str, ends: int) -> str:
    return hmac.digest(key.encode(), f"{ends}:{user}".encode(), "sha256").hex()

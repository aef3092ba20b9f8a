"""The server's half of SCRAM-SHA-256 (RFC 5802, RFC 7677) over the verifiers that PostgreSQL stores."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import stringprep
import unicodedata
from typing import NamedTuple

from localcloud.redshift.errors import SqlError

_VERIFIER = re.compile(r"SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):(.+)")
_FIRST = re.compile(r"(n|y|p=[^,]*),[^,]*,((?:m=[^,]*,)?n=[^,]*,r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)", re.DOTALL)
_REFUSED = (
    *(stringprep.in_table_a1, stringprep.in_table_c12, stringprep.in_table_c21_c22, stringprep.in_table_c3),
    *(stringprep.in_table_c4, stringprep.in_table_c5, stringprep.in_table_c6, stringprep.in_table_c7),
    *(stringprep.in_table_c8, stringprep.in_table_c9),
)
_FINAL = re.compile(r"(c=([^,]*),r=([^,]*)(?:,[^p][^,]*)*),p=([^,]*)")


class Verifier(NamedTuple):
    """What the server stores for a password."""

    iterations: int
    salt: bytes
    stored_key: bytes
    server_key: bytes


def verifier(stored: str) -> Verifier | None:
    """Return the parts of a stored `SCRAM-SHA-256$...`, or None for anything else."""
    match = _VERIFIER.fullmatch(stored)
    if not match:
        return None
    salt, stored_key, server_key = (base64.b64decode(part) for part in match.group(2, 3, 4))
    return Verifier(int(match[1]), salt, stored_key, server_key)


def decoy(name: str) -> Verifier:
    """Return a verifier that matches no password, so that an unknown user looks like a wrong password."""
    salt = hashlib.sha256(b"salt of " + name.encode()).digest()[:16]
    return Verifier(4096, salt, secrets.token_bytes(32), secrets.token_bytes(32))


def fits(stored: str, password: str) -> bool:
    """Return whether a clear-text password matches the stored verifier."""
    known = verifier(stored) or decoy(stored)
    salted = hashlib.pbkdf2_hmac("sha256", prepared(password).encode(), known.salt, known.iterations)
    key = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    return hmac.compare_digest(key, known.stored_key)


def prepared(password: str) -> str:
    """Return a password normalized by SASLprep (RFC 4013). Like PostgreSQL, keep a password that SASLprep forbids."""
    mapped = "".join(
        " " if stringprep.in_table_c12(sign) else sign for sign in password if not stringprep.in_table_b1(sign)
    )
    text = unicodedata.normalize("NFKC", mapped)
    both = any(map(stringprep.in_table_d1, text)) and any(map(stringprep.in_table_d2, text))
    turned = any(map(stringprep.in_table_d1, text)) and not all(map(stringprep.in_table_d1, (text[0], text[-1])))
    refused = any(table(sign) for sign in text for table in _REFUSED)
    return password if not text or both or turned or refused else text


class Exchange:
    """One login. `challenge` answers the client's first message, `proof` checks its last one."""

    def __init__(self, known: Verifier) -> None:
        self._known = known
        self._nonce = self._first = self._challenge = self._header = ""

    def challenge(self, message: bytes) -> bytes:
        """Return the server's first message."""
        match = _FIRST.fullmatch(message.decode(errors="replace"))
        if not match or match[1].startswith("p="):
            raise SqlError("08P01", "malformed SCRAM message")
        self._header = match[0][: match.start(2)]
        self._first, self._nonce = match[2], match[3] + secrets.token_urlsafe(18)
        salt = base64.b64encode(self._known.salt).decode()
        self._challenge = f"r={self._nonce},s={salt},i={self._known.iterations}"
        return self._challenge.encode()

    def proof(self, message: bytes) -> bytes | None:
        """Return the server's last message, or None if the client did not prove that it knows the password."""
        match = _FINAL.fullmatch(message.decode(errors="replace"))
        if not match or match[3] != self._nonce or match[2] != base64.b64encode(self._header.encode()).decode():
            return None
        signed = ",".join((self._first, self._challenge, match[1])).encode()
        try:
            given = base64.b64decode(match[4], validate=True)
        except ValueError:
            return None
        signature = hmac.digest(self._known.stored_key, signed, "sha256")
        key = bytes(a ^ b for a, b in zip(given, signature, strict=False))
        if len(given) != 32 or not hmac.compare_digest(hashlib.sha256(key).digest(), self._known.stored_key):
            return None
        return b"v=" + base64.b64encode(hmac.digest(self._known.server_key, signed, "sha256"))

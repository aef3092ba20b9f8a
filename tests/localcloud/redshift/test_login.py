"""SCRAM, and passwords that end."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from localcloud.redshift import temporary
from localcloud.redshift.gateway import scram

SALT = b"0123456789abcdef"


def stored(password: str) -> str:
    """Return what PostgreSQL stores of a password."""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), SALT, 4096)
    client, server = (hmac.digest(salted, name, "sha256") for name in (b"Client Key", b"Server Key"))
    parts = (base64.b64encode(part).decode() for part in (SALT, hashlib.sha256(client).digest(), server))
    return "SCRAM-SHA-256$4096:{}${}:{}".format(*parts)


def proof(exchange: scram.Exchange, password: str) -> bytes | None:
    """Log in as a client would."""
    first = "n=,r=clientnonce"
    challenge = exchange.challenge(f"n,,{first}".encode()).decode()
    nonce = challenge.split(",")[0][2:]
    final = f"c=biws,r={nonce}"
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), SALT, 4096)
    key = hmac.digest(salted, b"Client Key", "sha256")
    signed = ",".join((first, challenge, final)).encode()
    signature = hmac.digest(hashlib.sha256(key).digest(), signed, "sha256")
    shown = base64.b64encode(bytes(a ^ b for a, b in zip(key, signature, strict=True))).decode()
    return exchange.proof(f"{final},p={shown}".encode())


def test_the_right_password_is_proven() -> None:
    """A client that knows the password gets the server's signature."""
    known = scram.verifier(stored("secret"))
    assert known is not None
    assert (proof(scram.Exchange(known), "secret") or b"").startswith(b"v=")


def test_a_wrong_password_is_not() -> None:
    """A client that knows another password gets nothing."""
    known = scram.verifier(stored("secret"))
    assert known is not None
    assert proof(scram.Exchange(known), "other") is None


@pytest.mark.parametrize("message", [b"", b"c=biws", b"c=biws,r=x,p=!!", b"\xff\xfe", b"c=biws,r=,p=" + b"A" * 9000])
def test_a_malformed_proof_is_refused(message: bytes) -> None:
    """Garbage instead of the proof is refused; it doesn't crash the gateway."""
    exchange = scram.Exchange(scram.decoy("nobody"))
    exchange.challenge(b"n,,n=,r=abc")
    assert exchange.proof(message) is None


def test_a_clear_password_is_held_against_the_same_verifier() -> None:
    """Drivers without SCRAM are checked against what SCRAM stores."""
    assert scram.fits(stored("secret"), "secret")
    assert not scram.fits(stored("secret"), "Secret")
    assert not scram.fits("", "")


def test_a_temporary_password_is_for_its_user_and_time() -> None:
    """A signed password is valid for its user until its end, and for nobody else."""
    password, _ = temporary.issue("key", "IAM:awsuser", 900)
    assert temporary.is_valid("key", "IAM:awsuser", password)
    assert not temporary.is_valid("key", "IAM:other", password)
    assert not temporary.is_valid("other key", "IAM:awsuser", password)
    late, _ = temporary.issue("key", "IAM:awsuser", -1)
    assert not temporary.is_valid("key", "IAM:awsuser", late)
    moved = "9" + password
    assert not temporary.is_valid("key", "IAM:awsuser", moved)


@pytest.mark.parametrize(
    ("password", "written"),
    [
        ("I\u00adX", "IX"),  # the five examples of RFC 4013, section 3
        ("user", "user"),
        ("\u00aa", "a"),
        ("\u2168", "IX"),
        ("\u0007", "\u0007"),
        ("\u0627\u0031", "\u0627\u0031"),
        ("C1cccccha\uff6fs", "C1cccccha\u30c3s"),
        ("a\u00a0b", "a b"),
    ],
)
def test_a_password_is_prepared(password: str, written: str) -> None:
    """SASLprep maps what looks alike to one form; what it forbids is taken as it is."""
    assert scram.prepared(password) == written

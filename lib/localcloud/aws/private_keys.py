"""Teach pickle the private keys that moto's KMS holds, so that its state can be kept like that of other services."""

from __future__ import annotations

import copyreg
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)


def load(der: bytes) -> Any:
    """Return the private key of its DER form."""
    return load_der_private_key(der, password=None)


def _reduce(key: Any) -> tuple[Callable[[bytes], Any], tuple[bytes]]:
    return load, (key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),)


def teach_pickle() -> None:
    """Let pickle store RSA and elliptic-curve private keys; the state's file is readable by its owner only."""
    for kind in (openssl.rsa.RSAPrivateKey, openssl.ec.ECPrivateKey, openssl.ed25519.Ed25519PrivateKey):
        copyreg.pickle(kind, _reduce)

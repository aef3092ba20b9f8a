"""Finds keys in the lab's KMS, which moto keeps."""

from __future__ import annotations

from moto.kms.models import Key, kms_backends

from localcloud.aws.seed import ACCOUNT


def find_key(name: str, region: str) -> Key | None:
    """Return the key with this ID, ARN or alias, or None."""
    backend = kms_backends[ACCOUNT][region]
    plain = backend.get_key_id(backend.get_alias_name(name))
    key_id = backend.get_key_id_from_alias(plain) if plain.startswith("alias/") else plain
    return backend.keys.get(backend.get_key_id(key_id or ""))

"""What the secrets of a lab look like: 32 hexadecimal digits, or what AWS keys look like, because clients check that.

sqlalchemy-redshift, for one, takes access keys of the form [A-Z0-9]{20} only.
"""

from __future__ import annotations

import re
import secrets
import string

_HEX = "[0-9a-f]{32}"
_KEYS = {
    "access_key_id": (string.ascii_uppercase + string.digits, 20),
    "secret_access_key": (string.ascii_letters + string.digits, 40),
}
"""Characters and length."""


def random_secret(name: str) -> str:
    """Return a new secret of that name."""
    if name not in _KEYS:
        return secrets.token_hex(16)
    characters, length = _KEYS[name]
    return "".join(secrets.choice(characters) for _ in range(length))


def is_whole(name: str, text: str) -> bool:
    """Return whether a text has the form of that secret; the keys of version 1.0.0 are hexadecimal, too."""
    characters, length = _KEYS.get(name, ("", 0))
    is_key = length > 0 and len(text) == length and set(text) <= set(characters)
    return is_key or re.fullmatch(_HEX, text) is not None

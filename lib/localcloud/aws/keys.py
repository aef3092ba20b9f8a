"""The valid keys: the lab's own pair, IAM access keys, and temporary keys from STS AssumeRole."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Any

from moto.core.utils import utcnow
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from localcloud.aws.refusal import Refusal


@dataclass(frozen=True)
class KeyRing:
    """The keys that can sign a request."""

    access_key_id: str
    secret_access_key: str = field(repr=False)

    def secret(self, key: str, token: str | None) -> str:
        """Return the secret that belongs to access key id `key` (and session token `token`).

        Raises:
            Refusal: nobody has such a key, or it expired. Remedy: `./lab env` shows the lab's keys.
        """
        if hmac.compare_digest(key.encode(), self.access_key_id.encode()):
            return self.secret_access_key
        return self._temporary(key, token) or self._permanent(key) or _unknown()

    def _permanent(self, key: str) -> str | None:
        for account in list(iam_backends.values()):
            known: Any = account["aws"].access_keys.get(key)
            if known and known.status == "Active" and not known.role_arn:
                return str(known.secret_access_key)
        return None

    def _temporary(self, key: str, token: str | None) -> str | None:
        for account in list(sts_backends.values()):
            role = account["aws"].get_assumed_role_from_access_key(key)
            if role and hmac.compare_digest(role.session_token.encode(), (token or "").encode()):
                if role.expiration < utcnow():
                    raise Refusal("ExpiredTokenException", "The security token included in the request is expired", 403)
                return str(role.secret_access_key)
        return None


def _unknown() -> str:
    raise Refusal("UnrecognizedClientException", "The security token included in the request is invalid.")

"""KMS whose calls that change a key's state take the key's ARN, as its other calls do.

https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKey.html
"""

from __future__ import annotations

from typing import Any

from moto.kms import urls
from moto.kms.models import KmsBackend as MotoKmsBackend
from moto.kms.models import kms_backends


class KmsBackend(MotoKmsBackend):
    """The keys of one account and region. Callers hold `localcloud.aws.persistence.lock`."""

    @property
    def _url_module(self) -> Any:
        # moto would look for a module next to this one.
        return urls

    def disable_key(self, key_id: str) -> None:
        """Disable the key with this ID or ARN."""
        super().disable_key(self.get_key_id(key_id))

    def enable_key(self, key_id: str) -> None:
        """Enable the key with this ID or ARN."""
        super().enable_key(self.get_key_id(key_id))

    def cancel_key_deletion(self, key_id: str) -> None:
        """Keep the key with this ID or ARN, disabled."""
        super().cancel_key_deletion(self.get_key_id(key_id))

    def schedule_key_deletion(self, key_id: str, pending_window_in_days: int) -> float:
        """Schedule the deletion of the key with this ID or ARN; return when it is due."""
        return super().schedule_key_deletion(self.get_key_id(key_id), pending_window_in_days)


def install() -> None:
    """Have moto's registry build this backend for KMS."""
    kms_backends.backend = KmsBackend

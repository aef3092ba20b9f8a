"""KMS takes IDs and ARNs. https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize("name", ["KeyId", "Arn"])
def test_the_state_of_a_key_is_changed_by_id_and_arn(client: Callable[..., Any], name: str) -> None:
    """DisableKey, EnableKey, ScheduleKeyDeletion and CancelKeyDeletion change the key that DescribeKey shows."""
    kms = client("kms")
    key = {"KeyId": kms.create_key()["KeyMetadata"][name]}
    states = []
    for call in (kms.disable_key, kms.enable_key, kms.schedule_key_deletion, kms.cancel_key_deletion):
        call(**key)
        states.append(kms.describe_key(**key)["KeyMetadata"]["KeyState"])
    assert states == ["Disabled", "Enabled", "PendingDeletion", "Disabled"]

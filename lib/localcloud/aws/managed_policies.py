"""IAM with the policies that AWS manages: 1,500 of them, read at the first call that needs one.

Only those that are attached to something are part of the state on disk.
"""

from __future__ import annotations

import json
from typing import Any

from moto.iam import urls
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, ManagedPolicy, iam_backends
from moto.iam.models import IAMBackend as MotoIAMBackend

Policies = dict[str, ManagedPolicy]


class IAMBackend(MotoIAMBackend):
    """The identities of one account. Callers hold `localcloud.aws.persistence.lock`."""

    _policies: Policies
    _aws: list[ManagedPolicy] | None = None

    @property
    def managed_policies(self) -> Policies:
        """All managed policies by ARN: the account's own and those of AWS."""
        if self._aws is None:
            self._aws = [self._policies.setdefault(policy.arn, policy) for policy in self._read_aws()]
        return self._policies

    @managed_policies.setter
    def managed_policies(self, policies: Policies) -> None:
        self._policies = policies

    @property
    def aws_managed_policies(self) -> list[ManagedPolicy]:
        """The policies of AWS."""
        return [policy for arn, policy in self.managed_policies.items() if _is_of_aws(arn)]

    @aws_managed_policies.setter
    def aws_managed_policies(self, _: list[ManagedPolicy]) -> None:
        """Moto starts with an empty list; the policies are read when they are needed."""

    @property
    def _url_module(self) -> Any:
        # moto would look for a module next to this one.
        return urls

    def _init_managed_policies(self) -> Policies:
        return {}

    def _read_aws(self) -> list[ManagedPolicy]:
        known = json.loads(aws_managed_policies_data)
        return [
            AWSManagedPolicy.from_data(name, self.account_id, self.region_name, content)
            for name, content in known.items()
        ]

    def __getstate__(self) -> dict[str, Any]:
        kept = {arn: policy for arn, policy in self._policies.items() if not _is_of_aws(arn) or _is_used(policy)}
        return {**self.__dict__, "_policies": kept, "_aws": None}


def _is_of_aws(arn: str) -> bool:
    return ":iam::aws:policy/" in arn


def _is_used(policy: ManagedPolicy) -> bool:
    return bool(policy.attachment_count)


def adopt_old_state() -> None:
    """Give the accounts that an older version of the lab kept on disk the policies of AWS."""
    for account in iam_backends.values():
        backend: Any = account["aws"]
        if type(backend) is MotoIAMBackend:
            kept = vars(backend)
            kept.pop("aws_managed_policies", None)
            kept["_policies"] = kept.pop("managed_policies")
            backend.__class__ = IAMBackend


def install() -> None:
    """Have moto's registry build this backend for all its services."""
    iam_backends.backend = IAMBackend

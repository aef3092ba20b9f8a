"""What an AWS account of the lab holds before the first call."""

from __future__ import annotations

import json

ACCOUNT = "123456789012"
REGION = "us-east-1"
ROLE = "LabRole"
"""The role that crawlers and UNLOAD/COPY are given: arn:aws:iam::123456789012:role/LabRole."""

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["glue.amazonaws.com", "redshift.amazonaws.com", "athena.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    ],
}


def seed() -> None:
    """Create the lab's role if it does not exist yet."""
    # late: Trino's service reads this module's names in the process of `./lab`, which needs no moto
    from moto.iam.models import iam_backends  # noqa: PLC0415  see above

    backend = iam_backends[ACCOUNT]["aws"]
    if any(role.name == ROLE for role in backend.roles.values()):
        return
    backend.create_role(
        role_name=ROLE,
        assume_role_policy_document=json.dumps(_TRUST),
        path="/",
        permissions_boundary=None,
        description="The role of the lab's crawlers and of Redshift COPY",
        tags=[],
        max_session_duration="3600",
    )

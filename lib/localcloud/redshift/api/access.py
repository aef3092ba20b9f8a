"""How the process of the AWS API reaches the gateway, and the fixed names of the warehouse.

The variables are set by the service of the AWS API.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

CLUSTER, WORKGROUP, NAMESPACE = "smartcity", "smartcity", "smartcity"
DATABASE, ADMIN = "city", "awsuser"
SECRET = "smartcity/redshift"  # noqa: S105 - the name of a secret
CONNECTION = "smartcity-redshift"


@dataclass(frozen=True)
class GatewayAccess:
    """Host, port, the admin's password, and the key that signs temporary passwords."""

    host: str
    port: int
    password: str = field(repr=False)
    credentials_key: str = field(repr=False)


def gateway() -> GatewayAccess:
    """Return how to reach the gateway. Raises KeyError in a process that has not been told."""
    env = os.environ
    return GatewayAccess(
        env["LAB_REDSHIFT_HOST"],
        int(env["LAB_REDSHIFT_PORT"]),
        env["LAB_REDSHIFT_PASSWORD"],
        env["LAB_REDSHIFT_CREDENTIALS_KEY"],
    )

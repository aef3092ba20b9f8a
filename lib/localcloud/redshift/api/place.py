"""Where the gateway is, for the process of the AWS API; its service sets these variables."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

CLUSTER, WORKGROUP, NAMESPACE = "smartcity", "smartcity", "smartcity"
DATABASE, ADMIN = "city", "awsuser"
SECRET = "smartcity/redshift"  # noqa: S105 - the name of a secret
CONNECTION = "smartcity-redshift"


@dataclass(frozen=True)
class Place:
    """Host, port, the admin's password, and the key that signs passwords which end."""

    host: str
    port: int
    password: str = field(repr=False)
    credentials_key: str = field(repr=False)


def place() -> Place:
    """Return where the gateway is. Raises KeyError where the process was not told."""
    env = os.environ
    return Place(
        "127.0.0.1",
        int(env["LAB_REDSHIFT_PORT"]),
        env["LAB_REDSHIFT_PASSWORD"],
        env["LAB_REDSHIFT_CREDENTIALS_KEY"],
    )

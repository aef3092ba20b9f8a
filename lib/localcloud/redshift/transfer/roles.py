"""Whether a role of COPY and UNLOAD exists in the lab's IAM."""

from __future__ import annotations

import re
import time

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.redshift.errors import SqlError
from localcloud.redshift.settings import GatewaySettings
from localcloud.redshift.transfer.clients import client

_ARN = re.compile(r"arn:aws:iam::\d{12}:role/(?:[\w+=,.@-]+/)*([\w+=,.@-]+)")
_KNOWN_S = 60
_known: dict[str, float] = {}


def check(role: str, settings: GatewaySettings) -> None:
    """Raise SqlError if a role (or one of a chain of roles, divided by commas) is not the lab's."""
    for arn in role.split(","):
        if time.monotonic() - _known.get(arn, -_KNOWN_S) >= _KNOWN_S:
            _look_up(arn, settings)
            _known[arn] = time.monotonic()


def _look_up(arn: str, settings: GatewaySettings) -> None:
    named = _ARN.fullmatch(arn)
    if named is None:
        raise SqlError("42601", f"Invalid IAM role ARN {arn!r}", hint="arn:aws:iam::123456789012:role/LabRole")
    try:
        existing = client("iam", settings).get_role(RoleName=named[1])["Role"]["Arn"]
    except ClientError:
        existing = ""
    except BotoCoreError as error:
        raise SqlError("58000", f"the role could not be checked: {error}", hint="Try: ./lab up aws") from None
    if existing != arn:
        raise SqlError("XX000", f"UnauthorizedException: Not authorized to get credentials of role {arn}")

"""Clients of the lab's other services, for what Arrow's S3 cannot do."""

from __future__ import annotations

from typing import Any

from localcloud.redshift.settings import GatewaySettings
from localcloud.redshift.transfer.statements import Authorization


def client(service: str, settings: GatewaySettings, given: Authorization | None = None) -> Any:
    """Return a client of a service, with the lab's keys or with those that the statement gives."""
    import boto3  # noqa: PLC0415  late: 13 MB and 0.6 s that most sessions save
    from botocore.config import Config  # noqa: PLC0415  as above

    own = given is not None and given.access_key
    make: Any = boto3.client
    return make(
        service,
        endpoint_url=settings.s3_endpoint if service == "s3" else settings.aws_endpoint,
        aws_access_key_id=given.access_key if given and own else settings.access_key,
        aws_secret_access_key=given.secret_key if given and own else settings.secret_key,
        aws_session_token=(given.session_token or None) if given and own else None,
        region_name=settings.region,
        config=Config(connect_timeout=3, read_timeout=60, retries={"total_max_attempts": 2}),
    )

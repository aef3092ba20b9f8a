"""Removes objects from S3 for UNLOAD: Arrow's own delete would leave an empty object where their folder was."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.redshift.errors import SqlError
from localcloud.redshift.settings import GatewaySettings
from localcloud.redshift.transfer.clients import client
from localcloud.redshift.transfer.statements import Authorization


class Removal:
    """Removes objects with the rights of a statement."""

    def __init__(self, settings: GatewaySettings, authorization: Authorization) -> None:
        self._settings, self._authorization = settings, authorization

    def remove(self, path: str) -> None:
        """Remove an object (`bucket/key`), if it is there. Raises SqlError."""
        bucket, _, key = path.partition("/")
        try:
            client("s3", self._settings, self._authorization).delete_object(Bucket=bucket, Key=key)
        except (ClientError, BotoCoreError) as error:
            raise SqlError("XX000", f"S3ServiceException: s3://{path} could not be removed: {error}") from None

"""What the calls of the Data API share: the executions of an account, and how a call logs in to the warehouse."""

from __future__ import annotations

import json
import time

from moto.core.base_backend import BackendDict, BaseBackend
from moto.secretsmanager.exceptions import SecretsManagerClientError
from moto.secretsmanager.models import secretsmanager_backends

from localcloud.aws import persistence
from localcloud.aws.errors import ApiError
from localcloud.aws.service import AwsService
from localcloud.redshift import temporary
from localcloud.redshift.api.access import ADMIN, CLUSTER, WORKGROUP, gateway
from localcloud.redshift.api.statements import ENDED, Execution

_KEPT_S, _KEPT = 24 * 3600, 2000
_LOGIN_S = 900


class DataBackend(BaseBackend):
    """The executions of one account in one region. Callers hold `localcloud.aws.persistence.lock`."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.executions: dict[str, Execution] = {}
        self.tokens: dict[str, str] = {}

    def resume(self) -> None:
        """Say of executions that a kill interrupted that they failed."""
        for execution in self.executions.values():
            if execution.status not in ENDED:
                execution.move("FAILED", "ERROR: the lab was stopped while the statement ran")

    def add(self, execution: Execution, token: str) -> None:
        """Keep an execution; AWS forgets it after a day."""
        self.executions[execution.id] = execution
        if token:
            self.tokens[token] = execution.id
        old = [each.id for each in self.executions.values() if time.time() - each.created > _KEPT_S]
        for gone in old + list(self.executions)[: max(0, len(self.executions) - _KEPT)]:
            self.executions.pop(gone, None)

    def started_with(self, token: str) -> Execution | None:
        """Return the execution that a request with this ClientToken started before."""
        return self.executions.get(self.tokens.get(token, ""))


# By the regions of "redshift": botocore lists none for the Data API.
data_backends = BackendDict(DataBackend, "redshift")


def invalid(message: str) -> ApiError:
    """Return the error for a request that is well formed, but wrong."""
    return ApiError("ValidationException", message)


class DataService(AwsService):
    """A request to the Data API."""

    backends = data_backends
    concurrent = True
    title = "Redshift Data API"

    def __init__(self) -> None:
        super().__init__(service_name="redshift-data")

    @property
    def backend(self) -> DataBackend:
        """The executions of the calling account."""
        return data_backends[self.current_account][self.region]

    def credentials(self) -> tuple[str, str]:
        """Return user and password: of the secret, or of the named user, or the admin's."""
        self._check_target()
        if self.parameters.get("SecretArn"):
            return self._secret(self.parameters["SecretArn"])
        user = f"IAM:{self.parameters.get('DbUser') or ADMIN}"
        return user, temporary.issue(gateway().credentials_key, user, _LOGIN_S)[0]

    def _check_target(self) -> None:
        cluster, workgroup = self.parameters.get("ClusterIdentifier"), self.parameters.get("WorkgroupName")
        if not (cluster or workgroup):
            raise invalid("Either ClusterIdentifier or WorkgroupName needs to be specified.")
        if cluster and workgroup:
            raise invalid("Specify ClusterIdentifier or WorkgroupName, not both.")
        if cluster not in (None, CLUSTER) or str(workgroup or WORKGROUP).split("/")[-1] != WORKGROUP:
            raise invalid(f"Redshift endpoint doesn't exist in this region: {cluster or workgroup}")

    def _secret(self, arn: str) -> tuple[str, str]:
        with persistence.lock:
            secrets = secretsmanager_backends[self.current_account][self.region]
            try:
                text = secrets.get_secret_value(arn, "", "AWSCURRENT").get("SecretString", "")
            except SecretsManagerClientError as error:
                raise invalid(f"The secret {arn} can't be read: {error.message}") from None
        try:
            value = json.loads(text)
            user, password = value["username"], value["password"]
        except (ValueError, KeyError, TypeError):
            user = password = None
        if not user or not password:
            raise invalid("username and password in secret cannot be empty")
        return str(user), str(password)

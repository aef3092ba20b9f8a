"""The API of Redshift Serverless: one namespace and one workgroup, whose endpoint is the gateway.

https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/Welcome.html
"""

from __future__ import annotations

import json
import time
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.responses import BaseResponse

from localcloud.redshift import temporary
from localcloud.redshift.api.place import ADMIN, DATABASE, NAMESPACE, WORKGROUP, place

Record = dict[str, Any]


class RedshiftServerlessResponse(BaseResponse):
    """Answers the calls of Redshift Serverless; nothing of it is kept, since nothing can be changed."""

    def __init__(self) -> None:
        super().__init__(service_name="redshift-serverless")

    def _asked(self, name: str) -> str:
        return str(json.loads(self.body or "{}").get(name) or "")

    def _workgroup(self) -> Record:
        at = place()
        return {
            "workgroupName": WORKGROUP,
            "namespaceName": NAMESPACE,
            "workgroupArn": f"arn:aws:redshift-serverless:{self.region}:{self.current_account}:workgroup/{WORKGROUP}",
            "workgroupId": "00000000-0000-4000-8000-000000000001",
            "status": "AVAILABLE",
            "baseCapacity": 8,
            "port": at.port,
            "endpoint": {"address": at.host, "port": at.port, "vpcEndpoints": []},
            "publiclyAccessible": False,
            "enhancedVpcRouting": False,
            "configParameters": [],
        }

    def _namespace(self) -> Record:
        return {
            "namespaceName": NAMESPACE,
            "namespaceArn": f"arn:aws:redshift-serverless:{self.region}:{self.current_account}:namespace/{NAMESPACE}",
            "namespaceId": "00000000-0000-4000-8000-000000000002",
            "adminUsername": ADMIN,
            "dbName": DATABASE,
            "status": "AVAILABLE",
            "iamRoles": [f"arn:aws:iam::{self.current_account}:role/LabRole"],
            "logExports": [],
        }

    def get_workgroup(self) -> str:
        """Return the workgroup."""
        self._must_be(self._asked("workgroupName"), WORKGROUP)
        return json.dumps({"workgroup": self._workgroup()})

    def list_workgroups(self) -> str:
        """Return the one workgroup."""
        return json.dumps({"workgroups": [self._workgroup()]})

    def get_namespace(self) -> str:
        """Return the namespace."""
        self._must_be(self._asked("namespaceName"), NAMESPACE)
        return json.dumps({"namespace": self._namespace()})

    def list_namespaces(self) -> str:
        """Return the one namespace."""
        return json.dumps({"namespaces": [self._namespace()]})

    def get_credentials(self) -> str:
        """Issue a password for the admin, which the gateway refuses after its end."""
        self._must_be(self._asked("workgroupName"), WORKGROUP)
        seconds = int(self._asked("durationSeconds") or 900)
        if not 900 <= seconds <= 3600:
            raise JsonRESTError("ValidationException", "durationSeconds must be between 900 and 3600")
        name = f"IAM:{ADMIN}"
        password, ends = temporary.issue(place().credentials_key, name, seconds)
        told = {
            "dbUser": name,
            "dbPassword": password,
            "expiration": ends,
            "nextRefreshTime": int(time.time()) + seconds // 2,
        }
        return json.dumps(told)

    def create_workgroup(self) -> str:
        """Refuse: one gateway is one workgroup."""
        raise JsonRESTError("ServiceQuotaExceededException", f"The lab has one workgroup, {WORKGROUP!r}.")

    def create_namespace(self) -> str:
        """Refuse: one gateway is one namespace."""
        raise JsonRESTError("ServiceQuotaExceededException", f"The lab has one namespace, {NAMESPACE!r}.")

    def _must_be(self, given: str, known: str) -> None:
        if given != known:
            raise JsonRESTError("ResourceNotFoundException", f"{given!r} does not exist. The lab has {known!r}.")

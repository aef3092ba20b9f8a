"""The API of Redshift Serverless: the lab's own namespace and workgroup, and those that are made beside them.

The endpoint of each workgroup is the gateway.

https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/Welcome.html
"""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import uuid4

from moto.core.exceptions import JsonRESTError

from localcloud.aws.json_answers import JsonAnswers
from localcloud.redshift import temporary
from localcloud.redshift.api.namespaces import ServerlessBackend, serverless_backends
from localcloud.redshift.api.place import ADMIN, DATABASE, NAMESPACE, WORKGROUP, place

Record = dict[str, Any]


class RedshiftServerlessResponse(JsonAnswers):
    """Answers the calls of Redshift Serverless."""

    backends = serverless_backends

    @property
    def _made(self) -> ServerlessBackend:
        backend: ServerlessBackend = serverless_backends[self.current_account][self.region]
        return backend

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
        """Return a workgroup."""
        name = self._asked("workgroupName")
        return json.dumps({"workgroup": self._workgroup() if name == WORKGROUP else self._made.workgroup(name)})

    def list_workgroups(self) -> str:
        """Return all workgroups."""
        more = [self._made.workgroup(name) for name in self._made.workgroups]
        return json.dumps({"workgroups": [self._workgroup(), *more]})

    def create_workgroup(self) -> str:
        """Open a namespace that was made before."""
        self._must_be_new("workgroupName", WORKGROUP)
        return json.dumps({"workgroup": self._made.create_workgroup(json.loads(self.body))})

    def delete_workgroup(self) -> str:
        """Close a workgroup; the lab's own stays."""
        self._must_be_new("workgroupName", WORKGROUP)
        return json.dumps({"workgroup": self._made.delete_workgroup(self._asked("workgroupName"))})

    def get_namespace(self) -> str:
        """Return a namespace."""
        name = self._asked("namespaceName")
        return json.dumps({"namespace": self._namespace() if name == NAMESPACE else self._made.namespace(name)})

    def list_namespaces(self) -> str:
        """Return all namespaces."""
        return json.dumps({"namespaces": [self._namespace(), *self._made.namespaces.values()]})

    def create_namespace(self) -> str:
        """Make a database with an owner."""
        self._must_be_new("namespaceName", NAMESPACE)
        return json.dumps({"namespace": self._made.create_namespace(json.loads(self.body))})

    def delete_namespace(self) -> str:
        """Drop a namespace's database and owner; the lab's own stays."""
        self._must_be_new("namespaceName", NAMESPACE)
        return json.dumps({"namespace": self._made.delete_namespace(self._asked("namespaceName"))})

    def list_tags_for_resource(self) -> str:
        """Return the tags of a namespace or a workgroup."""
        return json.dumps({"tags": self._made.tags.get(self._asked("resourceArn"), [])})

    def create_usage_limit(self) -> str:
        """Keep a limit; the lab meters no RPU-hours, so none is ever reached."""
        asked = json.loads(self.body)
        if asked["resourceArn"] not in self._made.tags:
            raise JsonRESTError("ResourceNotFoundException", f"{asked['resourceArn']!r} does not exist.")
        limit = {"breachAction": "log", "period": "monthly", **asked, "usageLimitId": str(uuid4())}
        self._made.limits[limit["usageLimitId"]] = limit
        return json.dumps({"usageLimit": limit})

    def list_usage_limits(self) -> str:
        """Return the limits, of one resource where it is named."""
        arn = self._asked("resourceArn")
        found = [one for one in self._made.limits.values() if arn in ("", one["resourceArn"])]
        return json.dumps({"usageLimits": found})

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

    def _must_be(self, given: str, known: str) -> None:
        if given != known:
            raise JsonRESTError("ResourceNotFoundException", f"{given!r} does not exist. The lab has {known!r}.")

    def _must_be_new(self, member: str, own: str) -> None:
        if self._asked(member) == own:
            raise JsonRESTError("ConflictException", f"{own!r} is the lab's own, from the start and for good.")

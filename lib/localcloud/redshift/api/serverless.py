"""The API of Redshift Serverless: the lab's own namespace and workgroup, and those that are made in addition to them.

The endpoint of each workgroup is the gateway.

https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/Welcome.html
"""

from __future__ import annotations

import time
from uuid import uuid4

from moto.core.responses import ActionResult

from localcloud.aws.errors import ApiError
from localcloud.aws.service import AwsService, Json
from localcloud.redshift import temporary
from localcloud.redshift.api.access import ADMIN, DATABASE, NAMESPACE, WORKGROUP, gateway
from localcloud.redshift.api.namespaces import ServerlessBackend, endpoint, serverless_backends

PAGE = 100
DEFAULT_LIFE_S, MAX_LIFE_S = 900, 3600


class RedshiftServerlessResponse(AwsService):
    """Answers the calls of Redshift Serverless."""

    backends = serverless_backends
    title = "Redshift Serverless"
    page_members = ("nextToken", "maxResults")

    def __init__(self) -> None:
        super().__init__(service_name="redshift-serverless")

    @property
    def _made(self) -> ServerlessBackend:
        return serverless_backends[self.current_account][self.region]

    def _workgroup(self) -> Json:
        return {
            "workgroupName": WORKGROUP,
            "namespaceName": NAMESPACE,
            "workgroupArn": f"arn:aws:redshift-serverless:{self.region}:{self.current_account}:workgroup/{WORKGROUP}",
            "workgroupId": "00000000-0000-4000-8000-000000000001",
            "status": "AVAILABLE",
            "baseCapacity": 8,
            "port": gateway().port,
            "endpoint": endpoint(),
            "publiclyAccessible": False,
            "enhancedVpcRouting": False,
            "configParameters": [],
        }

    def _namespace(self) -> Json:
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

    def get_workgroup(self) -> ActionResult:
        """Return a workgroup."""
        name = self.parameters["workgroupName"]
        return self.answer({"workgroup": self._workgroup() if name == WORKGROUP else self._made.workgroup(name)})

    def list_workgroups(self) -> ActionResult:
        """Return all workgroups."""
        more = [self._made.workgroup(name) for name in self._made.workgroups]
        return self.paged("workgroups", [self._workgroup(), *more], PAGE)

    def create_workgroup(self) -> ActionResult:
        """Open a namespace that was made before."""
        self._must_be_new("workgroupName", WORKGROUP)
        return self.answer({"workgroup": self._made.create_workgroup(self.parameters)})

    def delete_workgroup(self) -> ActionResult:
        """Close a workgroup; the lab's own stays."""
        self._must_be_new("workgroupName", WORKGROUP)
        return self.answer({"workgroup": self._made.delete_workgroup(self.parameters["workgroupName"])})

    def get_namespace(self) -> ActionResult:
        """Return a namespace."""
        name = self.parameters["namespaceName"]
        return self.answer({"namespace": self._namespace() if name == NAMESPACE else self._made.namespace(name)})

    def list_namespaces(self) -> ActionResult:
        """Return all namespaces."""
        return self.paged("namespaces", [self._namespace(), *self._made.namespaces.values()], PAGE)

    def create_namespace(self) -> ActionResult:
        """Make a database with an owner."""
        self._must_be_new("namespaceName", NAMESPACE)
        return self.answer({"namespace": self._made.create_namespace(self.parameters)})

    def delete_namespace(self) -> ActionResult:
        """Drop a namespace's database and owner; the lab's own stays."""
        self._must_be_new("namespaceName", NAMESPACE)
        return self.answer({"namespace": self._made.delete_namespace(self.parameters["namespaceName"])})

    def list_tags_for_resource(self) -> ActionResult:
        """Return the tags of a namespace or a workgroup."""
        return self.answer({"tags": self._made.tags.get(self.parameters["resourceArn"], [])})

    def create_usage_limit(self) -> ActionResult:
        """Keep a limit; the lab meters no RPU-hours, so none is ever reached."""
        arn = self.parameters["resourceArn"]
        if arn not in self._made.tags:
            raise ApiError("ResourceNotFoundException", f"{arn!r} does not exist.")
        limit = {"breachAction": "log", "period": "monthly", **self.parameters, "usageLimitId": str(uuid4())}
        self._made.limits[limit["usageLimitId"]] = limit
        return self.answer({"usageLimit": limit})

    def list_usage_limits(self) -> ActionResult:
        """Return the limits, of one resource where it is named."""
        arn = self.parameters.get("resourceArn")
        limits = [limit for limit in self._made.limits.values() if arn in (None, limit["resourceArn"])]
        return self.paged("usageLimits", limits, PAGE)

    def get_credentials(self) -> ActionResult:
        """Issue a password for the admin, which the gateway refuses after its end."""
        workgroup = self.parameters.get("workgroupName")
        if workgroup != WORKGROUP:
            raise ApiError("ResourceNotFoundException", f"{workgroup!r} does not exist. The lab has {WORKGROUP!r}.")
        seconds = self.parameters.get("durationSeconds") or DEFAULT_LIFE_S
        if not DEFAULT_LIFE_S <= seconds <= MAX_LIFE_S:
            text = f"durationSeconds must be between {DEFAULT_LIFE_S} and {MAX_LIFE_S}"
            raise ApiError("ValidationException", text)
        name = f"IAM:{ADMIN}"
        password, ends = temporary.issue(gateway().credentials_key, name, seconds)
        refresh = int(time.time()) + seconds // 2
        login = {"dbUser": name, "dbPassword": password, "expiration": ends, "nextRefreshTime": refresh}
        return self.answer(login)

    def _must_be_new(self, member: str, own: str) -> None:
        if self.parameters[member] == own:
            raise ApiError("ConflictException", f"{own!r} belongs to the lab: it can be neither created nor deleted.")

"""What an account has set up in Athena: workgroups, saved queries, prepared statements, catalogs. Pickled as it is."""

from __future__ import annotations

import time
import uuid
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend

from localcloud.athena.execution import ENGINE_VERSION
from localcloud.aws.errors import ApiError

Record = dict[str, Any]
"""A structure of the API, as it is answered."""

PRIMARY = "primary"
DEFAULT_CATALOG = "AwsDataCatalog"
MIN_CUTOFF = 10_000_000
_ENGINE = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": ENGINE_VERSION}


class InvalidRequest(ApiError):
    """The request asks for what cannot be."""

    code = "InvalidRequestException"


class ResourceNotFound(ApiError):
    """The named thing does not exist."""

    code = "ResourceNotFoundException"


class AthenaBackend(BaseBackend):
    """The set-up of one account in one region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.workgroups: dict[str, Record] = {}
        self.named: dict[str, Record] = {}
        self.prepared: dict[tuple[str, str], Record] = {}
        self.catalogs: dict[str, Record] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.create_workgroup({"Name": PRIMARY, "Configuration": {"EnforceWorkGroupConfiguration": False}})
        self.create_catalog({"Name": DEFAULT_CATALOG, "Type": "GLUE", "Parameters": {"catalog-id": account_id}})

    def arn(self, kind: str, name: str) -> str:
        """Return the resource name of a workgroup or a data catalog."""
        return f"arn:aws:athena:{self.region_name}:{self.account_id}:{kind}/{name}"

    # workgroups

    def create_workgroup(self, request: Record) -> None:
        """Add a workgroup with the API's defaults."""
        name = request["Name"]
        if name in self.workgroups:
            raise InvalidRequest(f"WorkGroup is already created: {name}")
        configuration = {
            "EnforceWorkGroupConfiguration": True,
            "PublishCloudWatchMetricsEnabled": False,
            "RequesterPaysEnabled": False,
            **(request.get("Configuration") or {}),
            "EngineVersion": _ENGINE,
        }
        _check(configuration, request.get("Configuration") or {})
        self.workgroups[name] = {
            "Name": name,
            "State": "ENABLED",
            "Configuration": configuration,
            "Description": request.get("Description", ""),
            "CreationTime": time.time(),
        }
        self.tag(self.arn("workgroup", name), request.get("Tags") or [])

    def workgroup(self, name: str | None) -> Record:
        """Return a workgroup; without a name, the primary one."""
        workgroup = self.workgroups.get(name or PRIMARY)
        if workgroup is None:
            raise InvalidRequest(f"WorkGroup {name} is not found.")
        return workgroup

    def update_workgroup(self, request: Record) -> None:
        """Change a workgroup by the API's ConfigurationUpdates."""
        group = self.workgroup(request["WorkGroup"])
        configuration = _updated(group["Configuration"], request.get("ConfigurationUpdates") or {})
        _check(configuration, request.get("ConfigurationUpdates") or {})
        group["Configuration"] = configuration
        for key in ("Description", "State"):
            if request.get(key) is not None:
                group[key] = request[key]

    def delete_workgroup(self, name: str, *, recursive: bool, holds_queries: bool) -> None:
        """Remove a workgroup and what it holds."""
        self.workgroup(name)
        if name == PRIMARY:
            raise InvalidRequest("The primary workgroup cannot be deleted.")
        named = [query_id for query_id, query in self.named.items() if query["WorkGroup"] == name]
        prepared = [key for key in self.prepared if key[0] == name]
        if not recursive and (named or prepared or holds_queries):
            raise InvalidRequest(f"WorkGroup {name} is not empty")
        for query_id in named:
            del self.named[query_id]
        for key in prepared:
            del self.prepared[key]
        del self.workgroups[name]

    # saved queries

    def create_named(self, request: Record) -> str:
        """Save a query; return its id."""
        query_id = str(uuid.uuid4())
        self.workgroup(request.get("WorkGroup"))
        names = ("Name", "Description", "Database", "QueryString")
        kept: Record = {name: request[name] for name in names if name in request}
        self.named[query_id] = {**kept, "NamedQueryId": query_id, "WorkGroup": request.get("WorkGroup") or PRIMARY}
        return query_id

    def named_query(self, query_id: str) -> Record:
        """Return a saved query."""
        if query_id not in self.named:
            raise InvalidRequest(f"NamedQuery {query_id} was not found")
        return self.named[query_id]

    # prepared statements

    def create_prepared(self, workgroup: str, name: str, sql: str, description: str = "") -> None:
        """Keep a statement under a name that the workgroup does not use yet."""
        self.workgroup(workgroup)
        if (workgroup, name) in self.prepared:
            raise InvalidRequest(f"PreparedStatement {name} already exists in workgroup {workgroup}.")
        self.put_prepared(workgroup, name, sql, description)

    def put_prepared(self, workgroup: str, name: str, sql: str, description: str = "") -> None:
        """Keep a statement under a name."""
        self.prepared[workgroup, name] = {
            "StatementName": name,
            "QueryStatement": sql,
            "WorkGroupName": workgroup,
            "Description": description,
            "LastModifiedTime": time.time(),
        }

    def prepared_statement(self, workgroup: str, name: str) -> Record:
        """Return a prepared statement."""
        statement = self.prepared.get((workgroup, name))
        if statement is None:
            raise ResourceNotFound(f"PreparedStatement {name} was not found in workGroup {workgroup}")
        return statement

    def delete_prepared(self, workgroup: str, name: str) -> None:
        """Remove a prepared statement."""
        self.prepared_statement(workgroup, name)
        del self.prepared[workgroup, name]

    # data catalogs

    def create_catalog(self, request: Record) -> None:
        """Register a data catalog."""
        name = request["Name"]
        if name in self.catalogs:
            raise InvalidRequest(f"DataCatalog {name} has already been created")
        kept = {key: request[key] for key in ("Name", "Type", "Description", "Parameters") if request.get(key)}
        self.catalogs[name] = {**kept, "Status": "CREATE_COMPLETE"}
        self.tag(self.arn("datacatalog", name), request.get("Tags") or [])

    def catalog(self, name: str) -> Record:
        """Return a data catalog; the default one by its name in any letters."""
        known = {key.lower(): value for key, value in self.catalogs.items()}
        if name.lower() not in known:
            raise InvalidRequest(f"DataCatalog {name} was not found")
        return known[name.lower()]

    # tags

    def tag(self, arn: str, tags: list[Record]) -> None:
        """Add tags to a workgroup or a data catalog."""
        self.tags.setdefault(arn, {}).update({tag["Key"]: tag.get("Value", "") for tag in tags})


athena_backends = BackendDict(AthenaBackend, "athena")


def _updated(configuration: Record, updates: Record) -> Record:
    """Return the configuration after the updates: `RemoveX` takes X away, a nested update merges."""
    changed = dict(configuration)
    for key, value in updates.items():
        target = {"ResultConfigurationUpdates": "ResultConfiguration"}.get(key, key)
        if key == "EngineVersion":
            continue
        if key.startswith("Remove"):
            if value:
                changed.pop(key.removeprefix("Remove"), None)
        elif isinstance(value, dict) and isinstance(changed.get(target), dict):
            changed[target] = _updated(changed[target], value)
        else:
            changed[target] = value
    return changed


def _check(configuration: Record, given: Record) -> None:
    """Raise InvalidRequest for a configuration that no query could run with; `given` is what the request says of it."""
    version = (given.get("EngineVersion") or {}).get("SelectedEngineVersion", "AUTO")
    if version not in ("AUTO", ENGINE_VERSION):
        raise InvalidRequest(f"Engine version {version} is not available. Try: AUTO, or {ENGINE_VERSION}")
    output = (configuration.get("ResultConfiguration") or {}).get("OutputLocation", "")
    if output and not (output.startswith("s3://") and output[5:].split("/")[0]):
        raise InvalidRequest(f"outputLocation is not a valid S3 path. It is {output!r}; try s3://bucket/folder/")
    cutoff = configuration.get("BytesScannedCutoffPerQuery")
    if cutoff is not None and cutoff < MIN_CUTOFF:
        raise InvalidRequest(f"BytesScannedCutoffPerQuery must be at least {MIN_CUTOFF} bytes, not {cutoff}")

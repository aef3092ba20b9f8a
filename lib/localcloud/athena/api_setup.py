"""The operations on workgroups, saved queries, prepared statements, data catalogs and tags."""

from __future__ import annotations

import json
from typing import Any

from localcloud.athena import runtime
from localcloud.athena.execution import ENGINE_VERSION
from localcloud.athena.state import PRIMARY, AthenaBackend, InvalidRequest

PAGE = 50


class SetupOperations:
    """What an account sets up. The server runs these one at a time."""

    @property
    def backend(self) -> AthenaBackend:
        """The set-up of the calling account."""
        raise NotImplementedError

    def asked(self) -> dict[str, Any]:
        """Return the request's members, checked."""
        raise NotImplementedError

    # workgroups

    def create_work_group(self) -> str:
        """Add a workgroup."""
        self.backend.create_workgroup(self.asked())
        return "{}"

    def get_work_group(self) -> str:
        """Describe a workgroup."""
        return json.dumps({"WorkGroup": self.backend.workgroup(self.asked()["WorkGroup"])})

    def list_work_groups(self) -> str:
        """List the workgroups by name."""
        keys = ("Name", "State", "Description", "CreationTime")
        groups = [{key: group[key] for key in keys} for _, group in sorted(self.backend.workgroups.items())]
        version = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": ENGINE_VERSION}
        return paged(self.asked(), "WorkGroups", [{**group, "EngineVersion": version} for group in groups])

    def update_work_group(self) -> str:
        """Change a workgroup."""
        self.backend.update_workgroup(self.asked())
        return "{}"

    def delete_work_group(self) -> str:
        """Remove a workgroup; with RecursiveDeleteOption also what it holds."""
        asked = self.asked()
        name, recursive = asked["WorkGroup"], bool(asked.get("RecursiveDeleteOption"))
        history = runtime.executor().history
        holds_queries = bool(history.page(name, None, 1))
        self.backend.delete_workgroup(name, recursive=recursive, holds_queries=holds_queries)
        history.drop_workgroup(name)
        return "{}"

    def list_engine_versions(self) -> str:
        """List the engine versions that can be chosen."""
        version = {"SelectedEngineVersion": ENGINE_VERSION, "EffectiveEngineVersion": ENGINE_VERSION}
        auto = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": ENGINE_VERSION}
        return json.dumps({"EngineVersions": [auto, version]})

    # saved queries

    def create_named_query(self) -> str:
        """Save a query."""
        return json.dumps({"NamedQueryId": self.backend.create_named(self.asked())})

    def get_named_query(self) -> str:
        """Return a saved query."""
        return json.dumps({"NamedQuery": self.backend.named_query(self.asked()["NamedQueryId"])})

    def batch_get_named_query(self) -> str:
        """Return several saved queries."""
        wanted = self.asked()["NamedQueryIds"]
        found = [self.backend.named[one] for one in wanted if one in self.backend.named]
        missing = [
            {"NamedQueryId": one, "ErrorCode": "INVALID_INPUT", "ErrorMessage": f"NamedQuery {one} was not found"}
            for one in wanted
            if one not in self.backend.named
        ]
        return json.dumps({"NamedQueries": found, "UnprocessedNamedQueryIds": missing})

    def list_named_queries(self) -> str:
        """List the ids of a workgroup's saved queries."""
        asked = self.asked()
        group = self.backend.workgroup(asked.get("WorkGroup"))["Name"]
        ids = [query_id for query_id, query in self.backend.named.items() if query["WorkGroup"] == group]
        return paged(asked, "NamedQueryIds", ids)

    def update_named_query(self) -> str:
        """Change a saved query."""
        asked = self.asked()
        query = self.backend.named_query(asked["NamedQueryId"])
        query.update({key: asked[key] for key in ("Name", "Description", "QueryString") if asked.get(key) is not None})
        return "{}"

    def delete_named_query(self) -> str:
        """Remove a saved query."""
        query_id = self.asked()["NamedQueryId"]
        self.backend.named_query(query_id)
        del self.backend.named[query_id]
        return "{}"

    # prepared statements

    def create_prepared_statement(self) -> str:
        """Keep a statement for EXECUTE."""
        asked = self.asked()
        name, sql = asked["StatementName"], asked["QueryStatement"]
        self.backend.create_prepared(asked["WorkGroup"], name, sql, asked.get("Description", ""))
        return "{}"

    def update_prepared_statement(self) -> str:
        """Change a prepared statement."""
        asked = self.asked()
        name, group = asked["StatementName"], asked["WorkGroup"]
        known = self.backend.prepared_statement(group, name)
        description = str(asked.get("Description", known["Description"]))
        self.backend.put_prepared(group, name, asked["QueryStatement"], description)
        return "{}"

    def get_prepared_statement(self) -> str:
        """Return a prepared statement."""
        asked = self.asked()
        found = self.backend.prepared_statement(asked["WorkGroup"], asked["StatementName"])
        return json.dumps({"PreparedStatement": found})

    def batch_get_prepared_statement(self) -> str:
        """Return several prepared statements."""
        asked = self.asked()
        keys = [(asked["WorkGroup"], name) for name in asked["PreparedStatementNames"]]
        found = [self.backend.prepared[key] for key in keys if key in self.backend.prepared]
        missing = [
            {"StatementName": name, "ErrorCode": "STATEMENT_NOT_FOUND", "ErrorMessage": f"{name} was not found"}
            for group, name in keys
            if (group, name) not in self.backend.prepared
        ]
        return json.dumps({"PreparedStatements": found, "UnprocessedPreparedStatementNames": missing})

    def list_prepared_statements(self) -> str:
        """List a workgroup's prepared statements."""
        asked = self.asked()
        group = self.backend.workgroup(asked["WorkGroup"])["Name"]
        found = [
            {"StatementName": name, "LastModifiedTime": one["LastModifiedTime"]}
            for (owner, name), one in sorted(self.backend.prepared.items())
            if owner == group
        ]
        return paged(asked, "PreparedStatements", found)

    def delete_prepared_statement(self) -> str:
        """Remove a prepared statement."""
        asked = self.asked()
        self.backend.delete_prepared(asked["WorkGroup"], asked["StatementName"])
        return "{}"

    # data catalogs

    def create_data_catalog(self) -> str:
        """Register a data catalog; the lab can only query its own Glue."""
        asked = self.asked()
        if asked["Type"] != "GLUE":
            raise InvalidRequest(
                f"Data catalogs of type {asked['Type']} need a function on AWS. The lab has type GLUE only"
            )
        self.backend.create_catalog(asked)
        return json.dumps({"DataCatalog": self.backend.catalog(asked["Name"])})

    def get_data_catalog(self) -> str:
        """Describe a data catalog."""
        return json.dumps({"DataCatalog": self.backend.catalog(self.asked()["Name"])})

    def list_data_catalogs(self) -> str:
        """List the data catalogs."""
        found = [
            {"CatalogName": one["Name"], "Type": one["Type"], "Status": one["Status"]}
            for one in self.backend.catalogs.values()
        ]
        return paged(self.asked(), "DataCatalogsSummary", found)

    def update_data_catalog(self) -> str:
        """Change a data catalog."""
        asked = self.asked()
        known = self.backend.catalog(asked["Name"])
        known.update({key: asked[key] for key in ("Description", "Parameters") if asked.get(key) is not None})
        return "{}"

    def delete_data_catalog(self) -> str:
        """Remove a data catalog."""
        known = self.backend.catalog(self.asked()["Name"])
        if known["Name"] == "AwsDataCatalog":
            raise InvalidRequest("The data catalog AwsDataCatalog cannot be deleted")
        del self.backend.catalogs[known["Name"]]
        return json.dumps({"DataCatalog": {**known, "Status": "DELETE_COMPLETE"}})

    # tags

    def tag_resource(self) -> str:
        """Add tags."""
        asked = self.asked()
        self.backend.tag(self._known(asked["ResourceARN"]), asked["Tags"])
        return "{}"

    def untag_resource(self) -> str:
        """Take tags away."""
        asked = self.asked()
        tags = self.backend.tags.get(self._known(asked["ResourceARN"]), {})
        for key in asked["TagKeys"]:
            tags.pop(key, None)
        return "{}"

    def list_tags_for_resource(self) -> str:
        """List the tags of a workgroup or a data catalog."""
        asked = self.asked()
        tags = self.backend.tags.get(self._known(asked["ResourceARN"]), {})
        return paged(asked, "Tags", [{"Key": key, "Value": value} for key, value in tags.items()])

    def _known(self, arn: str) -> str:
        kind, _, name = arn.rpartition(":")[2].partition("/")
        held = {"workgroup": self.backend.workgroups, "datacatalog": self.backend.catalogs}.get(kind, {})
        if name not in held:
            raise InvalidRequest(f"Resource {arn} was not found (workgroup {PRIMARY} and data catalogs can be tagged)")
        return arn


def paged(asked: dict[str, Any], key: str, items: list[Any]) -> str:
    """Return one page of a list, by the MaxResults and the NextToken of the request."""
    token = asked.get("NextToken") or "0"
    if not token.isdigit():
        raise InvalidRequest("The NextToken is not one that was answered. Try: the NextToken of the last answer")
    start, size = int(token), asked.get("MaxResults") or PAGE
    answer: dict[str, Any] = {key: items[start : start + size]}
    if start + size < len(items):
        answer["NextToken"] = str(start + size)
    return json.dumps(answer)

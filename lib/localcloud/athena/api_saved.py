"""The operations on saved queries and prepared statements."""

from __future__ import annotations

from moto.core.responses import ActionResult

from localcloud.athena.api_base import PAGE, AthenaService
from localcloud.aws.service import exclusive


class SavedOperations(AthenaService):
    """https://docs.aws.amazon.com/athena/latest/ug/saved-queries.html"""

    @exclusive
    def create_named_query(self) -> ActionResult:
        """Save a query."""
        return self.answer({"NamedQueryId": self.backend.create_named(self.parameters)})

    @exclusive
    def get_named_query(self) -> ActionResult:
        """Return a saved query."""
        return self.answer({"NamedQuery": self.backend.named_query(self.parameters["NamedQueryId"])})

    @exclusive
    def batch_get_named_query(self) -> ActionResult:
        """Return several saved queries."""
        named, ids = self.backend.named, self.parameters["NamedQueryIds"]
        missing = [
            {"NamedQueryId": name, "ErrorCode": "INVALID_INPUT", "ErrorMessage": f"NamedQuery {name} was not found"}
            for name in ids
            if name not in named
        ]
        queries = [named[name] for name in ids if name in named]
        return self.answer({"NamedQueries": queries, "UnprocessedNamedQueryIds": missing})

    @exclusive
    def list_named_queries(self) -> ActionResult:
        """List the ids of a workgroup's saved queries."""
        group = self.backend.workgroup(self.parameters.get("WorkGroup"))["Name"]
        ids = [query_id for query_id, query in self.backend.named.items() if query["WorkGroup"] == group]
        return self.paged("NamedQueryIds", ids, PAGE)

    @exclusive
    def update_named_query(self) -> ActionResult:
        """Change a saved query."""
        query = self.backend.named_query(self.parameters["NamedQueryId"])
        query.update(self.given("Name", "Description", "QueryString"))
        return self.answer({})

    @exclusive
    def delete_named_query(self) -> ActionResult:
        """Remove a saved query."""
        query_id = self.parameters["NamedQueryId"]
        self.backend.named_query(query_id)
        del self.backend.named[query_id]
        return self.answer({})

    @exclusive
    def create_prepared_statement(self) -> ActionResult:
        """Save a statement for EXECUTE."""
        name, sql = self.parameters["StatementName"], self.parameters["QueryStatement"]
        self.backend.create_prepared(self.parameters["WorkGroup"], name, sql, self.parameters.get("Description", ""))
        return self.answer({})

    @exclusive
    def update_prepared_statement(self) -> ActionResult:
        """Change a prepared statement."""
        name, group = self.parameters["StatementName"], self.parameters["WorkGroup"]
        current = self.backend.prepared_statement(group, name)
        description = str(self.parameters.get("Description", current["Description"]))
        self.backend.put_prepared(group, name, self.parameters["QueryStatement"], description)
        return self.answer({})

    @exclusive
    def get_prepared_statement(self) -> ActionResult:
        """Return a prepared statement."""
        group, name = self.parameters["WorkGroup"], self.parameters["StatementName"]
        return self.answer({"PreparedStatement": self.backend.prepared_statement(group, name)})

    @exclusive
    def batch_get_prepared_statement(self) -> ActionResult:
        """Return several prepared statements."""
        keys = [(self.parameters["WorkGroup"], name) for name in self.parameters["PreparedStatementNames"]]
        statements = [self.backend.prepared[key] for key in keys if key in self.backend.prepared]
        missing = [
            {"StatementName": name, "ErrorCode": "STATEMENT_NOT_FOUND", "ErrorMessage": f"{name} was not found"}
            for group, name in keys
            if (group, name) not in self.backend.prepared
        ]
        return self.answer({"PreparedStatements": statements, "UnprocessedPreparedStatementNames": missing})

    @exclusive
    def list_prepared_statements(self) -> ActionResult:
        """List a workgroup's prepared statements."""
        group = self.backend.workgroup(self.parameters["WorkGroup"])["Name"]
        statements = [
            {"StatementName": name, "LastModifiedTime": statement["LastModifiedTime"]}
            for (owner, name), statement in sorted(self.backend.prepared.items())
            if owner == group
        ]
        return self.paged("PreparedStatements", statements, PAGE)

    @exclusive
    def delete_prepared_statement(self) -> ActionResult:
        """Remove a prepared statement."""
        self.backend.delete_prepared(self.parameters["WorkGroup"], self.parameters["StatementName"])
        return self.answer({})

"""From the request of a client and the configuration of its workgroup to a query that can run."""

from __future__ import annotations

import copy
from typing import Any

from localcloud.athena.execution import Execution
from localcloud.athena.failure import QueryFailed
from localcloud.athena.reader import Reader
from localcloud.athena.state import AthenaBackend, InvalidRequest, Record, ResourceNotFound
from localcloud.athena.statements import families
from localcloud.aws import persistence

MAX_QUERY_BYTES = 262_144
"""https://docs.aws.amazon.com/athena/latest/ug/service-limits.html"""
_NO_OUTPUT = (
    "No output location provided. An output location is required either through the Workgroup result configuration "
    "setting or as an API input."
)


class PreparedIn:
    """The prepared statements of one workgroup, for the queries that run in it."""

    def __init__(self, backend: AthenaBackend, workgroup: str) -> None:
        self._backend, self._workgroup = backend, workgroup

    def get(self, name: str) -> str:
        """Return the text of a statement."""
        with persistence.lock:
            try:
                return str(self._backend.prepared_statement(self._workgroup, name)["QueryStatement"])
            except ResourceNotFound as error:
                raise QueryFailed("NOT_FOUND", str(error.message)) from error

    def put(self, name: str, sql: str) -> None:
        """Keep a statement, instead of another of that name."""
        with persistence.lock:
            self._backend.put_prepared(self._workgroup, name, sql)
        persistence.save("athena")

    def delete(self, name: str) -> None:
        """Forget a statement."""
        self.get(name)
        with persistence.lock:
            self._backend.delete_prepared(self._workgroup, name)
        persistence.save("athena")


def submission(backend: AthenaBackend, request: dict[str, Any]) -> Execution:
    """Return the query of a StartQueryExecution request.

    Raises:
        InvalidRequest: too long, an unknown workgroup or catalog, or nowhere to write to.
    """
    group = _enabled_workgroup(backend, request.get("WorkGroup"))
    context = request.get("QueryExecutionContext") or {}
    backend.catalog(context.get("Catalog") or "AwsDataCatalog")
    statement_type, substatement_type = _kinds(request["QueryString"])
    execution = Execution(
        query=request["QueryString"],
        workgroup=group["Name"],
        output="",
        database=_database(context),
        context=context,
        parameters=request.get("ExecutionParameters") or [],
        reuse=request.get("ResultReuseConfiguration") or {},
        token=request.get("ClientRequestToken") or "",
        statement_type=statement_type,
        substatement_type=substatement_type,
    )
    _locate_output(execution, group["Configuration"], request.get("ResultConfiguration") or {}, backend)
    return execution


def _enabled_workgroup(backend: AthenaBackend, name: str | None) -> Record:
    group = backend.workgroup(name)
    if group["State"] != "ENABLED":
        raise InvalidRequest(f"WorkGroup {group['Name']} is disabled.")
    return group


def _kinds(sql: str) -> tuple[str, str]:
    """Return StatementType and SubstatementType of a text that is one statement of a size that Athena takes."""
    if len(sql.encode()) > MAX_QUERY_BYTES:
        raise InvalidRequest(f"Query string is longer than {MAX_QUERY_BYTES} bytes")
    reader = Reader(sql)
    if reader.statements() > 1:
        raise InvalidRequest(f"Only one sql statement is allowed. Got: {sql}")
    if problem := families.unparsable(reader):
        raise InvalidRequest(problem)
    return families.kinds(reader)


def _database(context: Record) -> str:
    return str(context.get("Database") or "default").strip().strip('`"').lower()


def _locate_output(execution: Execution, group: Record, requested: Record, backend: AthenaBackend) -> None:
    execution.enforced = bool(group.get("EnforceWorkGroupConfiguration"))
    execution.cutoff = group.get("BytesScannedCutoffPerQuery")
    if (group.get("ManagedQueryResultsConfiguration") or {}).get("Enabled"):
        execution.managed = True
        execution.output = f"s3://{managed_bucket(backend)}/{execution.workgroup}/"
        return
    own = group.get("ResultConfiguration") or {}
    chosen = own if execution.enforced and own.get("OutputLocation") else {**own, **requested}
    output = chosen.get("OutputLocation", "")
    if not output:
        raise InvalidRequest(_NO_OUTPUT)
    if not output.startswith("s3://") or not output[5:].split("/")[0]:
        raise InvalidRequest(f"outputLocation is not a valid S3 path. It is {output!r}; try s3://bucket/folder/")
    encryption = chosen.get("EncryptionConfiguration") or {}
    if "KMS" in encryption.get("EncryptionOption", "") and not encryption.get("KmsKey"):
        raise InvalidRequest(f"KmsKey is needed for the encryption option {encryption['EncryptionOption']}")
    execution.configuration = copy.deepcopy(chosen)
    execution.output = output.rstrip("/") + "/"


def managed_bucket(backend: AthenaBackend) -> str:
    """Return the bucket for the results of workgroups whose results Athena manages."""
    return f"athena-managed-results-{backend.account_id}-{backend.region_name}"

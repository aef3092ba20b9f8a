"""The operations of Athena's API on queries; the other classes of the API hold those on the set-up and the catalog.

https://docs.aws.amazon.com/athena/latest/APIReference/Welcome.html
"""

from __future__ import annotations

from botocore.exceptions import ClientError
from moto.core.responses import ActionResult

from localcloud.athena import runtime
from localcloud.athena.api_base import PAGE
from localcloud.athena.api_catalog import CatalogOperations
from localcloud.athena.api_data_catalogs import DataCatalogOperations
from localcloud.athena.api_saved import SavedOperations
from localcloud.athena.api_workgroups import WorkgroupOperations
from localcloud.athena.execution import Execution
from localcloud.athena.executor import ACTIVE_LIMIT, HOLD_S
from localcloud.athena.results import page_json, read_page
from localcloud.athena.state import InvalidRequest
from localcloud.athena.submission import PreparedIn, submission
from localcloud.aws.paging import token_at
from localcloud.aws.service import exclusive

ROWS_PAGE = 1000
"""Rows in an answer of GetQueryResults, the header included, and the most that a caller may ask for."""


class AthenaResponse(WorkgroupOperations, SavedOperations, DataCatalogOperations, CatalogOperations):
    """Answers the calls of Athena's API."""

    def start_query_execution(self) -> ActionResult:
        """Start a query and return its id immediately."""
        execution = self._submission()
        executor = runtime.executor()
        earlier = executor.history.by_token(execution.token)
        if earlier is not None:
            if earlier.query != execution.query:
                raise InvalidRequest("Idempotent parameters do not match")
            return self.answer({"QueryExecutionId": earlier.id})
        if executor.active >= ACTIVE_LIMIT:
            raise TooManyRequests(f"{ACTIVE_LIMIT} of your queries are running or waiting. Try again when some end")
        runtime.check_output(execution)
        if not runtime.reuse(execution):
            executor.start(execution, PreparedIn(self.backend, execution.workgroup))
        return self.answer({"QueryExecutionId": execution.id})

    @exclusive
    def _submission(self) -> Execution:
        return submission(self.backend, self.parameters)

    def get_query_execution(self) -> ActionResult:
        """Describe a query. If it is running, wait up to a tenth of a second for it to end."""
        return self.answer({"QueryExecution": self._execution(HOLD_S).described()})

    def batch_get_query_execution(self) -> ActionResult:
        """Describe several queries."""
        ids = self.parameters["QueryExecutionIds"]
        executions = [(query_id, runtime.executor().find(query_id)) for query_id in ids]
        missing = [
            {
                "QueryExecutionId": query_id,
                "ErrorCode": "INVALID_INPUT",
                "ErrorMessage": f"QueryExecution {query_id} was not found",
            }
            for query_id, execution in executions
            if execution is None
        ]
        described = [execution.described() for _, execution in executions if execution is not None]
        return self.answer({"QueryExecutions": described, "UnprocessedQueryExecutionIds": missing})

    def get_query_results(self) -> str:
        """Return rows of a query that succeeded, read from its result file."""
        execution, size = self._execution(), self.page_size(ROWS_PAGE)
        if size > ROWS_PAGE:
            raise InvalidRequest(f"MaxResults is more than maximum allowed length {ROWS_PAGE}.")
        start = self.page_start() or 0
        _check_results(execution)
        if execution.form == "none":
            return page_json(execution, [], None)
        rows, following = _read(execution, start, size)
        return page_json(execution, rows, token_at(self.operation, following) if following is not None else None)

    def get_query_runtime_statistics(self) -> ActionResult:
        """Return the run time and data volume of a finished query."""
        statistics = self._execution().described()["Statistics"]
        timeline = {key: statistics[key] for key in statistics if key.endswith("InMillis")}
        rows = {"InputBytes": statistics["DataScannedInBytes"]}
        return self.answer({"QueryRuntimeStatistics": {"Timeline": timeline, "Rows": rows}})

    def list_query_executions(self) -> ActionResult:
        """Return the ids of a workgroup's queries, the newest first."""
        size = self.page_size(PAGE)
        page = runtime.executor().history.page(self._workgroup(), self.page_start(), size + 1)
        token = token_at(self.operation, page[size - 1][0]) if len(page) > size else None
        return self.answer({"QueryExecutionIds": [query_id for _, query_id in page[:size]], "NextToken": token})

    @exclusive
    def _workgroup(self) -> str:
        return str(self.backend.workgroup(self.parameters.get("WorkGroup"))["Name"])

    def stop_query_execution(self) -> ActionResult:
        """Stop a query. Does nothing if it has already ended."""
        runtime.executor().stop(self._execution().id)
        return self.answer({})

    def _execution(self, hold_s: float = 0) -> Execution:
        """Return the query that the request names: at once, or when it ends within the given seconds."""
        query_id = self.parameters["QueryExecutionId"]
        execution = runtime.executor().find_after(query_id, hold_s)
        if execution is None:
            raise InvalidRequest(f"QueryExecution {query_id} was not found")
        return execution


class TooManyRequests(InvalidRequest):
    """More queries at a time than the lab takes."""

    code = "TooManyRequestsException"


def _read(execution: Execution, offset: int, size: int) -> tuple[list[list[str | None]], int | None]:
    try:
        return read_page(runtime.client("s3"), execution, offset, size)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NoSuchKey", "NoSuchBucket"):
            raise
        raise InvalidRequest(f"Could not find results: {execution.location} was deleted") from error


def _check_results(execution: Execution) -> None:
    if execution.state in ("QUEUED", "RUNNING"):
        raise InvalidRequest(f"Query has not yet finished. Current state: {execution.state}")
    if execution.state != "SUCCEEDED":
        raise InvalidRequest(f"Query did not finish successfully. Final query state: {execution.state}")

"""The operations of Athena's API on queries; the mixins hold those on the set-up and on the catalog.

https://docs.aws.amazon.com/athena/latest/APIReference/Welcome.html
"""

from __future__ import annotations

import contextlib
import json
from typing import Any

from botocore.exceptions import ClientError
from moto.core.utils import camelcase_to_underscores

from localcloud.athena import runtime
from localcloud.athena.api_catalog import CatalogOperations
from localcloud.athena.api_setup import SetupOperations
from localcloud.athena.execution import Execution
from localcloud.athena.executor import ACTIVE_LIMIT, HOLD_S
from localcloud.athena.results import page_json, read_page
from localcloud.athena.state import AthenaBackend, InvalidRequest, athena_backends
from localcloud.athena.submission import PreparedIn, submission
from localcloud.aws import persistence
from localcloud.aws.json_answers import JsonAnswers
from localcloud.aws.validation import validate

PAGE = 1000
"""Rows in an answer of GetQueryResults, the header included, and the most that a caller may ask for."""
BATCH = 50


class AthenaResponse(SetupOperations, CatalogOperations, JsonAnswers):
    """Answers the calls of Athena's API."""

    backends = athena_backends
    concurrent = True

    def __init__(self) -> None:
        super().__init__(service_name="athena")

    @property
    def backend(self) -> AthenaBackend:
        """The set-up of the calling account."""
        backend: AthenaBackend = athena_backends[self.current_account][self.region]
        return backend

    def call_action(self) -> Any:
        """Check a request against the API's model, then answer it; calls that change the set-up run one at a time."""
        action = self._get_action()
        method = getattr(type(self), camelcase_to_underscores(action), None)
        alone = persistence.lock if method and method.__qualname__.startswith("Setup") else contextlib.nullcontext()
        with alone:
            return super().call_action()

    def asked(self) -> dict[str, Any]:
        """Return the request's members, checked."""
        try:
            members = json.loads(self.body or "{}")
        except ValueError:
            raise InvalidRequest("The body of the request is not JSON") from None
        operation = runtime.model().operation_model(self._get_action())
        if operation.input_shape is not None:
            validate(members, operation.input_shape, "InvalidRequestException")
        return dict(members)

    # queries

    def start_query_execution(self) -> str:
        """Take a query in and return its id at once."""
        asked = self.asked()
        executor = runtime.executor()
        with persistence.lock:
            execution = submission(self.backend, asked)
        known = executor.history.by_token(execution.token)
        if known is not None:
            if known.query != execution.query:
                raise InvalidRequest("Idempotent parameters do not match")
            return json.dumps({"QueryExecutionId": known.id})
        if executor.active >= ACTIVE_LIMIT:
            raise TooManyRequests(f"You have {ACTIVE_LIMIT} queries that run or wait. Try: again when some have ended")
        runtime.check_output(execution)
        if not runtime.reuse(execution):
            executor.start(execution, PreparedIn(self.backend, execution.workgroup))
        return json.dumps({"QueryExecutionId": execution.id})

    def get_query_execution(self) -> str:
        """Describe a query. While it runs the answer waits for its end, for a tenth of a second at most."""
        return json.dumps({"QueryExecution": find(self.asked()["QueryExecutionId"], HOLD_S).described()})

    def batch_get_query_execution(self) -> str:
        """Describe several queries."""
        found, missing = [], []
        for query_id in self.asked()["QueryExecutionIds"]:
            execution = runtime.executor().find(query_id)
            if execution is not None:
                found.append(execution.described())
            else:
                text = f"QueryExecution {query_id} was not found"
                code = {"ErrorCode": "INVALID_INPUT", "ErrorMessage": text}
                missing.append({"QueryExecutionId": query_id, **code})
        return json.dumps({"QueryExecutions": found, "UnprocessedQueryExecutionIds": missing})

    def get_query_results(self) -> str:
        """Return rows of a query that succeeded, read from its result file."""
        asked = self.asked()
        execution = find(asked["QueryExecutionId"])
        size = asked.get("MaxResults", PAGE)
        if size > PAGE:
            raise InvalidRequest(f"MaxResults is more than maximum allowed length {PAGE}.")
        _check_results(execution)
        offset, following = _offset(asked.get("NextToken")), None
        rows: list[list[str | None]] = []
        if execution.form != "none":
            rows, following = _read(execution, offset, size)
        return page_json(execution, rows, following)

    def get_query_runtime_statistics(self) -> str:
        """Return time and volume of a query that ended."""
        described = find(self.asked()["QueryExecutionId"]).described()["Statistics"]
        timeline = {key: described[key] for key in described if key.endswith("InMillis")}
        rows = {"InputBytes": described["DataScannedInBytes"]}
        return json.dumps({"QueryRuntimeStatistics": {"Timeline": timeline, "Rows": rows}})

    def list_query_executions(self) -> str:
        """Return the ids of a workgroup's queries, the newest first."""
        asked = self.asked()
        workgroup = self.backend.workgroup(asked.get("WorkGroup"))["Name"]
        size = asked.get("MaxResults", BATCH)
        before = _offset(asked["NextToken"]) if asked.get("NextToken") else None
        page = runtime.executor().history.page(workgroup, before, size + 1)
        answer: dict[str, Any] = {"QueryExecutionIds": [query_id for _, query_id in page[:size]]}
        if len(page) > size:
            answer["NextToken"] = str(page[size - 1][0])
        return json.dumps(answer)

    def stop_query_execution(self) -> str:
        """End a query; one that has ended stays as it is."""
        query_id = find(self.asked()["QueryExecutionId"]).id
        runtime.executor().stop(query_id)
        return "{}"


class TooManyRequests(InvalidRequest):
    """More queries at a time than the lab takes."""

    code = "TooManyRequestsException"


def find(query_id: str, hold_s: float = 0) -> Execution:
    """Return the query of that id: at once, or when it ends within the given seconds."""
    execution = runtime.executor().find_after(query_id, hold_s)
    if execution is None:
        raise InvalidRequest(f"QueryExecution {query_id} was not found")
    return execution


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


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    if not token.isdigit():
        raise InvalidRequest("The NextToken is not one that was answered. Try: the NextToken of the last answer")
    return int(token)

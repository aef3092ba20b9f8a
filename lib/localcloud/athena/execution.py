"""One query: its request, its state and its result. Plain data, so that it can be stored as it is."""

from __future__ import annotations

import math
import time
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

Form = Literal["csv", "txt", "none"]
"""How the rows are stored: quoted CSV with a header, plain text without one, or no rows at all."""

FINAL = ("SUCCEEDED", "FAILED", "CANCELLED")
ENGINE_VERSION = "Athena engine version 3"


@dataclass
class Execution:
    """A query execution. Times are seconds since the epoch, UTC; None while it has not happened."""

    query: str
    workgroup: str
    output: str
    """The folder for results, `s3://bucket/prefix/`."""
    database: str = "default"
    catalog: str = "awsdatacatalog"
    context: dict[str, Any] = field(default_factory=dict)
    parameters: list[str] = field(default_factory=list)
    configuration: dict[str, Any] = field(default_factory=dict)
    reuse: dict[str, Any] = field(default_factory=dict)
    token: str = ""
    managed: bool = False
    enforced: bool = False
    """Whether the workgroup alone says where results go."""
    cutoff: int | None = None
    """Bytes that the query may scan before it is stopped."""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    statement_type: str = "DML"
    substatement_type: str = "SELECT"
    state: str = "QUEUED"
    reason: str = ""
    error: dict[str, Any] | None = None
    submitted: float = field(default_factory=time.time)
    started: float | None = None
    completed: float | None = None
    form: Form = "none"
    location: str = ""
    """Where the rows are, or where the data of CTAS, INSERT and UNLOAD is listed."""
    size: int = 0
    """Bytes of the file with the rows."""
    manifest: str = ""
    columns: list[dict[str, Any]] = field(default_factory=list)
    update_count: int | None = None
    statistics: dict[str, Any] = field(default_factory=dict)
    reused: bool = False

    @classmethod
    def load(cls, stored: dict[str, Any]) -> Self:
        """Return the execution that `asdict` stored."""
        return cls(**stored)

    def stored(self) -> dict[str, Any]:
        """Return the execution as plain data."""
        return asdict(self)

    @property
    def ended(self) -> bool:
        """Whether the state will not change any more."""
        return self.state in FINAL

    def described(self) -> dict[str, Any]:
        """Return the QueryExecution structure of the API."""
        answer = {
            "QueryExecutionId": self.id,
            "Query": self.query,
            "StatementType": self.statement_type,
            "SubstatementType": self.substatement_type,
            "ResultReuseConfiguration": self.reuse or {"ResultReuseByAgeConfiguration": {"Enabled": False}},
            "QueryExecutionContext": self.context,
            "Status": self._status(),
            "Statistics": self._statistics(),
            "WorkGroup": self.workgroup,
            "EngineVersion": {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": ENGINE_VERSION},
        }
        if self.parameters:
            answer["ExecutionParameters"] = self.parameters
        if self.managed:
            answer["ManagedQueryResultsConfiguration"] = {"Enabled": True}
        else:
            answer["ResultConfiguration"] = {**self.configuration, "OutputLocation": self.location or self.output}
        return answer

    def _status(self) -> dict[str, Any]:
        status: dict[str, Any] = {"State": self.state, "SubmissionDateTime": self.submitted}
        if self.reason:
            status["StateChangeReason"] = self.reason
        if self.completed is not None:
            status["CompletionDateTime"] = self.completed
        if self.error:
            status["AthenaError"] = self.error
        return status

    def _statistics(self) -> dict[str, Any]:
        now = self.completed or time.time()
        started = self.started or now
        answer = {
            "DataScannedInBytes": 0,
            "EngineExecutionTimeInMillis": round((now - started) * 1000),
            # Rounded up: every query waits for a moment, and PyAthena expects it to show.
            "QueryQueueTimeInMillis": math.ceil((started - self.submitted) * 1000),
            "TotalExecutionTimeInMillis": round((now - self.submitted) * 1000),
            "ServicePreProcessingTimeInMillis": 0,
            "QueryPlanningTimeInMillis": 0,
            "ServiceProcessingTimeInMillis": 0,
            **self.statistics,
            "ResultReuseInformation": {"ReusedPreviousResult": self.reused},
        }
        if self.manifest:
            answer["DataManifestLocation"] = self.manifest
        return answer

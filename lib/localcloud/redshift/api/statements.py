"""Statements of the Data API: what was asked, how far it is, and what came out. Pickled with the backend."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]
ENDED = ("FINISHED", "FAILED", "ABORTED")


@dataclass
class Part:
    """One SQL statement of an execution."""

    sql: str
    parameters: tuple[tuple[str, str], ...] = ()
    status: str = "SUBMITTED"
    started: float = 0
    updated: float = 0
    error: str = ""
    columns: list[Record] = field(default_factory=list)
    records: list[list[Record]] = field(default_factory=list)
    rows: int = -1
    has_result: bool = False
    size: int = 0
    query: int = -1
    """Its number in the system tables."""


@dataclass
class Execution:
    """One ExecuteStatement or BatchExecuteStatement."""

    parts: list[Part]
    batch: bool
    database: str
    where: Record
    """ClusterIdentifier or WorkgroupName, DbUser, SecretArn: as they were given."""
    name: str = ""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created: float = field(default_factory=time.time)
    status: str = "SUBMITTED"
    updated: float = field(default_factory=time.time)
    error: str = ""
    pid: int = 0
    result_format: str = "JSON"

    def move(self, status: str, error: str = "") -> None:
        """Go on to the next state."""
        self.status, self.error, self.updated = status, error, time.time()

    def summary(self) -> Record:
        """Return what ListStatements tells."""
        return {
            "Id": self.id,
            "Status": self.status,
            "CreatedAt": self.created,
            "UpdatedAt": self.updated,
            "IsBatchStatement": self.batch,
            "ResultFormat": self.result_format,
            **({"StatementName": self.name} if self.name else {}),
            **({"SecretArn": self.where["SecretArn"]} if "SecretArn" in self.where else {}),
            **(
                {"QueryStrings": [part.sql for part in self.parts]}
                if self.batch
                else {"QueryString": self.parts[0].sql}
            ),
        }

    def description(self) -> Record:
        """Return what DescribeStatement tells."""
        last = self.parts[-1]
        description = {
            **self.where,
            "Id": self.id,
            "Database": self.database,
            "Status": self.status,
            "CreatedAt": self.created,
            "UpdatedAt": self.updated,
            "Duration": int((self.updated - self.created) * 1e9) if self.status in ENDED else -1,
            "HasResultSet": any(part.has_result for part in self.parts),
            "RedshiftPid": self.pid,
            "RedshiftQueryId": last.query,
            "ResultRows": last.rows,
            "ResultSize": last.size,
            "ResultFormat": self.result_format,
            "QueryString": "" if self.batch else last.sql,
        }
        if self.error:
            description["Error"] = self.error
        if self.parts[0].parameters and not self.batch:
            description["QueryParameters"] = [
                {"name": name, "value": value} for name, value in self.parts[0].parameters
            ]
        if self.batch:
            description["SubStatements"] = [self._sub(number, part) for number, part in enumerate(self.parts, start=1)]
        return description

    def _sub(self, number: int, part: Part) -> Record:
        return {
            "Id": f"{self.id}:{number}",
            "QueryString": part.sql,
            "Status": part.status,
            "CreatedAt": part.started or self.created,
            "UpdatedAt": part.updated or self.updated,
            "Duration": int((part.updated - part.started) * 1e9) if part.updated else -1,
            "HasResultSet": part.has_result,
            "ResultRows": part.rows,
            "ResultSize": part.size,
            "RedshiftQueryId": part.query,
            **({"Error": part.error} if part.error else {}),
        }

"""The Data API: SQL over HTTP (https://docs.aws.amazon.com/redshift-data/latest/APIReference/Welcome.html)."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.exceptions import JsonRESTError

from localcloud.aws import persistence
from localcloud.aws.json_answers import JsonAnswers
from localcloud.redshift import temporary
from localcloud.redshift.api import running
from localcloud.redshift.api.metadata import MetadataOperations, page_of
from localcloud.redshift.api.place import ADMIN, CLUSTER, DATABASE, WORKGROUP, place
from localcloud.redshift.api.statements import ENDED, Execution, Part, Record

_PAGE, _KEPT_S, _KEPT = 1000, 24 * 3600, 2000


class DataBackend(BaseBackend):
    """The executions of one account in one region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.executions: dict[str, Execution] = {}
        self.tokens: dict[str, str] = {}

    def resume(self) -> None:
        """Say of executions that a kill interrupted that they failed."""
        for execution in self.executions.values():
            if execution.status not in ENDED:
                execution.move("FAILED", "ERROR: the lab was stopped while the statement ran")

    def add(self, execution: Execution, token: str) -> None:
        """Keep an execution; AWS forgets it after a day."""
        self.executions[execution.id] = execution
        if token:
            self.tokens[token] = execution.id
        old = [one.id for one in self.executions.values() if time.time() - one.created > _KEPT_S]
        for gone in old + list(self.executions)[: max(0, len(self.executions) - _KEPT)]:
            self.executions.pop(gone, None)


# By the regions of "redshift": botocore lists none for the Data API.
data_backends = BackendDict(DataBackend, "redshift")
_lock = threading.Lock()


def _invalid(message: str) -> JsonRESTError:
    return JsonRESTError("ValidationException", message)


class RedshiftDataResponse(MetadataOperations, JsonAnswers):
    """Answers the calls of the Data API."""

    backends = data_backends
    concurrent = True

    def __init__(self) -> None:
        super().__init__(service_name="redshift-data")

    @property
    def backend(self) -> DataBackend:
        """The executions of the calling account."""
        backend: DataBackend = data_backends[self.current_account][self.region]
        return backend

    def asked(self) -> Record:
        """Return the request's members."""
        members: Record = json.loads(self.body or "{}")
        return members

    def execute_statement(self) -> str:
        """Start one statement."""
        asked = self.asked()
        return self._start([self._sql(asked.get("Sql"))], asked, batch=False)

    def batch_execute_statement(self) -> str:
        """Start statements that run one after another in one transaction."""
        asked = self.asked()
        sqls = asked.get("Sqls") or []
        if not 1 <= len(sqls) <= 40:
            raise _invalid("Sqls must hold 1 to 40 statements")
        return self._start([self._sql(sql) for sql in sqls], asked, batch=True)

    def _sql(self, sql: Any) -> str:
        if not isinstance(sql, str) or not sql.strip() or len(sql) > 100_000:
            raise _invalid("Sql must have 1 to 100,000 characters")
        return sql

    def _start(self, sqls: list[str], asked: Record, batch: bool) -> str:
        if asked.get("SessionKeepAliveSeconds") or asked.get("SessionId"):
            raise _invalid("The lab's Data API has no sessions")
        if asked.get("WithEvent"):
            raise _invalid("The lab's Data API sends no events to EventBridge")
        if asked.get("ResultFormat", "JSON") not in ("JSON", "CSV"):
            raise _invalid("ResultFormat must be JSON or CSV")
        given = _parameters(asked.get("Parameters"), sqls)
        parts = [Part(sql, given) for sql in sqls]
        user, password = self.credentials(asked)
        with _lock:
            known = self.backend.tokens.get(asked.get("ClientToken") or "")
            if known and known in self.backend.executions:
                return self._started(self.backend.executions[known])
            where: Record = {
                name: asked[name]
                for name in ("ClusterIdentifier", "WorkgroupName", "DbUser", "SecretArn")
                if name in asked
            }
            execution = Execution(
                parts, batch, asked.get("Database") or DATABASE, where, asked.get("StatementName", "")
            )
            execution.result_format = asked.get("ResultFormat", "JSON")
            self.backend.add(execution, asked.get("ClientToken") or "")
        persistence.save("redshift-data")
        running.start(execution, place(), user, password)
        return self._started(execution)

    def _started(self, execution: Execution) -> str:
        told = {**execution.where, "Id": execution.id, "CreatedAt": execution.created, "Database": execution.database}
        return json.dumps(told)

    def credentials(self, asked: Record) -> tuple[str, str]:
        """Return user and password: of the secret, or of the named user, or the admin's."""
        cluster, workgroup = asked.get("ClusterIdentifier"), asked.get("WorkgroupName")
        if bool(cluster) == bool(workgroup):
            raise _invalid("Give ClusterIdentifier or WorkgroupName, one of them.")
        if cluster not in (None, CLUSTER) or str(workgroup or WORKGROUP).split("/")[-1] != WORKGROUP:
            raise _invalid(f"Redshift endpoint doesn't exist in this region: {cluster or workgroup}")
        if asked.get("SecretArn"):
            return self._secret(asked["SecretArn"])
        name = f"IAM:{asked.get('DbUser') or ADMIN}"
        return name, temporary.issue(place().credentials_key, name, 900)[0]

    def _secret(self, arn: str) -> tuple[str, str]:
        from moto.secretsmanager.models import secretsmanager_backends

        with persistence.lock:
            backend = secretsmanager_backends[self.current_account][self.region]
            try:
                value = json.loads(backend.get_secret_value(arn, "", "AWSCURRENT")["SecretString"])
                return str(value["username"]), str(value["password"])
            except Exception:
                raise _invalid(f"The secret {arn} can't be read, or holds no username and password") from None

    def describe_statement(self) -> str:
        """Tell how far a statement is."""
        execution, part = self._find()
        if part is None:
            return json.dumps(execution.description())
        number = execution.parts.index(part)
        return json.dumps({**execution.description(), **execution.description()["SubStatements"][number]})

    def _find(self) -> tuple[Execution, Part | None]:
        wanted = str(self.asked().get("Id", ""))
        name, _, number = wanted.partition(":")
        execution = self.backend.executions.get(name)
        if execution is None or (number and not (number.isdigit() and 1 <= int(number) <= len(execution.parts))):
            raise JsonRESTError("ResourceNotFoundException", "Query does not exist.")
        return execution, execution.parts[int(number) - 1] if number else None

    def cancel_statement(self) -> str:
        """Stop a statement that is on its way."""
        execution, _ = self._find()
        if not running.cancel(execution):
            raise _invalid(
                f"Could not cancel a query that is already in {execution.status} state with ID: {execution.id}"
            )
        return json.dumps({"Status": True})

    def _result(self) -> tuple[Execution, Part, int]:
        execution, part = self._find()
        part = part or (None if execution.batch else execution.parts[0])
        if part is None or not part.has_result or execution.status != "FINISHED":
            raise JsonRESTError(
                "ResourceNotFoundException",
                "Query does not have result. Please check query status with DescribeStatement.",
            )
        token = str(self.asked().get("NextToken") or "0")
        if not token.isdigit():
            raise _invalid("NextToken is not valid")
        return execution, part, int(token)

    def get_statement_result(self) -> str:
        """Return a page of rows, typed."""
        execution, part, start = self._result()
        if execution.result_format == "CSV":
            raise _invalid("The result is in CSV. Try: GetStatementResultV2")
        return json.dumps(self._page(part, start, "Records", part.records[start : start + _PAGE]))

    def get_statement_result_v2(self) -> str:
        """Return a page of rows as CSV, or typed where the statement was started so."""
        execution, part, start = self._result()
        rows: Any = part.records[start : start + _PAGE]
        if execution.result_format == "CSV":
            rows = [{"CSVRecords": _csv(part.columns, rows, header=start == 0)}]
        return json.dumps({**self._page(part, start, "Records", rows), "ResultFormat": execution.result_format})

    def _page(self, part: Part, start: int, name: str, rows: Any) -> Record:
        page = {"ColumnMetadata": part.columns, "TotalNumRows": part.rows, name: rows}
        return {**page, "NextToken": str(start + _PAGE)} if start + _PAGE < len(part.records) else page

    def list_statements(self) -> str:
        """Return the statements of the last day, the newest first."""
        asked = self.asked()
        status, name = asked.get("Status"), asked.get("StatementName", "")
        found = sorted(self.backend.executions.values(), key=lambda one: one.created, reverse=True)
        found = [one for one in found if status in (None, "ALL", one.status) and one.name.startswith(name)]
        start, size = page_of(asked, 100)
        page: Record = {"Statements": [one.summary() for one in found[start : start + size]]}
        return json.dumps({**page, "NextToken": str(start + size)} if start + size < len(found) else page)


def _parameters(given: Any, sqls: list[str]) -> tuple[tuple[str, str], ...]:
    """Return names and values. Raises ValidationException at one without either, given twice, or that no SQL has."""
    pairs = [(one.get("name"), one.get("value")) for one in given or ()]
    if any(not isinstance(text, str) for pair in pairs for text in pair):
        raise _invalid("Each parameter must have a name and a value, both text")
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise _invalid("Parameters list contains a name more than once")
    if extra := running.unused(sqls, dict(pairs)):
        raise _invalid(f"Parameters list contains unused parameters. Unused parameters: [{', '.join(extra)}]")
    return tuple(pairs)


def _csv(columns: list[Record], rows: list[list[Record]], header: bool) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    if header:
        writer.writerow([column["name"] for column in columns])
    for row in rows:
        writer.writerow(["" if "isNull" in field else next(iter(field.values())) for field in row])
    return out.getvalue()

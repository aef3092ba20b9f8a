"""The Data API: SQL over HTTP (https://docs.aws.amazon.com/redshift-data/latest/APIReference/Welcome.html)."""

from __future__ import annotations

import csv
import io

from moto.core.responses import ActionResult

from localcloud.aws import persistence
from localcloud.aws.errors import ApiError
from localcloud.aws.service import Json, exclusive
from localcloud.redshift.api import running
from localcloud.redshift.api.access import DATABASE, gateway
from localcloud.redshift.api.data_service import invalid
from localcloud.redshift.api.metadata import MetadataOperations
from localcloud.redshift.api.statements import Execution, Part

ROWS_PAGE, STATEMENTS_PAGE = 1000, 100
_MAX_SQL = 100_000
_ECHOED = ("ClusterIdentifier", "WorkgroupName", "DbUser", "SecretArn")


class RedshiftDataResponse(MetadataOperations):
    """Answers the calls of the Data API."""

    def execute_statement(self) -> ActionResult:
        """Start one statement."""
        return self._start([self.parameters["Sql"]], batch=False)

    def batch_execute_statement(self) -> ActionResult:
        """Start statements that run one after another in one transaction."""
        return self._start(self.parameters["Sqls"], batch=True)

    def _start(self, sqls: list[str], batch: bool) -> ActionResult:
        self._check_supported(sqls)
        given = self._sql_parameters(sqls)
        user, password = self.credentials()
        execution = Execution(
            [Part(sql, given) for sql in sqls],
            batch,
            self.parameters.get("Database") or DATABASE,
            {name: self.parameters[name] for name in _ECHOED if name in self.parameters},
            self.parameters.get("StatementName", ""),
            result_format=self.parameters.get("ResultFormat", "JSON"),
        )
        started = self._add(execution)
        if started is execution:
            persistence.save("redshift-data")
            running.start(execution, gateway(), user, password)
        about = {"Id": started.id, "CreatedAt": started.created, "Database": started.database}
        return self.answer({**started.where, **about})

    def _check_supported(self, sqls: list[str]) -> None:
        for name in ("SessionKeepAliveSeconds", "SessionId"):
            if self.parameters.get(name):
                raise self.refuse(name, "The lab's Data API has no sessions.")
        if self.parameters.get("WithEvent"):
            raise self.refuse("WithEvent", "The lab sends no events to EventBridge.")
        if any(not sql.strip() or len(sql) > _MAX_SQL for sql in sqls):
            raise invalid(f"Each SQL statement must have 1 to {_MAX_SQL:,} characters.")

    def _sql_parameters(self, sqls: list[str]) -> tuple[tuple[str, str], ...]:
        """Return names and values. Raises ValidationException at one given twice, or that no SQL has."""
        pairs = [(each["name"], each["value"]) for each in self.parameters.get("Parameters") or ()]
        values = dict(pairs)
        if len(values) < len(pairs):
            raise invalid("Parameters list contains a name more than once")
        if extra := running.unused(sqls, values):
            raise invalid(f"Parameters list contains unused parameters. Unused parameters: [{', '.join(extra)}]")
        return tuple(pairs)

    @exclusive
    def _add(self, execution: Execution) -> Execution:
        """Keep an execution and return it; or return the one that the same request started before."""
        token = self.parameters.get("ClientToken") or ""
        earlier = self.backend.started_with(token)
        if earlier is None:
            self.backend.add(execution, token)
        return earlier or execution

    def describe_statement(self) -> ActionResult:
        """Report the progress of a statement."""
        execution, part = self._find()
        description = execution.description()
        if part is None:
            return self.answer(description)
        return self.answer({**description, **description["SubStatements"][execution.parts.index(part)]})

    def _find(self) -> tuple[Execution, Part | None]:
        name, _, number = self.parameters["Id"].partition(":")
        execution = self.backend.executions.get(name)
        if execution is None or (number and not 1 <= int(number) <= len(execution.parts)):
            raise ApiError("ResourceNotFoundException", "Query does not exist.")
        return execution, execution.parts[int(number) - 1] if number else None

    def cancel_statement(self) -> ActionResult:
        """Stop a statement that has not ended."""
        execution, _ = self._find()
        if not running.cancel(execution):
            text = f"Could not cancel a query that is already in {execution.status} state with ID: {execution.id}"
            raise invalid(text)
        return self.answer({"Status": True})

    def _result(self) -> tuple[Execution, Part]:
        execution, part = self._find()
        part = part or (None if execution.batch else execution.parts[0])
        if part is None or not part.has_result or execution.status != "FINISHED":
            text = "Query does not have result. Please check query status with DescribeStatement."
            raise ApiError("ResourceNotFoundException", text)
        return execution, part

    def get_statement_result(self) -> ActionResult:
        """Return a page of rows, typed."""
        execution, part = self._result()
        if execution.result_format == "CSV":
            raise invalid("The result is in CSV. Try: GetStatementResultV2")
        rows, token = self.page(part.records, ROWS_PAGE)
        return self.answer({**_about(part), "Records": rows, "NextToken": token})

    def get_statement_result_v2(self) -> ActionResult:
        """Return a page of rows as CSV, or typed where the statement was started so."""
        execution, part = self._result()
        rows, token = self.page(part.records, ROWS_PAGE)
        records: list[object] = list(rows)
        if execution.result_format == "CSV":
            records = [{"CSVRecords": _csv(part.columns, rows, header=not self.page_start())}]
        page = {"Records": records, "NextToken": token, "ResultFormat": execution.result_format}
        return self.answer({**_about(part), **page})

    @exclusive
    def list_statements(self) -> ActionResult:
        """Return the statements of the last day, the newest first."""
        status, name = self.parameters.get("Status"), self.parameters.get("StatementName", "")
        newest_first = sorted(self.backend.executions.values(), key=lambda each: each.created, reverse=True)
        statements = [
            each.summary()
            for each in newest_first
            if status in (None, "ALL", each.status) and each.name.startswith(name)
        ]
        return self.paged("Statements", statements, STATEMENTS_PAGE)


def _about(part: Part) -> Json:
    return {"ColumnMetadata": part.columns, "TotalNumRows": part.rows}


def _csv(columns: list[Json], rows: list[list[Json]], header: bool) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    if header:
        writer.writerow([column["name"] for column in columns])
    for row in rows:
        writer.writerow(["" if "isNull" in field else next(iter(field.values())) for field in row])
    return out.getvalue()

"""PREPARE, EXECUTE and DEALLOCATE: the workgroup keeps the statement, the engine gets it with its values.

https://docs.aws.amazon.com/athena/latest/ug/querying-with-prepared-statements.html
"""

from __future__ import annotations

from localcloud.athena.job import Job, Outcome
from localcloud.athena.reader import Reader
from localcloud.athena.statements.database import DONE


def read(reader: Reader) -> tuple[str, str]:
    """Return name and statement of PREPARE name FROM statement."""
    reader.need("PREPARE")
    name = reader.step().text
    reader.need("FROM")
    return name, reader.rest()


def keep(job: Job, name: str, statement: str) -> Outcome:
    """Keep a statement in the workgroup, instead of another of that name."""
    job.prepared.put(name, statement)
    return DONE


def deallocate(job: Job, reader: Reader) -> Outcome:
    """DEALLOCATE PREPARE name."""
    reader.need("DEALLOCATE", "PREPARE")
    name = reader.step().text
    reader.done()
    job.prepared.delete(name)
    return DONE


def bind(job: Job, reader: Reader) -> None:
    """Put the prepared statement and its values instead of EXECUTE name [USING values]."""
    reader.need("EXECUTE")
    name = reader.step().text
    values: list[str] = []
    while reader.take("USING") or (values and reader.take(",")):
        values.append(_value(reader))
    reader.done()
    if values:
        job.execution.parameters = values
    job.sql = job.prepared.get(name)


def _value(reader: Reader) -> str:
    start = reader.token.start
    depth = 0
    while reader.token.kind != "end" and (depth or not reader.sees(",")):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(reader.step().text, 0)
    return reader.sql[start : reader.tokens[reader.at - 1].end]

"""EXPLAIN and EXPLAIN ANALYZE, for the statements that Athena lists.

https://docs.aws.amazon.com/athena/latest/ug/athena-explain-statement.html
"""

from __future__ import annotations

from localcloud.athena.failure import not_supported
from localcloud.athena.job import Job, Outcome
from localcloud.athena.reader import Reader
from localcloud.athena.statements import ctas, insert, query, unload

_OPTIONS: dict[str, tuple[str, ...]] = {
    "FORMAT": ("TEXT", "GRAPHVIZ", "JSON"),
    "TYPE": ("LOGICAL", "DISTRIBUTED", "VALIDATE", "IO"),
}
_ANALYZE: dict[str, tuple[str, ...]] = {"FORMAT": ("TEXT", "JSON")}


def explain(job: Job, reader: Reader) -> Outcome:
    """Return the engine's plan. EXPLAIN ANALYZE also runs the statement."""
    reader.need("EXPLAIN")
    analyze = reader.take("ANALYZE")
    _options(reader, _ANALYZE if analyze else _OPTIONS)
    lead = reader.sql[: reader.token.start]
    if query.begins(reader):
        query.check(reader)
    elif reader.sees("INSERT"):
        target = insert.check(job, reader)
        if analyze:
            target.check_values(job, reader.rest())
    elif reader.sees("CREATE", "TABLE"):
        return _of_plan(job, lead, ctas.plan(job, reader), analyze=analyze)
    elif reader.sees("UNLOAD"):
        return _of_plan(job, lead, unload.plan(job, reader), analyze=analyze)
    else:
        raise not_supported(f"EXPLAIN of this statement is not supported: {reader.token.text.upper()}")
    return job.answer(job.trino(job.sql))


def _of_plan(job: Job, lead: str, planned: ctas.Plan, *, analyze: bool) -> Outcome:
    if planned.exists:
        raise not_supported(f"EXPLAIN needs a table that does not exist yet: {planned.database}.{planned.name}")
    if analyze:
        planned.check_values(job)
    return job.answer(job.trino(f"{lead}{planned.sql}", planned.session, planned.query))


def _options(reader: Reader, known: dict[str, tuple[str, ...]]) -> None:
    if not reader.sees("(") or reader.tokens[reader.at + 1].upper() not in known:
        return  # a parenthesis that begins a query
    reader.need("(")
    while True:
        values = known.get(reader.token.upper())
        if values is None:
            raise reader.mismatch(", ".join(f"'{name}'" for name in known))
        reader.step()
        if reader.token.upper() not in values:
            raise reader.mismatch(", ".join(f"'{value}'" for value in values))
        reader.step()
        if not reader.take(","):
            break
    reader.need(")")

"""CREATE VIEW and DROP VIEW. https://docs.aws.amazon.com/athena/latest/ug/create-view.html"""

from __future__ import annotations

from localcloud.athena.failure import QueryFailed, not_supported
from localcloud.athena.job import CATALOG, Job, Outcome
from localcloud.athena.reader import Reader
from localcloud.athena.statements import catalog, query, targets
from localcloud.athena.statements.database import DONE


def create(job: Job, reader: Reader) -> Outcome:
    """Create or replace a view. The engine checks its query and stores it in Glue in Athena's format."""
    reader.need("CREATE")
    reader.take("OR", "REPLACE")
    reader.need("VIEW")
    line, column = reader.position()
    database, name = targets.sql_name(job, reader)
    known = catalog.find_table(job, database, name)
    if known is not None and not catalog.is_view(known):  # the engine may see a table as a view
        text = f"line {line}:{column}: Table already exists: '{database}.{name}'"
        raise QueryFailed("TABLE_ALREADY_EXISTS", text)
    if reader.sees("COMMENT") or reader.sees("SECURITY"):
        raise not_supported(f"CREATE VIEW has no clause {reader.token.upper()} in Athena")
    reader.need("AS")
    query.check(reader)
    job.trino(job.sql).finish()
    return DONE


def drop(job: Job, reader: Reader) -> Outcome:
    """Remove a view from the catalog."""
    reader.need("DROP", "VIEW")
    present = reader.take("IF", "EXISTS")
    line, column = reader.position()
    database, name = targets.sql_name(job, reader)
    reader.done()
    table = catalog.find_table(job, database, name)
    if table is None and present:
        return DONE
    shown = f"'{CATALOG}.{database}.{name}'"
    if table is None:
        raise QueryFailed("TABLE_NOT_FOUND", f"line {line}:{column}: View {shown} does not exist")
    if not catalog.is_view(table):
        text = f"View {shown} does not exist, but a table with that name exists. Did you mean DROP TABLE {name}?"
        raise QueryFailed("TABLE_NOT_FOUND", f"line {line}:{column}: {text}")
    job.glue.delete_table(DatabaseName=database, Name=name)
    return DONE

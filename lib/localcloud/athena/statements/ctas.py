"""CREATE TABLE AS SELECT: the engine writes an external table, at a place and in a format of Athena's choosing.

https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html
"""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.athena.engine import EngineStatement
from localcloud.athena.failure import QueryFailed
from localcloud.athena.iceberg_metadata import KEPT
from localcloud.athena.job import CATALOG, ICEBERG, Job, Outcome
from localcloud.athena.reader import Reader
from localcloud.athena.results import list_files
from localcloud.athena.statements import books, catalog, iceberg, properties, targets, text_values, write_options
from localcloud.athena.statements import query as queries
from localcloud.athena.statements.properties import Properties, array, identifier, quoted
from localcloud.athena.statements.text_values import Layout
from localcloud.athena.values import column_info

ROWS = column_info({"name": "rows", "typeSignature": {"rawType": "bigint", "arguments": []}})


@dataclass(frozen=True)
class Plan:
    """A statement of the engine that makes a table of the rows of a query."""

    target: str
    """The SQL name of the table."""
    sql: str
    query: str
    """The end of `sql` that the user wrote."""
    location: str
    session: dict[str, str]
    database: str
    name: str
    layout: Layout | None = None
    """How the files are laid out, where that keeps some values from being written."""
    keys: tuple[str, ...] = ()
    """The columns that are in the names of folders."""
    exists: bool = False
    """Whether the table is there already and IF NOT EXISTS was said: nothing is done."""

    def check_values(self, job: Job) -> None:
        """Raise QueryFailed if a value could not be read back from the files."""
        if not no_data(self.query):
            text_values.check(job, self.query, self.layout, self.keys)


def create(job: Job, reader: Reader) -> Outcome:
    """Create a table from the rows of a query."""
    planned = plan(job, reader)
    if planned.exists:
        return Outcome("none", [ROWS], suffix=f"tables/{job.execution.id}", files=[])
    planned.check_values(job)
    statement = job.trino(planned.sql, planned.session, planned.query)
    statement.finish()
    files = [url for url in list_files(job.s3, planned.location) if "/metadata/" not in url]
    if not no_data(planned.query):
        _check_books(job, planned, statement, files)
    return Outcome(
        "none", [ROWS], update_count=statement.update_count, suffix=f"tables/{job.execution.id}", files=files
    )


def no_data(query_text: str) -> bool:
    """Return whether a query ends in WITH NO DATA."""
    return [token.upper() for token in Reader(query_text).tokens[-4:-1]] == ["WITH", "NO", "DATA"]


def _check_books(job: Job, planned: Plan, statement: EngineStatement, files: list[str]) -> None:
    try:
        books.check_new(job, planned.target, statement, files)
    except books.BooksDiffer:
        # A CTAS that fails leaves its files and no table.
        job.glue.delete_table(DatabaseName=planned.database, Name=planned.name)
        raise


def plan(job: Job, reader: Reader) -> Plan:
    """Read a CTAS and return what the engine has to do for it.

    Raises:
        QueryFailed: the table exists, the folder holds files, or a property is not one of a CTAS.
    """
    reader.need("CREATE", "TABLE")
    absent = reader.take("IF", "NOT", "EXISTS")
    database, name = targets.sql_name(job, reader)
    given = properties.read(reader) if reader.take("WITH") else {}
    reader.need("AS")
    queries.check(reader)
    query = reader.rest()
    if catalog.find_table(job, database, name):
        if absent:
            return Plan("", "", query, "", {}, database, name, exists=True)
        raise QueryFailed(
            "TABLE_ALREADY_EXISTS", f"line 1:1: Destination table '{CATALOG}.{database}.{name}' already exists"
        )
    table_type = properties.text(given, "table_type", "HIVE").upper()
    if table_type not in ("HIVE", "ICEBERG"):
        raise QueryFailed("INVALID_TABLE_PROPERTY", f"table_type is HIVE or ICEBERG, and not {table_type}")
    is_iceberg = table_type == "ICEBERG"
    laid_out = layout_of(given)
    keys = keys_of(given)
    location, options, session = _of_iceberg(given) if is_iceberg else _of_hive(job, given)
    properties.refuse_unknown(given)
    target = identifier(ICEBERG if is_iceberg else CATALOG, database, name)
    sql = f"CREATE TABLE {target} WITH ({options}) AS {query}"
    return Plan(target, sql, query, location, session, database, name, laid_out, keys)


def layout_of(given: Properties) -> Layout | None:
    """Return how the files of a format are laid out that cannot hold every value; None for any other."""
    kind = str(given.get("format", "")).upper()
    if kind in ("JSON", "ORC"):
        return Layout(json=kind == "JSON", orc=kind == "ORC")
    return Layout(field=str(given.get("field_delimiter", "\x01"))) if kind == "TEXTFILE" else None


def keys_of(given: Properties) -> tuple[str, ...]:
    """Return the columns that are in the names of folders."""
    keys = given.get("partitioned_by", [])
    return tuple(key.lower() for key in keys) if isinstance(keys, list) else ()


def empty_location(job: Job, url: str) -> str:
    """Return the folder in its full form; raise if something is in it already."""
    if not url.startswith("s3://") or not url[5:].split("/")[0]:
        raise QueryFailed("INVALID_TABLE_PROPERTY", f"{url!r} is not a folder on S3. Try: 's3://bucket/folder/'")
    location = url.rstrip("/") + "/"
    if list_files(job.s3, location):
        raise QueryFailed(
            "HIVE_PATH_ALREADY_EXISTS",
            f"Target directory for table already exists: {location}. Try: an empty folder, or delete what is there",
        )
    return location


def _of_hive(job: Job, options: Properties) -> tuple[str, str, dict[str, str]]:
    write_options.check(options, write_options.CTAS)
    file_format = properties.file_format(options)
    session = properties.session(options, file_format)
    location = empty_location(job, external_location(job, properties.text(options, "external_location")))
    parts = [f"format = {quoted(file_format)}", f"external_location = {quoted(location)}"]
    parts += layout(options)
    if options.pop("is_external", "true") not in ("true", "TRUE"):
        raise QueryFailed("INVALID_TABLE_PROPERTY", "is_external=false is for Iceberg tables only")
    return location, ", ".join(parts), session


def layout(options: Properties) -> list[str]:
    """Take partitions, buckets and delimiter, and return them as the engine's table properties."""
    parts = []
    if keys := properties.texts(options, "partitioned_by"):
        parts.append(f"partitioned_by = {array([key.lower() for key in keys])}")
    if buckets := properties.texts(options, "bucketed_by"):
        count = properties.text(options, "bucket_count")
        parts.append(f"bucketed_by = {array([key.lower() for key in buckets])}, bucket_count = {int(count or 0)}")
    if delimiter := properties.text(options, "field_delimiter"):
        parts.append(f"textfile_field_separator = {quoted(delimiter)}")
    return parts


def external_location(job: Job, requested: str) -> str:
    """Return where the data goes: as asked, or below the output folder of the query."""
    if requested and job.execution.enforced:
        raise QueryFailed(
            "INVALID_TABLE_PROPERTY",
            "The Create Table As Select query failed because it was submitted with an 'external_location' property to "
            "an Athena Workgroup that enforces a centralized output location for all queries. Please remove the "
            "'external_location' property and resubmit the query.",
        )
    return requested or f"{job.execution.output}tables/{job.execution.id}/"


def _of_iceberg(given: Properties) -> tuple[str, str, dict[str, str]]:
    location = properties.text(given, "location").rstrip("/") + "/"
    if not location.startswith("s3://"):
        raise QueryFailed("INVALID_TABLE_PROPERTY", "Iceberg tables need a location on S3. Try: location = 's3://...'")
    if properties.text(given, "is_external", "true").lower() != "false":
        raise QueryFailed("INVALID_TABLE_PROPERTY", "is_external must be set to false for Iceberg tables")
    keys = properties.texts(given, "partitioning")
    known = {key: properties.text(given, key) for key in list(given) if key in (*KEPT, "format", "write_compression")}
    file_format, codec, kept = iceberg.checked(known)
    parts = [f"format = {quoted(file_format.upper())}", f"location = {quoted(location.rstrip('/'))}"]
    if kept:
        parts.append(f"extra_properties = {iceberg.properties_map(kept)}")
    if keys:
        parts.append(f"partitioning = {array(keys)}")
    return location, ", ".join(parts), iceberg.engine_codec(codec)

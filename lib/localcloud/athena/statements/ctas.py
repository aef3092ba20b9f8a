"""CREATE TABLE AS SELECT: the engine writes an external table, at a place and in a format of Athena's choosing.

https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html
"""

from __future__ import annotations

from localcloud.athena.failure import QueryFailed
from localcloud.athena.job import CATALOG, ICEBERG, Job, Outcome
from localcloud.athena.results import list_files
from localcloud.athena.statements import catalog, properties
from localcloud.athena.statements.properties import Properties, array, identifier, quoted
from localcloud.athena.statements.reader import Reader
from localcloud.athena.values import column_info

ROWS = column_info({"name": "rows", "typeSignature": {"rawType": "bigint", "arguments": []}})


def create(job: Job, reader: Reader) -> Outcome:
    """Create a table from the rows of a query."""
    reader.need("CREATE", "TABLE")
    absent = reader.take("IF", "NOT", "EXISTS")
    database, name = catalog.table_name(job, reader)
    asked = properties.read(reader) if reader.take("WITH") else {}
    reader.need("AS")
    query = reader.rest()
    if catalog.find_table(job, database, name):
        if absent:
            return Outcome("none", [ROWS], suffix=f"tables/{job.execution.id}", files=[])
        raise QueryFailed(
            "TABLE_ALREADY_EXISTS", f"line 1:1: Destination table '{CATALOG}.{database}.{name}' already exists"
        )
    iceberg = properties.text(asked, "table_type", "HIVE").upper() == "ICEBERG"
    location, options, session = (_iceberg if iceberg else _hive)(job, asked)
    properties.refuse_unknown(asked)
    target = identifier(ICEBERG if iceberg else CATALOG, database, name)
    statement = job.trino(f"CREATE TABLE {target} WITH ({options}) AS {query}", session, query)
    statement.finish()
    files = [url for url in list_files(job.s3, location) if "/metadata/" not in url]
    return Outcome(
        "none", [ROWS], update_count=statement.update_count, suffix=f"tables/{job.execution.id}", files=files
    )


def empty_location(job: Job, url: str) -> str:
    """Return the folder in its full form; raise where something lies in it already."""
    location = url.rstrip("/") + "/"
    if list_files(job.s3, location):
        raise QueryFailed(
            "HIVE_PATH_ALREADY_EXISTS",
            f"Target directory for table already exists: {location}. Try: an empty folder, or delete what lies there",
        )
    return location


def _hive(job: Job, asked: Properties) -> tuple[str, str, dict[str, str]]:
    file_format = properties.file_format(asked)
    session = properties.session(asked, file_format)
    location = empty_location(job, external_location(job, properties.text(asked, "external_location")))
    parts = [f"format = {quoted(file_format)}", f"external_location = {quoted(location)}"]
    parts += layout(asked)
    if asked.pop("is_external", "true") not in ("true", "TRUE"):
        raise QueryFailed("INVALID_TABLE_PROPERTY", "is_external=false is for Iceberg tables only")
    return location, ", ".join(parts), session


def layout(asked: Properties) -> list[str]:
    """Take partitions, buckets and delimiter, and return them as the engine's table properties."""
    parts = []
    if keys := properties.texts(asked, "partitioned_by"):
        parts.append(f"partitioned_by = {array([key.lower() for key in keys])}")
    if buckets := properties.texts(asked, "bucketed_by"):
        count = properties.text(asked, "bucket_count")
        parts.append(f"bucketed_by = {array([key.lower() for key in buckets])}, bucket_count = {int(count or 0)}")
    if delimiter := properties.text(asked, "field_delimiter"):
        parts.append(f"textfile_field_separator = {quoted(delimiter)}")
    return parts


def external_location(job: Job, asked: str) -> str:
    """Return where the data goes: as asked, or below the output folder of the query."""
    if asked and job.execution.enforced:
        raise QueryFailed(
            "INVALID_TABLE_PROPERTY",
            "The Create Table As Select query failed because it was submitted with an 'external_location' property to "
            "an Athena Workgroup that enforces a centralized output location for all queries. Please remove the "
            "'external_location' property and resubmit the query.",
        )
    return asked or f"{job.execution.output}tables/{job.execution.id}/"


def _iceberg(job: Job, asked: Properties) -> tuple[str, str, dict[str, str]]:
    file_format = properties.file_format(asked)
    codec = properties.session(asked, file_format)["awsdatacatalog.compression_codec"]
    location = external_location(job, properties.text(asked, "location"))
    location = location.rstrip("/") + "/"
    asked.pop("is_external", None)
    for key in [key for key in asked if key.startswith(("vacuum_", "optimize_"))]:
        del asked[key]
    parts = [f"format = {quoted(file_format)}", f"location = {quoted(location.rstrip('/'))}"]
    if keys := properties.texts(asked, "partitioning"):
        parts.append(f"partitioning = {array(keys)}")
    return location, ", ".join(parts), {f"{ICEBERG}.compression_codec": codec}

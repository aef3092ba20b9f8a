"""Iceberg tables: what Athena says in Hive's words, said in the engine's.

https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg.html
"""

from __future__ import annotations

from typing import Any

from localcloud.athena.failure import hive_error, not_supported
from localcloud.athena.job import ICEBERG, Job, Outcome
from localcloud.athena.statements import catalog
from localcloud.athena.statements.columns import engine_type
from localcloud.athena.statements.database import DONE
from localcloud.athena.statements.properties import CODECS, array, identifier, quoted
from localcloud.athena.statements.reader import Reader

_TRANSFORMS = ("bucket", "truncate", "year", "month", "day", "hour")
_DAY_S = 86400
KEPT_S = 432_000
"""Seconds for which VACUUM keeps snapshots where the table does not say it: five days."""


def transforms(reader: Reader) -> list[str]:
    """Return the partitioning of an Iceberg table as the engine writes it: `day(ts)`, `bucket(id, 16)`."""
    found = []
    while reader.token.kind != "end":
        name = reader.name()
        if reader.sees("("):
            if name not in _TRANSFORMS:
                raise not_supported(f"Partition transform {name}. Iceberg has {', '.join(_TRANSFORMS)}")
            inside = [part.strip().strip("`").lower() for part in reader.group().split(",")]
            # Athena writes bucket(16, id), the engine bucket(id, 16).
            name = f"{name}({', '.join(sorted(inside, key=str.isdigit))})"
        found.append(name)
        if not reader.take(","):
            reader.done()
    return found


def create(job: Job, database: str, name: str, entry: dict[str, Any]) -> Outcome:
    """Make an empty Iceberg table at its LOCATION."""
    location = entry["StorageDescriptor"].get("Location")
    if not location:
        raise hive_error("SemanticException An Iceberg table needs a LOCATION on S3")
    columns = ", ".join(_column(column) for column in entry["StorageDescriptor"]["Columns"])
    options = [f"location = {quoted(location.rstrip('/'))}"]
    parameters = {key.lower(): value for key, value in entry["Parameters"].items()}
    options.append(f"format = {quoted(parameters.get('format', 'parquet').upper())}")
    if kept := _kept(parameters):
        options.append(f"extra_properties = {_map(kept)}")
    if entry["Transforms"]:
        options.append(f"partitioning = {array(entry['Transforms'])}")
    codec = CODECS[parameters.get("write_compression", "zstd").upper()]
    comment = f" COMMENT {quoted(entry['Description'])}" if entry.get("Description") else ""
    target = identifier(ICEBERG, database, name)
    sql = f"CREATE TABLE {target} ({columns}){comment} WITH ({', '.join(options)})"
    job.trino(sql, {f"{ICEBERG}.compression_codec": codec}).finish()
    return DONE


def _column(column: dict[str, str]) -> str:
    comment = f" COMMENT {quoted(column['Comment'])}" if column.get("Comment") else ""
    return f"{identifier(column['Name'])} {engine_type(column['Type'])}{comment}"


def _kept(parameters: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in parameters.items() if key.startswith(("vacuum_", "optimize_"))}


def _map(values: dict[str, str]) -> str:
    return f"MAP({array(list(values))}, {array(list(values.values()))})"


def set_properties(job: Job, table: catalog.Table, values: dict[str, str]) -> None:
    """Change table properties that Athena has for Iceberg tables."""
    asked = {key.lower(): value for key, value in values.items()}
    options = [f"format = {quoted(asked.pop('format').upper())}"] if "format" in asked else []
    if kept := _kept(asked):
        options.append(f"extra_properties = {_map(kept)}")
    if unknown := set(asked) - set(kept):
        raise not_supported(f"Table property {min(unknown)} of an Iceberg table cannot be changed")
    target = identifier(ICEBERG, table["DatabaseName"], table["Name"])
    job.trino(f"ALTER TABLE {target} SET PROPERTIES {', '.join(options)}").finish()


def optimize(job: Job, reader: Reader) -> Outcome:
    """Write the small files of a table together: OPTIMIZE t REWRITE DATA USING BIN_PACK [WHERE ...]."""
    reader.need("OPTIMIZE")
    database, name = catalog.table_name(job, reader)
    reader.need("REWRITE", "DATA", "USING", "BIN_PACK")
    where = f" {reader.rest()}" if reader.sees("WHERE") else ""
    if not where:
        reader.done()
    job.trino(f"ALTER TABLE {_target(job, database, name)} EXECUTE optimize{where}").finish()
    return Outcome()


def vacuum(job: Job, reader: Reader) -> Outcome:
    """Drop the snapshots that are older than the table keeps them, and the files that none needs."""
    reader.need("VACUUM")
    database, name = catalog.table_name(job, reader)
    reader.done()
    target = _target(job, database, name)
    properties = identifier(ICEBERG, database, f"{name}$properties")
    asked = f"SELECT value FROM {properties} WHERE key = 'vacuum_max_snapshot_age_seconds'"  # noqa: S608  quoted names
    pages = job.trino(asked).pages()
    found = [row[0] for page in pages for row in page]
    age = f"{found[0] if found else KEPT_S}s"
    job.trino(f"ALTER TABLE {target} EXECUTE expire_snapshots(retention_threshold => {quoted(age)})").finish()
    job.trino(
        f"ALTER TABLE {target} EXECUTE remove_orphan_files(retention_threshold => {quoted(f'{3 * _DAY_S}s')})"
    ).finish()
    return Outcome()


def _target(job: Job, database: str, name: str) -> str:
    table = catalog.get_table(job, database, name)
    if not catalog.is_iceberg(table):
        raise not_supported(f"{database}.{name} is not an Iceberg table")
    return identifier(ICEBERG, database, name)

"""CREATE, ALTER and DROP DATABASE. https://docs.aws.amazon.com/athena/latest/ug/create-database.html"""

from __future__ import annotations

from botocore.exceptions import ClientError

from localcloud.athena.failure import QueryFailed, hive_error
from localcloud.athena.job import Job, Outcome
from localcloud.athena.reader import Reader
from localcloud.athena.statements import catalog, iceberg_drop

DONE = Outcome("txt", suffix=".txt")
DDL_ERROR = "Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask."


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


def create(job: Job, reader: Reader) -> Outcome:
    """Create a database in the catalog."""
    reader = reader.as_hive()
    reader.need("CREATE")
    reader.step()
    absent = reader.take("IF", "NOT", "EXISTS")
    entry: dict[str, object] = {"Name": catalog.database_name(reader)}
    while reader.token.kind != "end":
        if reader.take("COMMENT"):
            entry["Description"] = reader.comment()
        elif reader.take("LOCATION"):
            entry["LocationUri"] = s3_location(reader.string())
        elif reader.take("WITH", "DBPROPERTIES"):
            entry["Parameters"] = key_values(reader)
        else:
            raise reader.mismatch("'COMMENT', 'LOCATION', 'WITH DBPROPERTIES', <EOF>")
    try:
        job.glue.create_database(DatabaseInput=entry)
    except ClientError as error:
        if _code(error) != "AlreadyExistsException":
            raise
        if not absent:
            raise hive_error(f"{DDL_ERROR} Database {entry['Name']} already exists") from error
    return DONE


def drop(job: Job, reader: Reader) -> Outcome:
    """Remove a database, with CASCADE also its tables. Data on S3 stays, except that of Iceberg tables."""
    reader = reader.as_hive()
    reader.need("DROP")
    reader.step()
    present = reader.take("IF", "EXISTS")
    name = catalog.database_name(reader)
    cascade = reader.take("CASCADE") or (reader.take("RESTRICT") and False)
    reader.done()
    try:
        job.glue.get_database(Name=name)
    except ClientError as error:
        if _code(error) != "EntityNotFoundException":
            raise
        if present:
            return DONE
        raise hive_error(f"SemanticException [Error 10072]: Database does not exist: {name}") from error
    if not cascade and next(catalog.tables(job, name), None):
        text = f"InvalidOperationException(message:Database {name} is not empty. One or more tables exist.)"
        raise hive_error(f"{DDL_ERROR} {text}")
    for table in list(catalog.tables(job, name)) if cascade else ():
        if catalog.is_iceberg(table):  # its data is deleted with it: querying-iceberg-additional-operations
            iceberg_drop.drop(job, table)
        else:
            job.glue.delete_table(DatabaseName=name, Name=table["Name"])
    job.glue.delete_database(Name=name)
    return DONE


def alter(job: Job, reader: Reader) -> Outcome:
    """Set properties of a database."""
    reader = reader.as_hive()
    reader.need("ALTER")
    reader.step()
    name = catalog.database_name(reader)
    reader.need("SET", "DBPROPERTIES")
    values = key_values(reader)
    reader.done()
    database = job.glue.get_database(Name=name)["Database"]
    kept = {key: database[key] for key in ("Name", "Description", "LocationUri") if key in database}
    parameters = {**database.get("Parameters", {}), **values}
    job.glue.update_database(Name=name, DatabaseInput={**kept, "Parameters": parameters})
    return DONE


def key_values(reader: Reader) -> dict[str, str]:
    """Return the `('key'='value', ...)` that come next.

    Athena's pages also write a number or a truth value without quotes: `'compression_level' = 4`.
    """
    values = {}
    reader.need("(")
    while not reader.sees(")"):
        key = reader.string()
        reader.need("=")
        plain = reader.token.kind == "number" or reader.token.upper() in ("TRUE", "FALSE")
        values[key] = reader.step().text if plain else reader.string()
        if not reader.take(","):
            break
    reader.need(")")
    return values


def s3_location(url: str) -> str:
    """Return a LOCATION that the lab may read; raise for any other place than S3."""
    if url.startswith(("s3://", "s3a://", "s3n://")) and len(url.split("://", 1)[1].split("/")[0]) > 0:
        return url
    raise QueryFailed("INVALID_TABLE_PROPERTY", f"LOCATION {url!r} is not on S3. Try: 's3://bucket/folder/'")

"""UNLOAD as data: https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from localcloud.redshift.errors import SqlError, syntax_error
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.reader import Reader
from localcloud.redshift.transfer.options import AUTHORIZATION, Rule, delimiter, flag, read_options, string
from localcloud.redshift.transfer.statements import COMPRESSIONS, Authorization, authorization, constant
from localcloud.redshift.transfer.unload_rules import MB, check_options, file_size, row_group


@dataclass(frozen=True)
class Unload:
    """An UNLOAD of a query to S3. Sizes are bytes."""

    query: str
    target: str
    authorization: Authorization
    format: str = "delimited"
    delimiter: str = ""
    compression: str = ""
    fixedwidth: str = ""
    null_as: str = ""
    partition_by: tuple[str, ...] = ()
    include: bool = False
    manifest: bool = False
    verbose: bool = False
    header: bool = False
    addquotes: bool = False
    escape: bool = False
    allowoverwrite: bool = False
    cleanpath: bool = False
    parallel: bool = True
    maxfilesize: int = int(6.2 * 1024) * MB
    rowgroupsize: int = 32 * MB
    extension: str = ""
    encrypted: str = ""
    kms_key: str = ""
    hive: bool = False
    """Whether the files are those of an external table, which Hive's rules read."""
    name_prefix: str = ""
    """What comes before the slice in the name of each object."""

    @property
    def prefix(self) -> str:
        """Return what the names of all objects begin with: partitions make the prefix a folder."""
        folder = self.partition_by and not self.target.endswith("/")
        return f"{self.target}/" if folder else self.target

    @property
    def shown_format(self) -> str:
        """Return the format as the system tables name it."""
        return {"parquet": "Parquet", "json": "Json", "csv": "Csv"}.get(self.format, "Text")


def _unload_format(reader: Reader) -> dict[str, Any]:
    reader.accept("AS")
    token = reader.next()
    if token.upper not in ("CSV", "PARQUET", "JSON"):
        raise syntax_error(token.text)
    return {"format": token.upper.lower()}


def _partition(reader: Reader) -> dict[str, Any]:
    reader.expect("BY")
    return {"partition_by": tuple(reader.names()), "include": reader.accept("INCLUDE")}


UNLOAD: dict[str, Rule] = {
    **AUTHORIZATION,
    **COMPRESSIONS,
    "FORMAT": _unload_format,
    "CSV": constant(format="csv"),
    "PARQUET": constant(format="parquet"),
    "JSON": constant(format="json"),
    "PARTITION": _partition,
    "MANIFEST": lambda reader: {"manifest": True, "verbose": reader.accept("VERBOSE")},
    "HEADER": flag("header"),
    "DELIMITER": delimiter,
    "FIXEDWIDTH": lambda reader: {"fixedwidth": reader.string()},
    "ADDQUOTES": flag("addquotes"),
    "NULL": string("null_as"),
    "ESCAPE": flag("escape"),
    "ALLOWOVERWRITE": flag("allowoverwrite"),
    "CLEANPATH": flag("cleanpath"),
    "PARALLEL": lambda reader: {"parallel": reader.boolean()},
    "MAXFILESIZE": file_size,
    "ROWGROUPSIZE": row_group,
    "EXTENSION": string("extension"),
    # Without a key, S3 encrypts the objects at rest itself, as it always does.
    "ENCRYPTED": lambda reader: {"encrypted": "AUTO" if reader.accept("AUTO") else "ON"},
    "KMS_KEY_ID": string("kms_key"),
}


def parse_unload(tokens: Tokens) -> Unload:
    """Read an UNLOAD. Raises SqlError if it breaks the grammar or wants what the lab does not have."""
    reader = Reader(tokens)
    reader.expect("UNLOAD")
    reader.expect("(")
    query = reader.string()
    reader.expect(")")
    reader.expect("TO")
    target = reader.string()
    options = read_options(reader, UNLOAD, "UNLOAD")
    if target[:5].lower() != "s3://":
        raise SqlError(
            "22023", "UNLOAD destination is not supported. (Hint: only S3 or DynamoDB based unload is allowed)"
        )
    check_options(options, {token.upper for token in tokens})
    return Unload(query, f"s3://{target[5:]}", authorization(options), **options)

"""UNLOAD as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from localcloud.redshift.errors import SqlError, syntax_error
from localcloud.redshift.sql.lexer import tokens
from localcloud.redshift.transfer.options import AUTHORIZATION, Reader, Rule, delimiter, flag, read_options, string
from localcloud.redshift.transfer.statements import COMPRESSIONS, Authorization, authorization, constant


@dataclass(frozen=True)
class Unload:
    """An UNLOAD of a query to S3."""

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
    maxfilesize: int = 6_200_000_000
    extension: str = ""
    encrypted: str = ""
    kms_key: str = ""


def _unload_format(reader: Reader) -> dict[str, Any]:
    reader.accept("AS")
    token = reader.next()
    if token.upper not in ("CSV", "PARQUET", "JSON"):
        raise syntax_error(token.text)
    return {"format": token.upper.lower()}


def _partition(reader: Reader) -> dict[str, Any]:
    reader.expect("BY")
    return {"partition_by": tuple(reader.names()), "include": reader.accept("INCLUDE")}


def _size(reader: Reader) -> dict[str, Any]:
    reader.accept("AS")
    number = float(reader.next().text)
    unit = 2**30 if reader.accept("GB") else 2**20
    if unit == 2**20:
        reader.accept("MB")
    if not 5 * 2**20 <= number * unit <= 6.2 * 2**30:
        raise SqlError("22023", "MAXFILESIZE must be between 5 MB and 6.2 GB")
    return {"maxfilesize": int(number * unit)}


def _row_group(reader: Reader) -> dict[str, Any]:
    reader.integer()
    if not reader.accept("MB", "GB"):
        raise SqlError("42601", "ROWGROUPSIZE needs MB or GB")
    return {}


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
    "MAXFILESIZE": _size,
    "ROWGROUPSIZE": _row_group,
    "EXTENSION": string("extension"),
    # Without a key of its own it asks S3 for what S3 does anyway: encryption at rest by the service.
    "ENCRYPTED": lambda reader: {"encrypted": "AUTO" if reader.accept("AUTO") else "ON"},
    "KMS_KEY_ID": string("kms_key"),
}


def _check_key(found: dict[str, Any], words: set[str]) -> None:
    """Raise SqlError where a key of KMS does not go with the other options."""
    if found.get("encrypted") != "ON":
        raise SqlError("42601", "KMS_KEY_ID needs ENCRYPTED, and does not go with ENCRYPTED AUTO")
    if "CREDENTIALS" in words:
        raise SqlError("42601", "CREDENTIALS does not go with KMS_KEY_ID", hint="IAM_ROLE, or ACCESS_KEY_ID")


def parse_unload(sql: str) -> Unload:
    """Read an UNLOAD. Raises SqlError where it breaks the grammar or wants what the lab does not have."""
    words = tokens(sql)
    reader = Reader(words)
    reader.expect("UNLOAD")
    reader.expect("(")
    query = reader.string()
    reader.expect(")")
    reader.expect("TO")
    target = reader.string()
    found = read_options(reader, UNLOAD, "UNLOAD")
    if not target.startswith("s3://"):
        raise SqlError(
            "22023", "UNLOAD destination is not supported. (Hint: only S3 or DynamoDB based unload is allowed)"
        )
    if found.get("kms_key"):
        _check_key(found, {word.upper for word in words})
    form = found.get("format", "delimited")
    if form in ("parquet", "json"):
        for name in found.keys() & {"delimiter", "fixedwidth", "addquotes", "escape", "null_as", "header"}:
            raise SqlError("0A000", f"{name.upper()} is not supported for UNLOAD to {form.upper()}")
    if form == "csv" and (wrong := found.keys() & {"escape", "fixedwidth", "addquotes"}):
        raise SqlError("42601", f"CSV is not compatible with {sorted(wrong)[0].upper()}")
    if found.get("cleanpath") and found.get("allowoverwrite"):
        raise SqlError("42601", "CLEANPATH and ALLOWOVERWRITE cannot be given together")
    if form == "parquet" and found.get("compression"):
        raise SqlError("0A000", f"{found['compression'].upper()} is not supported for UNLOAD to PARQUET")
    return Unload(query, target, authorization(found), **found)

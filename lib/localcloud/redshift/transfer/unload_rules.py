"""The conditions between UNLOAD's options: https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html."""

from __future__ import annotations

from typing import Any

from localcloud.redshift.errors import SqlError, syntax_error
from localcloud.redshift.sql.reader import Reader

MB = 2**20
_SMALLEST, _LARGEST = 5 * MB, 6.2 * 1024 * MB
_SMALLEST_GROUP, _LARGEST_GROUP = 32 * MB, 128 * MB
_NAMES = {"null_as": "NULL AS", "compression": "compression"}
_EXCLUDED = {
    "parquet": {"delimiter", "fixedwidth", "addquotes", "escape", "null_as", "header", "compression"},
    "json": {"delimiter", "fixedwidth", "addquotes", "escape", "null_as", "header"},
    "csv": {"fixedwidth", "addquotes", "escape"},
    "fixedwidth": {"delimiter", "header", "addquotes", "escape"},
}
"""Format -> the options that cannot be combined with it."""


def file_size(reader: Reader) -> dict[str, Any]:
    """Take the size of MAXFILESIZE, a decimal number of MB or GB. Raises SqlError outside 5 MB to 6.2 GB."""
    reader.accept("AS")
    size = _number(reader) * _unit(reader)
    if not _SMALLEST <= size <= _LARGEST:
        raise SqlError("22023", "MAXFILESIZE must be between 5 MB and 6.2 GB")
    return {"maxfilesize": int(size)}


def row_group(reader: Reader) -> dict[str, Any]:
    """Take the size of ROWGROUPSIZE, a whole number of MB or GB. Raises SqlError outside 32 MB to 128 MB."""
    size = reader.integer() * _unit(reader)
    if not _SMALLEST_GROUP <= size <= _LARGEST_GROUP:
        raise SqlError("22023", "ROWGROUPSIZE must be between 32 MB and 128 MB")
    return {"rowgroupsize": size}


def _number(reader: Reader) -> float:
    token = reader.next()
    if token.kind != "number":
        raise syntax_error(token.text)
    return float(token.text)


def _unit(reader: Reader) -> int:
    if reader.accept("GB"):
        return 1024 * MB
    reader.accept("MB")
    return MB


def check_options(options: dict[str, Any], keywords: set[str]) -> None:
    """Raise SqlError if options exclude each other, or one needs another that is missing."""
    form = str(options.get("format", "fixedwidth" if "fixedwidth" in options else "delimited"))
    for name in sorted(options.keys() & _EXCLUDED.get(form, set())):
        raise SqlError("42601", f"{_shown(name, options)} is not supported for UNLOAD to {form.upper()}")
    if options.get("cleanpath") and options.get("allowoverwrite"):
        raise SqlError("42601", "CLEANPATH and ALLOWOVERWRITE cannot be combined")
    if "rowgroupsize" in options and form != "parquet":
        raise SqlError("42601", "ROWGROUPSIZE needs FORMAT PARQUET")
    keys = options.get("partition_by", ())
    if len(set(keys)) < len(keys):
        raise SqlError("42701", f'column "{_first_repeated(keys)}" appears twice in PARTITION BY')
    _check_encryption(options, keywords)


def _shown(name: str, options: dict[str, Any]) -> str:
    if name == "compression":
        return {"gzip": "GZIP", "bz2": "BZIP2", "zstd": "ZSTD"}[options[name]]
    return _NAMES.get(name, name.upper())


def _first_repeated(names: tuple[str, ...]) -> str:
    return next(name for index, name in enumerate(names) if name in names[:index])


def _check_encryption(options: dict[str, Any], keywords: set[str]) -> None:
    """Raise SqlError if ENCRYPTED or a key of KMS cannot be combined with the other options."""
    encrypted, key = options.get("encrypted"), options.get("kms_key")
    if not key:
        return
    if encrypted != "ON":
        raise SqlError("42601", "KMS_KEY_ID needs ENCRYPTED, and cannot be combined with ENCRYPTED AUTO")
    if "CREDENTIALS" in keywords:
        raise SqlError("42601", "CREDENTIALS cannot be combined with KMS_KEY_ID", hint="IAM_ROLE, or ACCESS_KEY_ID")

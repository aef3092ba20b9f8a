"""COPY as data, and the rights by which S3 is read and written."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import identifier
from localcloud.redshift.sql.reader import Reader
from localcloud.redshift.transfer import copy_rules
from localcloud.redshift.transfer.options import (
    AUTHORIZATION,
    Rule,
    delimiter,
    flag,
    integer,
    read_options,
    refused,
    string,
    switch,
)


@dataclass(frozen=True)
class Authorization:
    """By what right S3 is read or written: a role, or keys. Their text is in no repr."""

    iam_role: str = ""
    access_key: str = ""
    secret_key: str = ""
    session_token: str = ""
    region: str = ""

    def __repr__(self) -> str:
        """Return no secret."""
        return f"Authorization(iam_role={self.iam_role!r})"


@dataclass(frozen=True)
class Copy:
    """A COPY from S3 into a table."""

    table: str
    columns: tuple[str, ...]
    source: str
    authorization: Authorization
    format: str = "delimited"
    json: str = "auto"
    fixedwidth: str = ""
    quote: str = '"'
    delimiter: str = ""
    compression: str = ""
    manifest: bool = False
    null_as: str = "\\N"
    dateformat: str = ""
    timeformat: str = ""
    encoding: str = "utf8"
    ignoreheader: int = 0
    maxerror: int = 0
    acceptinvchars: str = ""
    acceptanydate: bool = False
    blanksasnull: bool = False
    emptyasnull: bool = False
    escape: bool = False
    explicit_ids: bool = False
    fillrecord: bool = False
    ignoreblanklines: bool = False
    removequotes: bool = False
    roundec: bool = False
    trimblanks: bool = False
    truncatecolumns: bool = False
    ignoreallerrors: bool = False
    noload: bool = False
    serializetojson: bool = False
    statupdate: bool = False
    """Whether STATUPDATE is given, ON or OFF."""


def _format(reader: Reader) -> dict[str, Any]:
    reader.accept("AS")
    token = reader.next()
    rule = _COPY_FORMATS.get(token.upper)
    if rule is None:
        raise syntax_error(token.text)
    return rule(reader)


def _csv(reader: Reader) -> dict[str, Any]:
    quote = {"quote": reader.string()} if reader.accept("QUOTE") else {}
    return {"format": "csv", **quote}


def _json(reader: Reader) -> dict[str, Any]:
    return {"format": "json", "json": copy_rules.json_option(reader.optional_string("auto"), "noshred")}


def _avro(reader: Reader) -> dict[str, Any]:
    return {"format": "avro", "json": copy_rules.json_option(reader.optional_string("auto"), "noshred")}


def constant(**values: Any) -> Rule:
    """Return the rule of an option that is one keyword and sets these values."""
    return lambda _reader: dict(values)


_COPY_FORMATS: dict[str, Rule] = {
    "CSV": _csv,
    "JSON": _json,
    "AVRO": _avro,
    "PARQUET": constant(format="parquet"),
    "ORC": constant(format="orc"),
    "DELIMITER": delimiter,
    "FIXEDWIDTH": lambda reader: {"format": "fixedwidth", "fixedwidth": copy_rules.widths(reader.string())},
    "SHAPEFILE": refused("SHAPEFILE"),
    "RCFILE": refused("RCFILE"),
    "SEQUENCEFILE": refused("SEQUENCEFILE"),
    "TEXTFILE": refused("TEXTFILE"),
}
COMPRESSIONS: dict[str, Rule] = {
    "GZIP": constant(compression="gzip"),
    "BZIP2": constant(compression="bz2"),
    "ZSTD": constant(compression="zstd"),
    "LZOP": refused("LZOP"),
}
COPY: dict[str, Rule] = {
    **AUTHORIZATION,
    **COMPRESSIONS,
    **_COPY_FORMATS,
    "FORMAT": _format,
    "QUOTE": string("quote"),
    "MANIFEST": flag("manifest"),
    "NULL": lambda reader: {"null_as": reader.null_string()},
    "DATEFORMAT": string("dateformat"),
    "TIMEFORMAT": string("timeformat"),
    "ENCODING": lambda reader: {"encoding": _encoding(reader)},
    "IGNOREHEADER": integer("ignoreheader"),
    "MAXERROR": integer("maxerror"),
    "ACCEPTINVCHARS": lambda reader: {"acceptinvchars": reader.optional_string("?")},
    "COMPUPDATE": switch("compupdate", "PRESET"),
    "STATUPDATE": switch("statupdate"),
    "COMPROWS": integer("comprows"),
    "SSH": refused("SSH"),
    "READRATIO": refused("READRATIO (DynamoDB)"),
    "JOB": refused("JOB CREATE (automatic copy)"),
    **{
        name.upper(): flag(name)
        for name in (
            *("acceptanydate", "blanksasnull", "emptyasnull", "escape", "explicit_ids", "fillrecord", "noload"),
            *("ignoreblanklines", "removequotes", "roundec", "trimblanks", "truncatecolumns", "ignoreallerrors"),
            "serializetojson",
        )
    },
}
_ENCODINGS = {"UTF8": "utf8", "UTF16": "utf-16", "UTF16LE": "utf-16-le", "UTF16BE": "utf-16-be", "ISO88591": "latin-1"}


def _encoding(reader: Reader) -> str:
    reader.accept("AS")
    token = reader.next()
    name = (token.text.strip("'") if token.kind == "string" else token.text).upper()
    if name not in _ENCODINGS:
        raise SqlError("22023", f"unsupported encoding {name}", hint=f"one of {', '.join(_ENCODINGS)}")
    return _ENCODINGS[name]


def parse_copy(tokens: Tokens) -> Copy:
    """Read a COPY. Raises SqlError if it breaks the grammar or wants what the lab does not have."""
    reader = Reader(tokens)
    reader.expect("COPY")
    table = identifier(reader.name())
    while reader.accept("."):
        table += "." + identifier(reader.name())
    columns = tuple(reader.names()) if reader.peek() == "(" else ()
    reader.expect("FROM")
    token = reader.next()
    if token.upper in ("STDIN", "STDOUT", "PROGRAM"):
        raise SqlError("0A000", f"COPY FROM {token.upper} is not supported", hint="COPY FROM 's3://...'")
    reader.index -= 1
    source = reader.string()
    if not source.startswith("s3://"):
        raise not_supported(f"COPY from {source.split(':')[0]}", hint="COPY FROM 's3://...'")
    options = read_options(reader, COPY, "COPY")
    copy_rules.check(options)
    given = {name: value for name, value in options.items() if name not in copy_rules.WITHOUT_EFFECT}
    return Copy(table, columns, source, authorization(given), statupdate="statupdate" in options, **given)


def authorization(options: dict[str, Any]) -> Authorization:
    """Take the credentials out of the options. Raises SqlError unless there is a role or a pair of keys."""
    given = {field.name: options.pop(field.name, "") for field in fields(Authorization)}
    if bool(given["access_key"]) != bool(given["secret_key"]):
        raise SqlError("42601", "ACCESS_KEY_ID and SECRET_ACCESS_KEY must be given together")
    if bool(given["iam_role"]) == bool(given["access_key"]):
        raise SqlError("42601", "Invalid credentials: give IAM_ROLE, or ACCESS_KEY_ID and SECRET_ACCESS_KEY")
    return Authorization(**given)

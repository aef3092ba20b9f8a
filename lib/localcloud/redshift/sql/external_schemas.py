"""CREATE EXTERNAL SCHEMA as data.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_SCHEMA.html
"""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.redshift.errors import not_supported, syntax_error
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.reader import Reader


@dataclass(frozen=True)
class ExternalSchema:
    """A CREATE EXTERNAL SCHEMA."""

    name: str
    database: str
    role: str
    if_not_exists: bool = False
    make_database: bool = False


def read_schema(tokens: Tokens) -> ExternalSchema:
    """Read a CREATE EXTERNAL SCHEMA ... FROM DATA CATALOG. Raises SqlError at other sources."""
    reader = Reader(tokens)
    reader.expect("CREATE", "EXTERNAL", "SCHEMA")
    if_not_exists = reader.if_not_exists()
    name = reader.name()
    reader.accept("LOCAL")
    reader.expect("FROM")
    if not reader.accept("DATA"):
        raise not_supported(f"CREATE EXTERNAL SCHEMA FROM {reader.next().upper}", hint="FROM DATA CATALOG")
    reader.expect("CATALOG")
    options = {"database": "", "iam_role": "", "made": ""}
    while not reader.ended:
        _option(reader, options)
    if not options["database"] or not options["iam_role"]:
        raise syntax_error("CATALOG")
    return ExternalSchema(name, options["database"].lower(), options["iam_role"], if_not_exists, bool(options["made"]))


def _option(reader: Reader, options: dict[str, str]) -> None:
    token = reader.next()
    if token.upper == "DATABASE":
        # The documented form is a string; a bare name is what many write.
        options["database"] = reader.string() if not reader.peek() else reader.name()
    elif token.upper in ("REGION", "CATALOG_ROLE", "CATALOG_ID"):
        reader.string()
    elif token.upper == "IAM_ROLE":
        options["iam_role"] = reader.role()
    elif token.upper == "CREATE":
        reader.expect("EXTERNAL", "DATABASE", "IF", "NOT", "EXISTS")
        options["made"] = "yes"
    else:
        raise syntax_error(token.text)

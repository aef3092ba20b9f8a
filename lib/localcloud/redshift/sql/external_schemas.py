"""CREATE EXTERNAL SCHEMA as data, and ALTER EXTERNAL SCHEMA of one that stands for Kafka.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_SCHEMA.html
https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_EXTERNAL_SCHEMA.html
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from localcloud.redshift.errors import SqlError, not_supported, syntax_error
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.reader import Reader

_AUTHENTICATIONS = ("NONE", "IAM", "MTLS")
_STRINGS = {
    "URI": "uri",
    "CLUSTER_ARN": "cluster_arn",
    "AUTHENTICATION_ARN": "certificate_arn",
    "SECRET_ARN": "secret_arn",
    "REGION": "region",
}
"""Options of a schema of topics that take a string -> the field that holds it."""


@dataclass(frozen=True)
class ExternalSchema:
    """A CREATE EXTERNAL SCHEMA ... FROM DATA CATALOG."""

    name: str
    database: str
    role: str
    if_not_exists: bool = False
    make_database: bool = False


@dataclass(frozen=True)
class KafkaSchema:
    """A CREATE EXTERNAL SCHEMA ... FROM KAFKA or MSK, or what an ALTER of it changes; empty where it says nothing."""

    name: str
    if_not_exists: bool = False
    role: str = ""
    authentication: str = ""
    uri: str = ""
    cluster_arn: str = ""
    certificate_arn: str = ""
    secret_arn: str = ""
    region: str = ""


def read_schema(tokens: Tokens) -> ExternalSchema | KafkaSchema:
    """Read a CREATE EXTERNAL SCHEMA ... FROM DATA CATALOG, KAFKA or MSK. Raises SqlError at other sources."""
    reader = Reader(tokens)
    reader.expect("CREATE", "EXTERNAL", "SCHEMA")
    if_not_exists = reader.if_not_exists()
    name = reader.name()
    reader.accept("LOCAL")
    reader.expect("FROM")
    if reader.accept("KAFKA", "MSK"):
        schema = _kafka_options(reader, KafkaSchema(name, if_not_exists))
        _check(schema)
        return schema
    if not reader.accept("DATA"):
        raise not_supported(
            f"CREATE EXTERNAL SCHEMA FROM {reader.next().upper}", hint="FROM DATA CATALOG or FROM KAFKA"
        )
    reader.expect("CATALOG")
    options = {"database": "", "iam_role": "", "made": ""}
    while not reader.ended:
        _option(reader, options)
    if not options["database"] or not options["iam_role"]:
        raise syntax_error("CATALOG")
    return ExternalSchema(name, options["database"].lower(), options["iam_role"], if_not_exists, bool(options["made"]))


def read_alter(tokens: Tokens) -> KafkaSchema:
    """Read an ALTER EXTERNAL SCHEMA: what it changes. Raises SqlError."""
    reader = Reader(tokens)
    reader.expect("ALTER", "EXTERNAL", "SCHEMA")
    schema = KafkaSchema(reader.name())
    if reader.ended:
        raise SqlError("42601", "syntax error at end of input")
    return _kafka_options(reader, schema)


def _kafka_options(reader: Reader, schema: KafkaSchema) -> KafkaSchema:
    while not reader.ended:
        token = reader.next()
        if token.upper in _STRINGS:
            given: dict[str, Any] = {_STRINGS[token.upper]: reader.string()}
            schema = replace(schema, **given)
        elif token.upper == "IAM_ROLE":
            schema = replace(schema, role=reader.role())
        elif token.upper == "AUTHENTICATION":
            kind = reader.next()
            if kind.upper not in _AUTHENTICATIONS:
                raise syntax_error(kind.text)
            schema = replace(schema, authentication=kind.upper.lower())
        else:
            raise syntax_error(token.text)
    return schema


def _check(schema: KafkaSchema) -> None:
    """Raise SqlError if an option is missing that the others need."""
    if not schema.authentication:
        raise SqlError("42601", "AUTHENTICATION is missing", hint="AUTHENTICATION none, iam or mtls")
    if bool(schema.uri) == bool(schema.cluster_arn):
        raise SqlError("42601", "the brokers are given by URI or by CLUSTER_ARN, and by one of them only")
    if schema.authentication != "none" and not schema.role:
        raise SqlError("42601", f"AUTHENTICATION {schema.authentication} needs an IAM_ROLE")
    has_certificate = bool(schema.certificate_arn) + bool(schema.secret_arn)
    if has_certificate != (schema.authentication == "mtls"):
        raise SqlError("42601", "AUTHENTICATION mtls takes AUTHENTICATION_ARN or SECRET_ARN, and nothing else does")


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

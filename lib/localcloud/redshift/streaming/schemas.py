"""CREATE and ALTER EXTERNAL SCHEMA of topics, and the stage that a materialized view over a topic reads.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_SCHEMA.html
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields

from localcloud.redshift.errors import SqlError
from localcloud.redshift.session.prepared import Prepared, Running
from localcloud.redshift.sql import Facts, Plan, Session, Wanted
from localcloud.redshift.sql.external_schemas import KafkaSchema, read_alter, read_schema
from localcloud.redshift.sql.facts import TableName
from localcloud.redshift.sql.lexer import Tokens
from localcloud.redshift.sql.names import identifier
from localcloud.redshift.transfer import roles

_ROLE = "arn:aws:iam::123456789012:role/LabRole"
_SHOWN = {
    "role": "IAM_ROLE",
    "authentication": "AUTHENTICATION",
    "uri": "URI",
    "cluster_arn": "CLUSTER_ARN",
    "certificate_arn": "AUTHENTICATION_ARN",
    "secret_arn": "SECRET_ARN",
}
_OPTIONS = "SELECT redshift_lab.stream_options($1, current_user)"


async def create(tokens: Tokens, _session: Session, _facts: Facts) -> Prepared | None:
    """Return a CREATE EXTERNAL SCHEMA of topics ready to run, or None."""
    if [token.upper for token in tokens[1:3]] != ["EXTERNAL", "SCHEMA"]:
        return None
    schema = read_schema(tokens)
    return Prepared(Plan(""), CreateSchema(schema)) if isinstance(schema, KafkaSchema) else None


async def alter(tokens: Tokens, _session: Session, _facts: Facts) -> Prepared | None:
    """Return an ALTER EXTERNAL SCHEMA ready to run, or None."""
    is_schema = [token.upper for token in tokens[1:3]] == ["EXTERNAL", "SCHEMA"]
    return Prepared(Plan(""), AlterSchema(read_alter(tokens))) if is_schema else None


@dataclass(frozen=True)
class CreateSchema:
    """CREATE EXTERNAL SCHEMA ... FROM KAFKA or MSK."""

    schema: KafkaSchema

    async def run(self, context: Running) -> str:
        """Make the schema in the client's transaction. Raises SqlError."""
        made = await context.link.query("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", self.schema.name)
        if not (made and self.schema.if_not_exists):
            options = _options(self.schema)
            await _check(options, context)
            await context.link.query(f"CREATE SCHEMA {identifier(self.schema.name)}")
            await _note(context, self.schema.name, options)
            context.sql.external_schemas.add(self.schema.name)
        return "CREATE SCHEMA"


@dataclass(frozen=True)
class AlterSchema:
    """ALTER EXTERNAL SCHEMA of a schema of topics."""

    change: KafkaSchema

    async def run(self, context: Running) -> str:
        """Change where the brokers are, or the login. Raises SqlError."""
        rows = await context.link.query(_OPTIONS, self.change.name)
        if rows[0][0] is None:
            raise SqlError("3F000", f'external schema "{self.change.name}" of Kafka does not exist')
        options = {**json.loads(rows[0][0]), **_options(self.change)}
        await _check(options, context)
        await _note(context, self.change.name, options)
        return "ALTER SCHEMA"


def _options(schema: KafkaSchema) -> dict[str, str]:
    given = {field.name: getattr(schema, field.name) for field in fields(schema)}
    options = {shown: given[name] for name, shown in _SHOWN.items() if given[name]}
    if options.get("IAM_ROLE") == "default":
        options["IAM_ROLE"] = _ROLE
    return options


async def _check(options: Mapping[str, str], context: Running) -> None:
    """Raise SqlError if the lab does not have the role or the brokers."""
    try:
        from localcloud.redshift.streaming.brokers import brokers_of  # noqa: PLC0415  late: 10 MB of librdkafka
    except ModuleNotFoundError:
        raise SqlError(
            "55000", "confluent-kafka is not installed", hint="pip install localcloud-lab[streaming]"
        ) from None
    if role := options.get("IAM_ROLE"):
        await asyncio.to_thread(roles.check, role, context.settings)
    brokers_of(options, context.settings)


async def _note(context: Running, name: str, options: Mapping[str, str]) -> None:
    role = options.get("IAM_ROLE", "")
    await context.link.query("SELECT redshift_lab.note_stream_schema($1, $2, $3)", name, role, json.dumps(options))


async def make(context: Running, wanted: Wanted) -> dict[TableName, str]:
    """Make the stages of the topics that a new materialized view reads; return their names. Raises SqlError."""
    stages = dict[TableName, str]()
    for schema, topic in wanted.tables:
        rows = await context.link.query(_OPTIONS, schema)
        if rows[0][0] is None:
            continue
        if not wanted.lasting:
            hint = "CREATE MATERIALIZED VIEW"
            raise SqlError("0A000", f'the topic "{topic}" can be read by a materialized view only', hint=hint)
        stages[schema, topic] = await _stage(context, schema, topic, json.loads(rows[0][0]))
    return stages


async def _stage(context: Running, schema: str, topic: str, options: Mapping[str, str]) -> str:
    from localcloud.redshift.streaming import brokers, rows  # noqa: PLC0415  late: 10 MB of librdkafka

    there = await asyncio.to_thread(brokers.look_up, brokers.brokers_of(options, context.settings), topic)
    name = f"pg_spectrum.stream_{secrets.token_hex(8)}"
    columns = ", ".join(" ".join(column) for column in rows.COLUMNS)
    await context.link.query(f"CREATE UNLOGGED TABLE {name} ({columns})")
    await context.link.query("SELECT redshift_lab.note_stream($1, $2, $3, $4)", name, schema, topic, there.id)
    return name

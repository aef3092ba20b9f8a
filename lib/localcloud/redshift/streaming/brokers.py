"""The lab's Kafka as Redshift reaches it: which brokers a schema names, how the gateway logs in, what a topic has.

https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started-MSK.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import IsolationLevel, KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]  # its annotations leave it out

from localcloud.redshift.errors import SqlError, not_supported
from localcloud.redshift.settings import GatewaySettings

ANSWER_S = 10
"""How long Kafka may take to answer a question."""
_FIRST, _LAST = OffsetSpec.earliest(), OffsetSpec.latest()  # type: ignore[no-untyped-call]
_CLUSTER = re.compile(r"arn:aws:kafka:us-east-1:123456789012:cluster/[\w.-]+/[\w-]+")
_UNKNOWN = (KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError.TOPIC_EXCEPTION, KafkaError._UNKNOWN_TOPIC)


@dataclass(frozen=True)
class Brokers:
    """Where the brokers are, and how a client logs in. The login is in no repr."""

    servers: str
    login: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def client(self) -> dict[str, Any]:
        """Return the settings that all clients share."""
        return {"bootstrap.servers": self.servers, **dict(self.login), "log_level": 0, "socket.timeout.ms": 10_000}


@dataclass(frozen=True)
class Topic:
    """A topic as it is now: the id that tells it from another of its name, and the offsets of each partition."""

    id: str
    offsets: Mapping[int, tuple[int, int]]
    """Partition -> the first offset, and the one after the last."""


def brokers_of(options: Mapping[str, str], settings: GatewaySettings) -> Brokers:
    """Return the brokers that a schema names. Raises SqlError if they are not the lab's, or the login is not theirs."""
    authentication, uri = options["AUTHENTICATION"], options.get("URI", "")
    if authentication == "mtls":
        raise not_supported("AUTHENTICATION mtls in the lab", hint="AUTHENTICATION iam, with IAM_ROLE default")
    if not uri and not _CLUSTER.fullmatch(options.get("CLUSTER_ARN", "")):
        shown = "arn:aws:kafka:us-east-1:123456789012:cluster/NAME/ID"
        raise SqlError("22023", "no cluster of the lab has this ARN", hint=shown)
    if authentication == "iam":
        _require(uri, settings.kafka_servers)
        return Brokers(settings.kafka_servers, _login(settings))
    if uri and _addresses(uri) <= _addresses(settings.kafka_servers):
        hint = "AUTHENTICATION iam, with IAM_ROLE default; or ./lab up --kafka-open and its address"
        raise SqlError("28000", "the lab's Kafka asks for a login, which AUTHENTICATION none does not have", hint=hint)
    _require(uri, settings.kafka_open)
    return Brokers(settings.kafka_open)


def look_up(brokers: Brokers, topic: str) -> Topic:
    """Return a topic as it is now. Raises SqlError if there is none, or if Kafka does not answer in time."""
    # A new client each time: one that has lost its broker would not look for another for minutes.
    admin = AdminClient(brokers.client)
    try:
        described = admin.describe_topics(TopicCollection([topic]), request_timeout=ANSWER_S)[topic]
        description = described.result(ANSWER_S + 1)
        partitions = [TopicPartition(topic, entry.id) for entry in description.partitions]
        first, last = (_offsets(admin, partitions, spec) for spec in (_FIRST, _LAST))
    except (KafkaException, TimeoutError) as error:
        raise _unreadable(topic, error) from None
    return Topic(str(description.topic_id), {number: (first[number], last[number]) for number in last})


def unreadable(topic: str, reason: object) -> SqlError:
    """Return the error of a topic that Kafka does not give."""
    return SqlError("08006", f"Kafka gave no records of the topic {topic}: {reason}", hint="Try: ./lab status")


def _unreadable(topic: str, error: KafkaException | TimeoutError) -> SqlError:
    failure = error.args[0] if error.args else None
    if isinstance(failure, KafkaError) and failure.code() in _UNKNOWN:
        return SqlError("42P01", f'topic "{topic}" does not exist')
    return unreadable(topic, failure.str() if isinstance(failure, KafkaError) else f"no answer within {ANSWER_S} s")


def _offsets(admin: AdminClient, partitions: Sequence[TopicPartition], spec: OffsetSpec) -> dict[int, int]:
    """Return one offset of each partition; the last is the one up to which transactions have ended."""
    specs = dict.fromkeys(partitions, spec)
    answers = admin.list_offsets(specs, isolation_level=IsolationLevel.READ_COMMITTED, request_timeout=ANSWER_S)
    return {partition.partition: answer.result(ANSWER_S + 1).offset for partition, answer in answers.items()}


def _login(settings: GatewaySettings) -> tuple[tuple[str, str], ...]:
    """Return the login of the lab, which stands for what MSK lets a role do."""
    return (
        ("security.protocol", "SASL_PLAINTEXT"),
        ("sasl.mechanism", "SCRAM-SHA-512"),
        ("sasl.username", "lab"),
        ("sasl.password", settings.kafka_password),
    )


def _require(uri: str, servers: str) -> None:
    """Raise SqlError if a URI names other brokers than these: the gateway connects to no others."""
    if not servers or (uri and not _addresses(uri) <= _addresses(servers)):
        hint = "the URI in KAFKA_BOOTSTRAP_SERVERS of ./lab env"
        raise SqlError("08001", f"{uri or 'the cluster'} is not an address of the lab's Kafka", hint=hint)


def _addresses(servers: str) -> set[str]:
    listed = {address.strip().replace("localhost:", "127.0.0.1:") for address in servers.split(",")}
    return listed - {""}

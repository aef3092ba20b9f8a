"""How a client reaches Kafka and logs in: the KAFKA_* variables, in the terms of each client.

The lab's card sets the variables; for Amazon MSK with SASL/SCRAM you set the same ones, with the protocol SASL_SSL.
Without KAFKA_SECURITY_PROTOCOL a client connects without a login, as Kafka's own default is.
"""

from __future__ import annotations

import os
from typing import Any

from smartcity.errors import NotConfigured

_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"


def client(bootstrap: str | None = None) -> dict[str, Any]:
    """Return the settings of a client of confluent-kafka. Raises NotConfigured if a variable is missing."""
    address = {"bootstrap.servers": bootstrap or _variable("KAFKA_BOOTSTRAP_SERVERS")}
    if not (login := _login()):
        return address
    protocol, mechanism, user, password = login
    names = {"security.protocol": protocol, "sasl.mechanism": mechanism}
    return address | names | {"sasl.username": user, "sasl.password": password}


def kafka_python(bootstrap: str | None = None) -> dict[str, Any]:
    """Return the arguments of a client of kafka-python. Raises NotConfigured if a variable is missing."""
    address = {"bootstrap_servers": bootstrap or _variable("KAFKA_BOOTSTRAP_SERVERS")}
    if not (login := _login()):
        return address
    protocol, mechanism, user, password = login
    names = {"security_protocol": protocol, "sasl_mechanism": mechanism}
    return address | names | {"sasl_plain_username": user, "sasl_plain_password": password}


def spark_options(bootstrap: str | None = None) -> dict[str, str]:
    """Return the options of Spark's Kafka source and sink. Raises NotConfigured if a variable is missing."""
    address = {"kafka.bootstrap.servers": bootstrap or _variable("KAFKA_BOOTSTRAP_SERVERS")}
    if not (login := _login()):
        return address
    protocol, mechanism, user, password = login
    entry = f'{_SCRAM} required username="{_quoted(user)}" password="{_quoted(password)}";'
    names = {"kafka.security.protocol": protocol, "kafka.sasl.mechanism": mechanism}
    return address | names | {"kafka.sasl.jaas.config": entry}


def _login() -> tuple[str, str, str, str] | None:
    protocol = os.environ.get("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT")
    if protocol == "PLAINTEXT":
        return None
    names = ("KAFKA_SASL_MECHANISM", "KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD")
    mechanism, user, password = (_variable(name) for name in names)
    if not protocol.startswith("SASL_") or not mechanism.startswith("SCRAM-"):
        raise NotConfigured(
            f"Kafka's login {protocol} with {mechanism} is not supported. "
            "Try KAFKA_SECURITY_PROTOCOL=SASL_SSL and KAFKA_SASL_MECHANISM=SCRAM-SHA-512."
        )
    return protocol, mechanism, user, password


def _variable(name: str) -> str:
    try:
        return os.environ[name]
    except KeyError:
        raise NotConfigured(f"{name} is not set. Try: ./lab up, or smartcity.settings.settings()") from None


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')

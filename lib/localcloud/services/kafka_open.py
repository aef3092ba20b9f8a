"""A second door to Kafka that asks for no login, for old clients: only where the user has chosen it.

Whoever is on this machine can then read and write topics, but can't change the broker: no new listeners, no ACLs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import ClassVar, Final

from confluent_kafka.admin import (  # type: ignore[attr-defined]  # its annotations leave some names out
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from localcloud.home import Home, read_json, write_private
from localcloud.services.kafka import LOGIN, Kafka

_EVERYTHING: Final = (AclOperation.ALL,)
_RIGHTS: Final = {
    (ResourceType.TOPIC, "*"): _EVERYTHING,
    (ResourceType.GROUP, "*"): _EVERYTHING,
    (ResourceType.TRANSACTIONAL_ID, "*"): _EVERYTHING,
    (ResourceType.BROKER, "kafka-cluster"): (
        AclOperation.CREATE,
        AclOperation.DESCRIBE,
        AclOperation.IDEMPOTENT_WRITE,
    ),
}
"""What a client without a login may do; librdkafka calls the cluster a broker."""
_ANSWER_S: Final = 10


def set_open(home: Home, is_open: bool) -> None:
    """Keep whether Kafka has a door without a login."""
    write_private(home.root / "kafka.json", json.dumps({"open": is_open}))


def kafka_services(home: Home) -> dict[str, Kafka]:
    """Return the broker with the open door where the user has chosen it, else none."""
    chosen = read_json(home.root / "kafka.json", lambda chosen: isinstance(chosen.get("open"), bool))
    return {"kafka": OpenKafka()} if chosen.get("open") else {}


class OpenKafka(Kafka):
    """One broker with two listeners: one asks for the login, the other for none."""

    ports: ClassVar[Mapping[str, str]] = {
        "client": LOGIN,
        "open": "**everyone on the machine** can use topics, but not change the broker; only after "
        "`./lab up --kafka-open`",
    }

    def ready(self, home: Home) -> bool:
        """Wait for the broker, then give clients without a login their rights."""
        return super().ready(home) and _grant(AdminClient(self.login(home)))

    def card(self, home: Home) -> Mapping[str, str]:
        """Return where clients find the broker, and the address that asks for no login."""
        return {**super().card(home), "KAFKA_OPEN_BOOTSTRAP_SERVERS": self._open_address(home)}

    def _open_address(self, home: Home) -> str:
        return self.address(home, "open")

    def _properties(self, home: Home) -> dict[str, object]:
        inherited = super()._properties(home)
        return {**inherited, "listeners": f"{inherited['listeners']},PLAINTEXT://{self._open_address(home)}"}


def _grant(admin: AdminClient) -> bool:
    bindings = [
        AclBinding(kind, name, ResourcePatternType.LITERAL, "User:ANONYMOUS", "*", operation, AclPermissionType.ALLOW)
        for (kind, name), operations in _RIGHTS.items()
        for operation in operations
    ]
    for answer in admin.create_acls(bindings, request_timeout=_ANSWER_S).values():
        answer.result(_ANSWER_S)
    return True

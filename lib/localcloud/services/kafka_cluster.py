"""Several Kafka brokers that replicate each other's records, for a lab in containers."""

from __future__ import annotations

from typing import ClassVar

from localcloud.home import Home
from localcloud.services.kafka import Kafka


class Broker(Kafka):
    """One broker of a cluster; a record counts as written once all but one of its copies have it."""

    number: ClassVar[int]
    count: ClassVar[int]

    def _bootstrap(self, home: Home) -> str:
        # Each broker's address, so that any of them may be down.
        return ",".join(home.address(f"kafka-{number + 1}.client") for number in range(self.count))

    def _properties(self, home: Home) -> dict[str, object]:
        surely = max(1, self.count - 1)
        return {
            **super()._properties(home),
            "broker.id": self.number,
            "default.replication.factor": self.count,
            "min.insync.replicas": surely,
            "offsets.topic.replication.factor": self.count,
            "transaction.state.log.replication.factor": self.count,
            "transaction.state.log.min.isr": surely,
        }


def brokers(count: int) -> dict[str, Broker]:
    """Return the brokers of a cluster of that size by name: `kafka-1`, `kafka-2`, ..."""
    names = [(f"kafka-{number}", number) for number in range(1, count + 1)]
    made = [
        type(f"Broker{number}", (Broker,), {"name": name, "number": number, "count": count})() for name, number in names
    ]
    return {broker.name: broker for broker in made}

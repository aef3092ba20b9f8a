"""Everything that listens in a lab, and who gets in: the table in `docs/security.md`.

    python -m localcloud.doors

prints the table; the page has it between two comments.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from localcloud.service import Service
from localcloud.services.all import all_services
from localcloud.services.kafka_open import OpenKafka
from localcloud.services.spark import PAGE
from localcloud.services.spark_cluster import SparkMaster, worker

PROGRAMS = {
    "spark.ui": PAGE,
    "jupyterlab.http": "whoever has the token that Jupyter prints",
    "dashboard.http": "**everyone on the machine**; the live page is read-only, and answers only at 127.0.0.1",
}
"""Ports of programs that are no services: they are open while a session, `./lab notebook` or `./lab dashboard` runs."""


class Door(NamedTuple):
    """One port that something listens on."""

    name: str
    """As in the lab's list of ports, for example `kafka.client`."""
    entry: str
    """Who gets in, in Markdown."""


def doors() -> list[Door]:
    """Return each port that a lab may listen on, in the order of its services, then of the other programs."""
    return [*_of_services(), *(Door(*program) for program in PROGRAMS.items())]


def table() -> str:
    """Return the ports as a table in Markdown."""
    rows = [f"| `{door.name}` | {door.entry} |" for door in doors()]
    return "\n".join(("| port | who gets in |", "|---|---|", *rows)) + "\n"


def _of_services() -> Iterator[Door]:
    services: dict[str, Service] = {**all_services(), "kafka": OpenKafka()}
    for service in (*services.values(), SparkMaster(), worker(1)):
        if not service.ports:
            yield Door(service.name, "no port: a socket that only the lab's own user can open (peer)")
        yield from (Door(f"{service.name}.{use}", entry) for use, entry in service.ports.items())


if __name__ == "__main__":
    print(table(), end="")

"""How the stream is started as a program of its own: its command line, its topics, its environment."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Annotated

import typer

from lab import progress
from smartcity.events import AGGREGATES, ALERTS, STREAM_TOPICS

VIEWS = ("district_minutes", "incident_queues")
REAL_TIME_MASTER = "local[12]"
"""A reader in real-time mode holds a core for each partition."""
_HELP = {topic: f"Also send to Kafka: {content}." for topic, content in STREAM_TOPICS.items()}


def stream_command(lake: str, *options: str) -> list[str]:
    """Return the command that streams into a lake."""
    return [sys.executable, "-m", "smartcity.stream.main", "--lake", lake, *options]


@dataclass(frozen=True)
class StreamOptions:
    """What a stream writes in addition to the zones, how often, and for which city."""

    views: Annotated[bool, typer.Option(help="Also write the views: district minutes and incident queues.")] = True
    alerts: Annotated[bool, typer.Option(help=_HELP[ALERTS])] = False
    aggregates: Annotated[bool, typer.Option(help=_HELP[AGGREGATES])] = False
    dead_letters: Annotated[bool, typer.Option(help="Also send dead letters to Kafka, in addition to their zone.")] = (
        True
    )
    trigger_s: Annotated[float, typer.Option(help="Seconds between batches.")] = 2.0
    vehicles: Annotated[int | None, typer.Option(help="Size of the city; by default the one the run recorded.")] = None
    seed: Annotated[int | None, typer.Option(help="Seed of the city; by default the one the run recorded.")] = None

    @property
    def topics(self) -> list[str]:
        """Return the topics that the stream writes to and that it does not make itself."""
        return [topic for topic in STREAM_TOPICS if getattr(self, topic)]

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that the stream needs in addition to the lab's."""
        return {"SPARK_MASTER_URL": REAL_TIME_MASTER} if self.alerts else {}

    def check(self, once: bool) -> None:
        """Raise BadParameter if a stream that ends when Kafka holds nothing new is to send topics of its own."""
        if once and self.topics:
            raise typer.BadParameter(f"--once sends no {' and no '.join(self.topics)}. Try: leave --once out")

    def command(self, lake: str, once: bool) -> list[str]:
        """Return the command that streams into a lake, for ever or (`once`) until Kafka holds nothing new."""
        options = ["--trigger-s", str(self.trigger_s), "--progress", str(progress.folder())]
        for name, value in (("--vehicles", self.vehicles), ("--seed", self.seed)):
            options += [name, str(value)] if value is not None else []
        options += ["--once"] * once + [f"--{topic}" for topic in self.topics]
        options += [] if self.dead_letters else ["--dead-letter-topic", ""]
        return stream_command(lake, *options, *(["--views", *VIEWS] if self.views else []))

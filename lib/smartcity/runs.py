"""The start of a run: an empty lake, a note of its first offsets in Kafka, and the records of a simulated city."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from smartcity import kafka
from smartcity.lake import Lake
from smartcity.lake.notes import FORMAT
from smartcity.schema_registry import AVRO, Publisher
from smartcity.simulate import Chunk, Config, simulate


@dataclass(frozen=True)
class Run:
    """A run of the pipeline: the lake that it writes, and the broker that its records go through."""

    lake: Lake
    bootstrap: str

    def begin(self, vehicles: int, seed: int) -> None:
        """Empty the lake, create what is missing, and record the start. Raises BrokerUnreachable, LakeError."""
        self.lake.make_bucket()
        self.lake.purge()
        kafka.ensure_topics(self.bootstrap)
        self.lake.begin_run(kafka.end_offsets(self.bootstrap), vehicles, seed)

    def send(
        self,
        config: Config,
        rate: float | None = None,
        realtime: bool = False,
        on_chunk: Callable[[Chunk], None] = lambda _: None,
        publisher: Publisher | None = None,
    ) -> dict[str, int]:
        """Begin a run, send the records of a city to Kafka, and keep their truth; return the records of each topic.

        `rate` and `realtime` as in `smartcity.kafka.produce`. With a `publisher` the records are Avro. Raises
        BrokerUnreachable, LakeError.
        """
        self.begin(config.vehicles, config.seed)
        if publisher:
            self.lake.write_note(FORMAT, AVRO)
        truth = list[pa.Table]()

        def chunks() -> Iterator[Chunk]:
            for chunk in simulate(config):
                truth.append(chunk.truth)
                yield publisher.chunk(chunk) if publisher else chunk
                on_chunk(chunk)

        sent = kafka.produce(chunks(), self.bootstrap, rate, realtime)
        self.lake.write_truth(pa.concat_tables(truth))
        return sent

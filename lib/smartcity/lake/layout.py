"""Where the lake keeps what: the layout that the stream writes and everybody else reads.

Below the URI of a lake, all tables as Parquet:

- `raw/TOPIC/arrival_date=D/`: every record as Kafka delivered it
- `transformed/TOPIC/event_date=D/hour=HH/`: typed, cleaned, deduplicated, enriched events
- `late/arrival_date=D/`, `duplicate/arrival_date=D/`, `dead_letter/arrival_date=D/`: the records of all topics that
  were set aside, with their reason and their original bytes
- `aggregates/NAME/event_date=D/hour=HH/`: the views over time
- `compacted/TOPIC/event_date=D/hour=HH/`: the rows of `transformed/` in one file an hour
- `_commits/`, `_state/`, `_checkpoints/`: the stream's own; `_run/`: notes and truth of the run. Query engines and
  crawlers pass over names that start with `_`

A file is called BATCH-TASK.parquet after the batch of the stream and the task within it.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from smartcity.events import Verdict
from smartcity.schemas import RAW_SCHEMA, SET_ASIDE_SCHEMA, transformed_schema

RAW: Final = "raw"
SET_ASIDE: Final = (Verdict.LATE, Verdict.DUPLICATE, Verdict.DEAD_LETTER)
ZONES: Final = (RAW, *Verdict)
"""All zones, in the order in which a record meets them."""

COMPACTED: Final = "compacted"
COMMITS: Final = "_commits/"
RUN: Final = "_run/"
TRUTH: Final = f"{RUN}truth.parquet"


def zone_schema(zone: str, topic: str) -> pa.Schema:
    """Return the columns of the files of a zone."""
    if zone == RAW:
        return RAW_SCHEMA
    return transformed_schema(topic) if zone == Verdict.TRANSFORMED else SET_ASIDE_SCHEMA


def topic_folder(zone: str, topic: str | None) -> str:
    """Return the folder of a topic's rows in a zone; the zones of what was set aside have one for all topics."""
    by_topic = topic is not None and zone in (RAW, Verdict.TRANSFORMED)
    return f"{zone}/{topic}/" if by_topic else f"{zone}/"


def folder(zone: str, topic: str, date: str, hour: str) -> str:
    """Return the folder, below the lake, of rows with that date (YYYY-MM-DD) and hour (HH) of their zone's clock."""
    if zone == Verdict.TRANSFORMED:
        return f"{zone}/{topic}/event_date={date}/hour={hour}"
    return f"{zone}/{topic}/arrival_date={date}" if zone == RAW else f"{zone}/arrival_date={date}"


def view_path(view: str, hour_folder: str, batch_id: int) -> str:
    """Return the file of a view's rows of an hour (`event_date=D/hour=HH`) that a batch writes."""
    return f"aggregates/{view}/{hour_folder}/{file_name(batch_id, 0)}"


def file_name(batch_id: int, task: int) -> str:
    """Return the name of the files that a task of a batch writes."""
    return f"{batch_id:012d}-{task:04d}.parquet"


def commit_path(batch_id: int) -> str:
    """Return where the stream writes down that a batch is complete."""
    return f"{COMMITS}{batch_id:012d}.json"


def batch_of(commit: str) -> int:
    """Return the batch of a commit's path."""
    return int(commit.rpartition("/")[2].removesuffix(".json"))


def note_path(name: str) -> str:
    """Return where a run keeps a note."""
    return f"{RUN}{name}.json"

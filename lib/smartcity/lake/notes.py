"""What a run keeps next to its zones, in `_run/`: notes as JSON. Readers of the zones don't see them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from smartcity.lake.layout import note_path
from smartcity.lake.store import Store

OFFSETS: Final = "starting_offsets"
"""Where in Kafka the run begins: by topic and partition, in the form of Spark's `startingOffsets`."""
CITY: Final = "city"
"""`vehicles` and `seed` of the simulated city."""
FORMAT: Final = "format"
"""How the run's records are written: `avro`, or there is no such note and they are JSON."""

_NOT_FOUND: Final = 404


def write(store: Store, name: str, note: object) -> None:
    """Keep a JSON value with the run."""
    store.put(note_path(name), json.dumps(note).encode())


def read(store: Store, name: str) -> Any:
    """Return a value that was kept with the run, or None if there is none."""
    try:
        return json.loads(store.get(note_path(name)))
    except store.client.exceptions.NoSuchKey:
        return None


def written_at(store: Store, name: str) -> datetime | None:
    """Return when a value was kept with the run (UTC), or None if there is none."""
    try:
        return store.client.head_object(Bucket=store.bucket, Key=store.key(note_path(name)))["LastModified"]
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == _NOT_FOUND:
            return None
        raise

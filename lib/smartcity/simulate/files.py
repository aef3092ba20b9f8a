"""A run as files of text: what the broker would get, line by line, and the truth next to it."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from smartcity.simulate.city import city
from smartcity.simulate.config import Config
from smartcity.simulate.engine import Chunk, simulate
from smartcity.simulate.truth import silences


def write_events(config: Config, folder: Path) -> None:
    """Write all records to one file per topic (`gps_data.jsonl`), one record per line, and the truth to `truth.json`.

    Meant for a run without faults: the line of a broken record may be empty or invalid UTF-8.
    """
    chunks = list(simulate(config))
    for topic in chunks[0].topics:
        values = [value for chunk in chunks for value in chunk.topics[topic]["value"].to_pylist()]
        (folder / f"{topic}.jsonl").write_bytes(b"".join(value + b"\n" for value in values))
    _write_truth(folder / "truth.json", config, chunks)


def write_records(config: Config, folder: Path) -> None:
    """Write `records.jsonl`, one record per line in sending order with its truth, and `truth.json`.

    A line holds topic, key, timestamp_ms, record_id, and the value as `value`, or as `value_base64` if it is not UTF-8;
    then event_id, event_time, verdict, and reason (null unless dead_letter) and fault.
    """
    chunks = list(simulate(config))
    with (folder / "records.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for chunk in chunks:
            for row in chunk.wire.to_pylist():
                file.write(_dump(_readable(row)) + "\n")
    _write_truth(folder / "truth.json", config, chunks)


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    value = row.pop("value")
    try:
        text = {"value": value.decode()}
    except UnicodeDecodeError:
        text = {"value_base64": b64encode(value).decode()}
    return {**row, "key": row["key"].decode(), **text}


def _write_truth(path: Path, config: Config, chunks: list[Chunk]) -> None:
    incidents = pa.concat_tables([chunk.incidents for chunk in chunks])
    truth = {"incidents": incidents.to_pylist(), "silences": silences(config, city(config)).to_pylist()}
    path.write_text(json.dumps(truth, indent=1, default=_iso) + "\n", encoding="utf-8", newline="\n")


def _dump(row: dict[str, Any]) -> str:
    return json.dumps(row, separators=(",", ":"), default=_iso)


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} can't be written as JSON")

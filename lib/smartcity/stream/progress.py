"""How a stream gets on: one line for a person, one JSON for `./lab status`, one text for Prometheus."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_HELP = {
    "batch_id": "Number of the last batch.",
    "input_rows": "Records that the last batch read from Kafka.",
    "input_rows_per_second": "Records that arrived per second since the previous batch.",
    "processed_rows_per_second": "Records per second that the last batch processed.",
    "batch_seconds": "How long the last batch took.",
    "lag_records": "Records in Kafka that no batch had read by the end of the last batch.",
    "state_rows": "Rows in the state stores of the query.",
    "rows_dropped_by_watermark": "Rows of the last batch that were older than the watermark.",
}


@dataclass(frozen=True)
class Progress:
    """The last batch of a query. Rates are records a second; `lag_records` counts over all partitions."""

    query: str
    timestamp: str
    batch_id: int
    input_rows: int
    input_rows_per_second: float
    processed_rows_per_second: float
    batch_seconds: float
    lag_records: int
    state_rows: int
    rows_dropped_by_watermark: int

    @classmethod
    def of(cls, report: dict[str, Any]) -> Progress:
        """Read Spark's own report of a batch (`query.lastProgress.json`)."""
        operators = report.get("stateOperators", [])
        return cls(
            query=report["name"],
            timestamp=report["timestamp"],
            batch_id=report["batchId"],
            input_rows=report["numInputRows"],
            input_rows_per_second=round(report.get("inputRowsPerSecond") or 0, 1),
            processed_rows_per_second=round(report.get("processedRowsPerSecond") or 0, 1),
            batch_seconds=report["durationMs"].get("triggerExecution", 0) / 1000,
            lag_records=sum(_lag(source) for source in report["sources"]),
            state_rows=sum(operator["numRowsTotal"] for operator in operators),
            rows_dropped_by_watermark=sum(operator["numRowsDroppedByWatermark"] for operator in operators),
        )

    def line(self) -> str:
        """Return the batch in one line."""
        parts = [f"{self.input_rows:,} records in {self.batch_seconds:.1f} s ({self.processed_rows_per_second:,.0f}/s)"]
        parts.append(f"{self.lag_records:,} waiting")
        if self.state_rows:
            parts.append(f"{self.state_rows:,} rows of state")
        if self.rows_dropped_by_watermark:
            parts.append(f"{self.rows_dropped_by_watermark:,} behind the watermark")
        return f"{self.timestamp[11:19]} {self.query} batch {self.batch_id}: {', '.join(parts)}"

    def prometheus(self) -> str:
        """Return the batch in Prometheus' text format."""
        values = asdict(self)
        return "".join(
            f"# HELP smartcity_stream_{name} {text}\n# TYPE smartcity_stream_{name} gauge\n"
            f'smartcity_stream_{name}{{query="{self.query}"}} {values[name]}\n'
            for name, text in _HELP.items()
        )


def write(progress: Progress, folder: Path) -> None:
    """Replace the JSON and the Prometheus text of the query in a folder, each in one step."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {".json": json.dumps(asdict(progress)), ".prom": progress.prometheus()}
    for suffix, text in texts.items():
        draft = folder / f".{progress.query}{suffix}.{os.getpid()}"
        draft.write_text(text)
        draft.replace(folder / f"{progress.query}{suffix}")


def _lag(source: dict[str, Any]) -> int:
    latest, end = (_offsets(source.get(name)) for name in ("latestOffset", "endOffset"))
    return sum(max(0, offset - end.get(where, 0)) for where, offset in latest.items())


def _offsets(reported: object) -> dict[tuple[str, str], int]:
    """Return the offsets by topic and partition; Spark reports them as JSON, or as JSON in a string."""
    by_topic = json.loads(reported) if isinstance(reported, str) else reported
    if not isinstance(by_topic, dict):
        return {}
    return {(topic, at): offset for topic, parts in by_topic.items() for at, offset in parts.items()}

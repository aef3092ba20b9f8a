"""How a stream gets on, told to a person, to `./lab status`, and to Prometheus."""

from __future__ import annotations

import json
import re
from typing import Any

from smartcity.stream.progress import Progress

REPORT: dict[str, Any] = {
    "name": "zones",
    "timestamp": "2026-03-02T07:10:00.143Z",
    "batchId": 7,
    "numInputRows": 4000,
    "inputRowsPerSecond": 2000.04,
    "processedRowsPerSecond": 5333.3,
    "durationMs": {"triggerExecution": 750, "addBatch": 600},
    "stateOperators": [{"numRowsTotal": 90, "numRowsDroppedByWatermark": 3}],
    "sources": [
        {
            "endOffset": json.dumps({"gps_data": {"0": 100, "1": 50}}),
            "latestOffset": json.dumps({"gps_data": {"0": 130, "1": 50}, "weather_data": {"0": 5}}),
        }
    ],
}
"""As Spark reports a batch; offsets are JSON within a string."""


def test_a_batch_is_one_line() -> None:
    """A person reads how many records, how fast, what waits in Kafka, what the state holds and what came too late."""
    line = Progress.of(REPORT).line()
    assert line == (
        "07:10:00 zones batch 7: 4,000 records in 0.8 s (5,333/s), 35 waiting, 90 rows of state, 3 behind the watermark"
    )


def test_a_first_batch_without_rates_is_read() -> None:
    """Where Spark knows no rate yet (null or absent) and no offsets, they count as 0."""
    sources = [{"endOffset": None, "latestOffset": None}]
    first = Progress.of({**REPORT, "inputRowsPerSecond": None, "stateOperators": [], "sources": sources})
    assert (first.input_rows_per_second, first.lag_records, first.state_rows) == (0, 0, 0)


def test_prometheus_reads_each_value() -> None:
    """Each number has its help, its type and one sample, as the text format wants them."""
    text = Progress.of(REPORT).prometheus()
    samples = dict(re.findall(r'^(\w+)\{query="zones"\} (\S+)$', text, re.MULTILINE))
    assert samples["smartcity_stream_lag_records"] == "35"
    assert samples["smartcity_stream_batch_seconds"] == "0.75"
    for name in samples:
        assert re.search(rf"^# HELP {name} \S.*\n# TYPE {name} gauge\n{name}\{{", text, re.MULTILINE)
    assert len(samples) == len(text.splitlines()) / 3

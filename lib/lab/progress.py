"""What streams report of their progress, for `./lab progress` and `./lab status`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from localcloud import lab as stand_in
from localcloud.home import read_json

_RATES = ("input_rows_per_second", "processed_rows_per_second")
_COUNTS = ("lag_records", "state_rows")


def folder() -> Path:
    """Return where streams write their progress."""
    return stand_in.home().root / "progress"


def prometheus() -> str:
    """Return the progress of all streams as Prometheus reads it; nothing if none has run."""
    return "".join(path.read_text(errors="replace") for path in sorted(folder().glob("*.prom")))


def show() -> None:
    """Print the last batch of each query that ran in this lab, if any."""
    batches = [batch for path in sorted(folder().glob("*.json")) if (batch := read_json(path, _is_batch))]
    if not batches:
        return
    table = Table("stream", "batch", "at (UTC)", "records/s in", "records/s done", "batch s", "waiting", "state rows")
    for batch in batches:
        rates = (f"{batch[name]:,.0f}" for name in _RATES)
        counts = (f"{batch[name]:,}" for name in _COUNTS)
        seconds = f"{batch['batch_seconds']:.1f}"
        table.add_row(batch["query"], str(batch["batch_id"]), batch["timestamp"][:19], *rates, seconds, *counts)
    Console().print(table)


def _is_batch(batch: dict[str, Any]) -> bool:
    """Return whether a stream wrote this: a file of anything else is set aside."""
    numbers = ("batch_seconds", "batch_id", *_RATES, *_COUNTS)
    texts = ("query", "timestamp")
    return all(isinstance(batch.get(name), int | float) for name in numbers) and all(
        isinstance(batch.get(name), str) for name in texts
    )

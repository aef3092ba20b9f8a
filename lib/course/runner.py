"""Runs the numbered notebooks by papermill, one after another, and gathers what they report."""

from __future__ import annotations

import json
import os
import re
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from course.results import GLUED
from smartcity.errors import NotebookFailed, ParameterInvalid

OnCell = Callable[[str, int, int], None]
"""Called with the notebook's name, the cells done, and the cells in all."""

CELL_LIMIT_S = 600


@dataclass
class Executed:
    """One executed notebook: its number and name, seconds it took, and what it reported."""

    name: str
    seconds: float
    path: Path
    results: dict[str, Any] = field(default_factory=dict)


def notebooks(folder: Path, only: str | None = None) -> list[Path]:
    """Return the numbered notebooks in order; `only` is a range such as `03-08`, or one number.

    Raises ParameterInvalid for what is not a range, and for one in which there is no notebook.
    """
    paths = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
    if only is None:
        return paths
    if not (bounds := re.fullmatch(r"(\d{1,2})(?:-(\d{1,2}))?", only)):
        raise ParameterInvalid(f"--only {only}: not a range of notebooks. Try: --only 03-08, or --only 05")
    first, last = int(bounds[1]), int(bounds[2] or bounds[1])
    wanted = [path for path in paths if first <= int(path.name[:2]) <= last]
    if not wanted:
        there = f"{paths[0].name[:2]}-{paths[-1].name[:2]}" if paths else "none"
        raise ParameterInvalid(f"--only {only}: there is no such notebook. Try: a range within {there}")
    return wanted


class _ReportingEngine(NBClientEngine):  # type: ignore[misc]
    """Papermill's own engine, which reports progress after each cell."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        tell: Callable[[int, int], None] = options.pop("tell")
        complete = nb_man.cell_complete

        def report(cell: Any, cell_index: int | None = None, **more: Any) -> None:
            complete(cell, cell_index=cell_index, **more)
            tell((cell_index or 0) + 1, len(nb_man.nb.cells))

        nb_man.cell_complete = report
        return super().execute_managed_notebook(nb_man, kernel_name, **options)


papermill_engines.register("reporting", _ReportingEngine)


def run(paths: list[Path], out: Path, parameters: Mapping[str, Any], on_cell: OnCell) -> Iterator[Executed]:
    """Execute the notebooks with the parameters that each declares; the executed ones are written to `out`.

    Yields each as soon as it is done. Raises NotebookFailed with the notebook, the cell and the error; the notebook
    up to that cell is in `out` too.
    """
    out.mkdir(parents=True, exist_ok=True)
    with _scratch():
        for path in paths:
            yield _execute(path, out / path.name, parameters, on_cell)


@contextmanager
def _scratch() -> Iterator[None]:
    """Give Spark a folder for what it spills: the kernels are killed, so Spark can't clean up behind itself."""
    name = "SPARK_LOCAL_DIRS"
    before = os.environ.get(name)
    with TemporaryDirectory(prefix="smartcity-", ignore_cleanup_errors=True) as folder:
        os.environ[name] = folder
        try:
            yield
        finally:
            del os.environ[name]
            if before is not None:
                os.environ[name] = before


def _execute(source: Path, target: Path, parameters: Mapping[str, Any], on_cell: OnCell) -> Executed:
    begin = time.monotonic()
    declared = papermill.inspect_notebook(str(source))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the notebook machinery; cells run in a process of their own
            papermill.execute_notebook(
                str(source),
                str(target),
                parameters={name: value for name, value in parameters.items() if name in declared},
                engine_name="reporting",
                tell=lambda done, total: on_cell(source.stem, done, total),
                cwd=str(target.parent),
                kernel_name="python3",
                progress_bar=False,
                execution_timeout=CELL_LIMIT_S,
                start_timeout=120,
                # All is written: a kernel that takes its modules down in good order takes 0.7 s to do so.
                shutdown_kernel="immediate",
                # A kernel on loopback warns at each start that its channel is not encrypted.
                extra_arguments=["--IPKernelApp.log_level=ERROR"],
                log_output=False,
            )
    except (PapermillExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise NotebookFailed(
            f"{source.stem}, {_description(error)}. "
            f"Try: open {target.with_suffix('.html')} to see the cell, ./lab status, and run it again."
        ) from error
    return Executed(source.stem, time.monotonic() - begin, target, _results(target))


def _description(error: Exception) -> str:
    if isinstance(error, PapermillExecutionError):
        return f"cell {error.exec_count}: {error.ename}: {error.evalue}"
    return f"{type(error).__name__}: {error}"


def _results(path: Path) -> dict[str, Any]:
    gathered: dict[str, Any] = {}
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            gathered |= output.get("data", {}).get(GLUED, {})
    return json.loads(json.dumps(gathered))  # type: ignore[no-any-return]

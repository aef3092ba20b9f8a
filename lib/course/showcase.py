"""What the learner notebooks show before anyone has run them: the outputs of their own code, figures as pictures.

An output is kept of each code cell but exercises, parameters and cells that speak to the run only. Whatever it is, it
also renders if no script runs, such as on a code host.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

import nbformat
from nbformat import NotebookNode

from course import sources
from course.pages.paint import Painter, painter
from course.results import GLUED
from course.runner import notebooks, run
from smartcity.errors import LabError
from smartcity.figures import describe
from smartcity.figures.display import PLOTLY_MIME

SIZE_LIMIT: Final = 300_000
"""Bytes that a learner notebook may have: a code host shows larger ones late or not at all."""
SILENT: Final = frozenset({"parameters", "remove-cell"})


class OutputsOutdated(LabError):
    """What a committed notebook shows was not made by the code in it, or can't be read aloud."""


class TooLarge(LabError):
    """A notebook with its outputs is larger than SIZE_LIMIT."""


def refresh(
    folder: Path, work: Path, only: str | None, say: Callable[[str], None], *, paint: Painter | None = None
) -> list[Path]:
    """Run the learner notebooks as they are, put what they showed into them, and return their paths.

    `work` gets the executed notebooks; `paint` is a Chromium of this machine where it is not given. Raises
    NotebookFailed, TooLarge, PainterMissing.
    """
    paths = notebooks(folder, only)
    with nullcontext(paint) if paint else painter() as brush:
        for path, done in zip(paths, run(paths, work, {"out": str(work)}, lambda *_: None), strict=True):
            say(f"{done.name}: {done.seconds:.0f} s")
            # A learner's own run writes there, and a path of this machine means nothing on theirs.
            path.write_text(_shown(path, done.path, brush).replace(str(work), "../out/run"))
    return paths


def check(folder: Path) -> None:
    """Raise OutputsOutdated unless the outputs of each learner notebook are of its code, described, and small."""
    if old := sources.stale(folder):
        raise OutputsOutdated(f"These outputs were produced by different code: {old}. Try: ./lab notebooks --outputs")
    for path in notebooks(folder):
        _check_size(path, path.read_text())
        for output in _outputs(path):
            if "image/png" in output.get("data", {}) and not output.metadata.get("image/png", {}).get("alt"):
                raise OutputsOutdated(
                    f"{path.name} has an image without a text description. Try: ./lab notebooks --outputs"
                )


def kept(cell: NotebookNode, outputs: list[NotebookNode], paint: Painter) -> list[NotebookNode]:
    """Return what a learner notebook shows of the outputs that a run of this cell gave."""
    return [] if _is_silent(cell) else [_plain(output, paint) for output in outputs if _tells(output)]


def _outputs(path: Path) -> list[NotebookNode]:
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def _check_size(path: Path, text: str) -> None:
    if len(text) > SIZE_LIMIT:
        raise TooLarge(
            f"{path.name}: {len(text):,} bytes; the limit is {SIZE_LIMIT:,}. Try: show fewer rows or figures"
        )


def _shown(path: Path, executed: Path, paint: Painter) -> str:
    notebook, ran = (nbformat.read(name, as_version=4) for name in (path, executed))  # type: ignore[no-untyped-call]
    outputs = {cell.id: cell.outputs for cell in ran.cells if cell.cell_type == "code"}
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, 1):  # as if somebody had just run them from the first to the last
        cell.outputs = kept(cell, outputs[cell.id], paint)
        for part in (cell, *(output for output in cell.outputs if "execution_count" in output)):
            part.execution_count = number
    notebook.metadata[sources.OUTPUTS_OF] = sources.code_digest(notebook)
    text = sources.text(notebook)
    _check_size(path, text)
    return text


def _is_silent(cell: NotebookNode) -> bool:
    tags = set(cell.metadata.get("tags", ()))
    return bool(tags & SILENT) or (sources.IGNORED in tags and sources.VARIES not in tags)


def _tells(output: NotebookNode) -> bool:
    """Return whether an output is for the reader: neither a warning of a library nor a result for the run."""
    return output.get("name") != "stderr" and GLUED not in output.get("data", {})


def _plain(output: NotebookNode, paint: Painter) -> NotebookNode:
    """Return an output without anything that needs a script."""
    if PLOTLY_MIME in output.get("data", {}):
        return _picture(output.data[PLOTLY_MIME], paint)
    return output


def _picture(spec: Mapping[str, Any], paint: Painter) -> NotebookNode:
    description = describe(spec)
    return nbformat.v4.new_output(  # type: ignore[no-untyped-call, no-any-return]
        "display_data",
        data={"image/png": paint(spec), "text/plain": description},
        metadata={"image/png": {"alt": description}},
    )

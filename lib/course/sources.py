"""Makes the notebooks: from one source in jupytext's percent form, a learner form and a solution form."""

from __future__ import annotations

import ast
import hashlib
import re
from pathlib import Path
from textwrap import dedent, indent

import jupytext
import nbformat
from nbformat import NotebookNode

from smartcity.errors import LabError

BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"
"""The two marks: what stands between them is the answer; a learner finds `name = ...` for each name that it sets."""

ONLY_SOLVED = "solution"
"""Tag of the cells that are only in the solution form, as the one that demands that all checks say right."""

VARIES = "varies"
"""The tag of cells whose output differs from run to run: it is shown, but not compared."""
IGNORED = "nbval-ignore-output"
OUTPUTS_OF = "outputs_of"
"""In a notebook's metadata: the digest of the code that made the outputs in it."""

_SOLUTION = re.compile(rf"^([ \t]*){BEGIN}\n(.*?)^[ \t]*{END}$", flags=re.DOTALL | re.MULTILINE)
_MARK_LINES = re.compile(rf"^[ \t]*(?:{BEGIN}|{END})\n?", flags=re.MULTILINE)
_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class CourseOutdated(LabError):
    """A committed notebook differs from its source."""


def learner_text(code: str) -> str:
    """Return the code with each answer replaced by `name = ...`, so that an untouched exercise runs."""
    return _SOLUTION.sub(lambda match: indent(_placeholder(dedent(match[2]), code[match.end() :]), match[1]), code)


def _placeholder(answer: str, rest: str) -> str:
    """Return `name = ...` for the names that the rest of the cell asks for; or for all names if it asks for none."""
    nodes = [node for node in ast.parse(answer).body if isinstance(node, ast.Assign)]
    names = [ast.unparse(target) for node in nodes for target in node.targets]
    used = [name for name in names if re.search(rf"\b{re.escape(name)}\b", rest)]
    return "\n".join(f"{name} = ..." for name in used or names) or "..."


def solution_text(code: str) -> str:
    """Return the code with the answers, without the marks."""
    return _MARK_LINES.sub("", code).rstrip("\n")


def build(source: Path, solved: bool) -> NotebookNode:
    """Return the notebook of a source file, without outputs, with cell ids that depend on the cell's text alone."""
    notebook = jupytext.read(source, fmt="py:percent")
    if not solved:
        notebook.cells = [cell for cell in notebook.cells if ONLY_SOLVED not in cell.metadata.get("tags", ())]
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{source.stem}\n{cell.source}".encode()).hexdigest()[:10]
        seen[digest] = seen.get(digest, -1) + 1
        cell.id = f"{digest}-{seen[digest]}" if seen[digest] else digest
        if cell.cell_type == "code":
            is_exercise = BEGIN in cell.source
            cell.source = solution_text(cell.source) if solved else learner_text(cell.source)
            if not solved and (is_exercise or VARIES in cell.metadata.get("tags", ())):
                cell.metadata["tags"] = [*cell.metadata.get("tags", ()), IGNORED]
        elif solved:
            cell.source = cell.source.replace("](../", "](../../")  # solutions lie one folder deeper
    notebook.metadata = nbformat.from_dict(_METADATA)  # type: ignore[no-untyped-call]
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook  # type: ignore[no-any-return]


def targets(folder: Path) -> dict[Path, NotebookNode]:
    """Return what `folder` (notebooks/) must hold: each learner and each solution notebook by its path."""
    made: dict[Path, NotebookNode] = {}
    for source in sorted((folder / "source").glob("[0-9][0-9]_*.py")):
        made[folder / f"{source.stem}.ipynb"] = build(source, solved=False)
        made[folder / "solutions" / f"{source.stem}.ipynb"] = build(source, solved=True)
    return made


def generate(folder: Path) -> list[Path]:
    """Write the notebooks that differ from their source; outputs of unchanged cells stay. Return the paths written."""
    written = []
    for path, notebook in targets(folder).items():
        kept = _with_outputs(path, notebook)
        if not path.exists() or path.read_text() != text(kept):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text(kept))
            written.append(path)
    return written


def text(notebook: NotebookNode) -> str:
    """Return the content of a notebook's file."""
    return nbformat.writes(notebook) + "\n"  # type: ignore[no-untyped-call, no-any-return]


def check(folder: Path) -> None:
    """Raise CourseOutdated unless each committed notebook holds the cells that its source gives."""
    made = targets(folder)
    stale = [path.name for path, notebook in made.items() if not path.exists() or differs(path, notebook)]
    extra = [path.name for path in (*folder.glob("*.ipynb"), *folder.glob("solutions/*.ipynb")) if path not in made]
    if stale or extra:
        raise CourseOutdated(
            f"These differ from their source: {stale}; these have no source: {extra}. Try: ./lab notebooks"
        )


def differs(path: Path, notebook: NotebookNode) -> bool:
    """Return whether a notebook's file holds other cells than `notebook`; outputs don't count."""
    return _cells(_read(path)) != _cells(notebook)


def stale(folder: Path) -> list[str]:
    """Return the names of learner notebooks whose outputs were not made by the code that they hold."""
    made = ((path, _read(path)) for path in sorted(folder.glob("[0-9][0-9]_*.ipynb")))
    return [path.name for path, notebook in made if notebook.metadata.get(OUTPUTS_OF) != code_digest(notebook)]


def code_digest(notebook: NotebookNode) -> str:
    """Return a digest of a notebook's code, by which its outputs know what they are of."""
    code = "\n".join(f"{cell.id}\n{cell.source}" for cell in notebook.cells if cell.cell_type == "code")
    return hashlib.sha256(code.encode()).hexdigest()[:16]


def _read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call, no-any-return]


def _cells(notebook: NotebookNode) -> list[tuple[str, str, str]]:
    return [(cell.id, cell.cell_type, cell.source) for cell in notebook.cells]


def _with_outputs(path: Path, notebook: NotebookNode) -> NotebookNode:
    if path.exists():
        old = _read(path)
        if OUTPUTS_OF in old.metadata:
            notebook.metadata[OUTPUTS_OF] = old.metadata[OUTPUTS_OF]
        before = {cell.id: cell for cell in old.cells if cell.cell_type == "code"}
        for cell in notebook.cells:
            if cell.cell_type == "code" and cell.id in before:
                cell.outputs, cell.execution_count = before[cell.id].outputs, before[cell.id].execution_count
    return notebook

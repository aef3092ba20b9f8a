"""The form that each lesson has, so that a learner who knows one knows them all."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import papermill
import pytest
from nbformat import NotebookNode

from course import sources
from course.sources import ONLY_SOLVED

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "notebooks" / "source").glob("[0-9][0-9]_*.py"))
LINK = re.compile(r"\]\(\.\./GLOSSARY\.md#([\w-]+)\)")

pytestmark = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)


def code_of(notebook: NotebookNode) -> list[list[str]]:
    """The lines of code of each code cell, without comments and empty lines; cells for the run only are left out."""
    shown = [cell for cell in notebook.cells if not {"remove-cell", ONLY_SOLVED} & set(cell.metadata.get("tags", ()))]
    lines = [[line.strip() for line in cell.source.splitlines()] for cell in shown if cell.cell_type == "code"]
    return [[line for line in cell if line and not line.startswith("#")] for cell in lines]


def text_of(notebook: NotebookNode) -> str:
    """All the prose of a lesson."""
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_a_lesson_is_small(source: Path) -> None:
    """At most 80 lines of code, 15 in a cell; 20 to 32 cells; 500 to 900 words."""
    notebook = sources.build(source, solved=True)
    code = code_of(notebook)
    assert sum(map(len, code)) <= 80
    assert max(map(len, code)) <= 15
    assert 20 <= len(notebook.cells) <= 32
    assert 500 <= len(re.findall(r"[\w'’]+", re.sub(r"\]\([^)]*\)", "]", text_of(notebook)))) <= 900


def test_a_lesson_begins_with_its_question_and_its_place(source: Path) -> None:
    """One H1, then the question, what you will do, minutes, memory, and the pipeline with today's part marked."""
    head, *rest = [cell.source for cell in sources.build(source, solved=False).cells if cell.cell_type == "markdown"]
    assert head.startswith("# ")
    assert not [cell for cell in rest if re.search(r"^# ", cell, re.MULTILINE)]
    for part in (r"\*\*Question\.\*\* ", r"You will ", r"[Aa]bout \d+ minutes?", r"\d GB", r"\*\*\[ .+ \]\*\*.*"):
        assert re.search(part, head), part


def test_a_lesson_predicts_looks_and_ends_with_recap_and_cost(source: Path) -> None:
    """A prediction, what we see, two or three exercises, a recap, and what it would cost on AWS."""
    text = text_of(sources.build(source, solved=False))
    assert "**Predict.**" in text
    assert "**What we see.**" in text
    assert 2 <= len(re.findall(r"^## Exercise \d", text, re.MULTILINE)) <= 3
    assert re.search(r"^## Recap", text, re.MULTILINE)
    assert "**On AWS**" in text.partition("## Recap")[2]


def test_the_words_of_a_lesson_are_in_the_glossary(source: Path) -> None:
    """At least three links, each to a heading that is there; the solution's links reach it too."""
    headings = re.findall(r"^## (.+)$", (ROOT / "GLOSSARY.md").read_text(), re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    words = LINK.findall(text_of(sources.build(source, solved=False)))
    assert len(words) >= 3
    assert set(words) <= anchors
    assert text_of(sources.build(source, solved=True)).count("](../../GLOSSARY.md#") == len(words)


def test_each_figure_has_its_sentence(source: Path) -> None:
    """What draws a figure is followed by a sentence in italics that says what it shows."""
    cells = sources.build(source, solved=False).cells
    for cell, below in itertools.pairwise(cells):
        if cell.cell_type == "code" and re.search(
            r"^figure(s\.(?!install)\w+\(|\.update|\.add)", cell.source, re.MULTILINE
        ):
            assert below.source.startswith("*"), cell.source


def test_parameters_are_annotated(source: Path) -> None:
    """`papermill --help-notebook` shows the type and a help for each parameter."""
    path = ROOT / "notebooks" / f"{source.stem}.ipynb"
    parameters = papermill.inspect_notebook(str(path))
    assert parameters
    assert not [name for name, one in parameters.items() if one["inferred_type_name"] == "None" or not one["help"]]

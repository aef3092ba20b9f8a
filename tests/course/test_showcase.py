"""What the committed notebooks show was made by the code in them, and is readable without scripts."""

from __future__ import annotations

from pathlib import Path

import nbformat
import plotly.graph_objects as go
import pytest
from nbformat import NotebookNode

from course import showcase, sources
from smartcity.figures.display import PLOTLY_MIME, bundle

SOURCE = """# %% tags=["parameters"]
out: str = ""  # folder

# %%
import sys
sys.stderr.write("a warning")
table = 41 + 1
table

# %%
from IPython.display import display
display({"application/vnd.plotly.v1+json": FIGURE, "text/plain": "drawn"}, raw=True)

# %%
# BEGIN SOLUTION
answer = table
# END SOLUTION
answer

# %% tags=["varies"]
import os
os.getpid()

# %%
out
"""
FIGURE = bundle(go.Figure(layout={"title": "North is slow"}))[PLOTLY_MIME]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a lesson whose outputs were refreshed, with a painter that needs no browser."""
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / "source").mkdir()
    (folder / "source" / "01_a.py").write_text(SOURCE.replace("FIGURE", repr(FIGURE)))
    sources.generate(folder)
    showcase.refresh(folder, folder / "work", None, lambda _: None, paint=lambda spec: "cGljdHVyZQ==")
    return folder


def cells(folder: Path) -> list[NotebookNode]:
    """Return the cells of the learner notebook."""
    return list(nbformat.read(folder / "01_a.ipynb", as_version=4).cells)


def test_tables_and_values_are_shown_without_warnings(shown: Path) -> None:
    """The value is there, under the number that its cell has in a first run; what went to stderr is not."""
    (output,) = cells(shown)[1].outputs
    assert output["data"]["text/plain"] == "42"
    assert output["execution_count"] == cells(shown)[1].execution_count == 2


def test_no_path_of_this_machine_is_shown(shown: Path) -> None:
    """The folder of the run that made the outputs reads as the one that a learner's own run has."""
    (output,) = cells(shown)[5].outputs
    assert output["data"]["text/plain"] == "'../out/run'"


def test_a_figure_is_a_picture_with_words(shown: Path) -> None:
    """A code host can show it, and a screen reader reads it."""
    (output,) = cells(shown)[2].outputs
    assert output["data"] == {"image/png": "cGljdHVyZQ==", "text/plain": "Figure: North is slow."}
    assert output["metadata"]["image/png"]["alt"] == "Figure: North is slow."


def test_exercises_show_nothing_and_varying_cells_are_not_compared(shown: Path) -> None:
    """An unanswered exercise has no output worth showing; a process id is shown, but nbval leaves it alone."""
    exercise, varying = cells(shown)[3:5]
    assert exercise.outputs == []
    assert sources.IGNORED in exercise.metadata["tags"]
    assert varying.outputs
    assert sources.IGNORED in varying.metadata["tags"]


def test_outputs_of_other_code_are_found_out(shown: Path) -> None:
    """The check passes after a refresh, and fails once the source has changed, until the next refresh."""
    showcase.check(shown)
    source = shown / "source" / "01_a.py"
    before = source.read_text()
    source.write_text(before.replace("41 + 1", "41 + 2"))
    sources.generate(shown)
    with pytest.raises(showcase.OutputsOutdated, match="./lab notebooks --outputs"):
        showcase.check(shown)
    source.write_text(before)
    sources.generate(shown)


def test_a_notebook_that_is_too_large_is_refused(shown: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit holds for what is committed too."""
    monkeypatch.setattr(showcase, "SIZE_LIMIT", 500)
    with pytest.raises(showcase.TooLarge, match="show fewer rows"):
        showcase.check(shown)

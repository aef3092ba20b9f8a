"""A learner's lab is put back, and nothing that the learner wrote is lost."""

from __future__ import annotations

import subprocess
from pathlib import Path

import nbformat
import pytest

from course import restore, sources

SOURCE = "# %% [markdown]\n# # A lesson\n\n# %%\n1 + 1\n\n# %%\n# BEGIN SOLUTION\nanswer = 2\n# END SOLUTION\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Generated notebooks, committed in a git clone."""
    folder = tmp_path / "notebooks"
    (folder / "source").mkdir(parents=True)
    (folder / "source" / "01_a.py").write_text(SOURCE)
    sources.generate(folder)
    return folder


def edit(path: Path) -> str:
    """Answer the exercise, as a learner does, and return the content of the file."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[-1].source = "answer = 3"
    nbformat.write(notebook, path)
    return path.read_text()


def test_a_changed_notebook_is_kept_and_put_back(folder: Path, tmp_path: Path) -> None:
    """The backup holds the learner's bytes; the notebook is the generated one again."""
    mine = edit(folder / "01_a.ipynb")
    list(restore.restore(folder, tmp_path / "backup"))
    (kept,) = (tmp_path / "backup").glob("*/01_a.ipynb")
    assert kept.read_text() == mine
    assert restore.changed(folder) == []


def test_what_was_only_run_is_not_backed_up(folder: Path, tmp_path: Path) -> None:
    """Outputs alone are no work of the learner's."""
    notebook = nbformat.read(folder / "01_a.ipynb", as_version=4)
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="2")]
    nbformat.write(notebook, folder / "01_a.ipynb")
    list(restore.restore(folder, tmp_path / "backup"))
    assert not (tmp_path / "backup").exists()


def test_a_notebook_of_the_learner_is_copied_and_stays(folder: Path, tmp_path: Path) -> None:
    """An added notebook is in the backup and where it was."""
    (folder / "my.ipynb").write_text((folder / "01_a.ipynb").read_text())
    list(restore.restore(folder, tmp_path / "backup"))
    assert (folder / "my.ipynb").exists()
    assert len(list((tmp_path / "backup").glob("*/my.ipynb"))) == 1


def test_a_deleted_notebook_comes_back_with_its_outputs_from_git(folder: Path, tmp_path: Path) -> None:
    """In a clone the committed file is restored, byte for byte."""
    notebook = nbformat.read(folder / "01_a.ipynb", as_version=4)
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="2")]
    nbformat.write(notebook, folder / "01_a.ipynb")
    committed = (folder / "01_a.ipynb").read_text()
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "notebooks"], ["commit", "-qm", "Add a lesson"]):
        subprocess.run([*git, *command], check=True)
    (folder / "01_a.ipynb").unlink()
    list(restore.restore(folder, tmp_path / "backup"))
    assert (folder / "01_a.ipynb").read_text() == committed


def test_without_git_it_says_which_outputs_are_gone(folder: Path, tmp_path: Path) -> None:
    """The loss of the shown outputs is told, not silent."""
    (folder / "01_a.ipynb").unlink()
    lines = list(restore.restore(folder, tmp_path / "backup"))
    assert "Without their outputs: 01_a.ipynb" in lines

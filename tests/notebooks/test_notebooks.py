"""The notebooks are what their sources give, and run from the first to the last in both forms."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from course import mainjob, runner, sources
from localcloud import lab
from localcloud.home import Home
from smartcity.errors import LedgerUnbalanced

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
SMALL = {"minutes": 20, "vehicles": 60, "seed": 11, "run_id": "test"}
BALANCED = {
    "produced": 10,
    "transformed": 7,
    "duplicates": 1,
    "late": 1,
    "dead_letter": 1,
    "lost": 0,
    "duplicated": 0,
    "misjudged": 0,
    "athena_rows": 7,
    "redshift_rows": 7,
}


def test_the_committed_notebooks_are_what_their_sources_give() -> None:
    """`./lab notebooks --check` finds nothing to say."""
    sources.check(FOLDER)


def test_answers_are_cut_from_the_learner_form_only() -> None:
    """A learner finds `name = ...` between the marks; the solution has the answer, without marks."""
    code = "before = 1\nif before:\n    # BEGIN SOLUTION\n    answer = 42\n    # END SOLUTION\nafter = 2"
    assert sources.learner_text(code) == "before = 1\nif before:\n    answer = ...\nafter = 2"
    assert sources.solution_text(code) == "before = 1\nif before:\n    answer = 42\nafter = 2"


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"lost": 1}, id="lost"),
        pytest.param({"duplicated": 1}, id="stored twice"),
        pytest.param({"misjudged": 1}, id="misjudged"),
        pytest.param({"produced": 11}, id="the sum is short"),
        pytest.param({"athena_rows": 6}, id="Athena holds fewer rows"),
        pytest.param({"redshift_rows": 8}, id="Redshift holds more rows"),
        pytest.param({"late": None}, id="not reported"),
    ],
)
def test_a_ledger_that_does_not_balance_fails_the_run(wrong: dict[str, Any]) -> None:
    """Each kind of imbalance alone is enough; the balanced ledger passes."""
    mainjob.check_ledger(BALANCED)
    with pytest.raises(LedgerUnbalanced):
        mainjob.check_ledger({**BALANCED, **wrong})


@pytest.mark.stack
@pytest.mark.timeout(900)
def test_the_main_job_carries_an_hour_to_the_page(in_lab: Mapping[str, str], tmp_path: Path) -> None:
    """All solution notebooks run, the ledger balances with every verdict present, and the page is self-contained."""
    cells: dict[str, int] = {}
    report = mainjob.run_job(
        FOLDER / "solutions", tmp_path, SMALL, None, lambda name, done, total: cells.update({name: done})
    )
    assert min(report[name] for name in ("transformed", "duplicates", "late", "dead_letter")) > 0
    assert set(report["seconds"]) == set(cells) == {path.stem for path in runner.notebooks(FOLDER)}
    page = (tmp_path / "index.html").read_text()
    assert page.count('role="img" aria-label=') == 10
    assert "<script src=" not in page


@pytest.mark.stack
@pytest.mark.timeout(900)
def test_the_learner_form_runs_unanswered_wherever_variables_lead(
    in_lab: Mapping[str, str], lab_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each learner notebook runs with its exercises untouched; with target aws it needs no card, only the SDKs' variables."""
    for name, value in {**lab.laptop_environment(lab_home), "LAB_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    given = {**SMALL, "out": str(tmp_path), "target": "aws"}
    paths = runner.notebooks(FOLDER, "00-10")
    done = [one.name for one in runner.run(paths, tmp_path / "aws", given, lambda *_: None)]
    monkeypatch.setenv("LAB_HOME", str(lab_home.root.parent))
    last = runner.notebooks(FOLDER, "11")
    done += [one.name for one in runner.run(last, tmp_path / "local", {**given, "target": "local"}, lambda *_: None)]
    assert done == [path.stem for path in runner.notebooks(FOLDER)]

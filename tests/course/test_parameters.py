"""Parameters of a run: read by the type that the notebooks declare, refused with a way out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from course import mainjob, runner
from course.parameters import chosen
from smartcity.errors import ParameterInvalid

FOLDER = Path(__file__).resolve().parents[2] / "notebooks" / "solutions"
KNOWN = {
    name: {"inferred_type_name": kind, "default": default}
    for name, kind, default in (("minutes", "int", "60"), ("share", "float", "0.5"), ("run_id", "str", '"run"'))
} | {"fast": {"inferred_type_name": "bool", "default": "True"}, "ids": {"inferred_type_name": "list", "default": "[]"}}


def test_each_value_gets_the_type_that_its_notebook_declares() -> None:
    """Whole numbers, fractions, texts, truth values and literals are read as such."""
    given = ["minutes=30", "share=0.25", "run_id=2024", "fast=no", "ids=[1, 2]"]
    assert chosen(given, KNOWN) == {"minutes": 30, "share": 0.25, "run_id": "2024", "fast": False, "ids": [1, 2]}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("minutes", "there is no '='", id="no equals sign"),
        pytest.param("minuts=30", "Try: --param minutes=30", id="a slip of the pen"),
        pytest.param("colour=red", "one of fast, ids, minutes, run_id, share", id="unknown"),
        pytest.param("minutes=soon", "is not a valid int. Try: --param minutes=60", id="another type"),
        pytest.param("fast=perhaps", "is not a valid bool", id="no truth value"),
    ],
)
def test_a_wrong_parameter_is_refused_with_a_way_out(text: str, told: str) -> None:
    """The message names the parameter and says what would do."""
    with pytest.raises(ParameterInvalid) as refused:
        chosen([text], KNOWN)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    "values", [{"run_id": "../other"}, {"run_id": ""}, {"run_id": "run", "target": "moon"}], ids=str
)
def test_a_run_id_can_not_lead_out_of_its_folder(values: dict[str, Any]) -> None:
    """What no run may be called, and an unknown target, is refused before anything is started or deleted."""
    texts = [f"{name}={value}" for name, value in values.items()]
    with pytest.raises(ParameterInvalid, match="Try:"):
        mainjob.parameters(FOLDER, None, {"run_id": "run"}, texts)


def test_a_parameter_of_notebooks_that_do_not_run_is_refused() -> None:
    """`target` belongs to notebooks that reach services; alone with another, it would be ignored in silence."""
    assert mainjob.parameters(FOLDER, "07", {"run_id": "run"}, ["target=aws"])["target"] == "aws"
    with pytest.raises(ParameterInvalid, match="no notebook in this run has it"):
        mainjob.parameters(FOLDER, "01", {"run_id": "run"}, ["target=aws"])


@pytest.mark.parametrize(
    ("only", "numbers"),
    [("03-05", ["03", "04", "05"]), ("5", ["05"]), ("07-07", ["07"])],
)
def test_a_range_names_the_notebooks_of_its_numbers(only: str, numbers: list[str]) -> None:
    """Both ends count; one number is a range of one."""
    assert [path.name[:2] for path in runner.notebooks(FOLDER, only)] == numbers


@pytest.mark.parametrize("only", ["98-99", "05-03", "three", "03-", "-5", ""])
def test_a_range_without_notebooks_is_refused(only: str) -> None:
    """An empty run would look like a success."""
    with pytest.raises(ParameterInvalid, match="Try:"):
        runner.notebooks(FOLDER, only)


@pytest.mark.parametrize("texts", [["minutes=5"], ["minutes=100000"], ["vehicles=1"], ["seed=-1"]])
def test_a_run_of_another_size_than_the_lessons_take_is_refused_before_anything_starts(texts: list[str]) -> None:
    """The values for `./lab run` are checked against the ranges of the lessons."""
    with pytest.raises(ParameterInvalid, match="Try: a whole number from"):
        mainjob.parameters(FOLDER, None, {"run_id": "run", "minutes": 60, "vehicles": 200, "seed": 7}, texts)

"""What every check does with an answer, whatever the lesson."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from course.checks import Exercise, Sheet, Status
from course.checks.judges import number, one_of
from smartcity.errors import ExercisesOpen, LakeError


def forty_two(slips: dict[str, Callable[[], float]] | None = None) -> Exercise:
    """An exercise whose answer is 42."""
    return Exercise("answer", "a number", number(lambda: 42, slips=slips), "It is so.")


@pytest.mark.parametrize("placeholder", [..., None, "", "...", [...], (1, ...), {"a": ...}, {"a": [...]}])
def test_a_placeholder_is_not_yet_an_answer(placeholder: object) -> None:
    """What a learner finds, also within a list or a dict, is never right and never wrong."""
    assert forty_two()(placeholder).status is Status.NOT_YET


@pytest.mark.parametrize("answer", [42, 42.0, pd.Series([42]), pd.DataFrame({"n": [42]})])
def test_a_right_answer_is_told_why(answer: object) -> None:
    """A number is right as itself and as a table of one cell; the reason follows."""
    assert repr(forty_two()(answer)) == "✓ Right. It is so."


@pytest.mark.parametrize("answer", [41, "42", True, [1, 2], object(), float("nan"), pd.Series([1, 2]), Exception("x")])
def test_a_wrong_answer_is_not_quite_and_raises_nothing(answer: object) -> None:
    """Whatever else comes is told what was expected and what came."""
    outcome = forty_two()(answer)
    assert outcome.status is Status.NOT_QUITE
    assert "Expected a number; got `" in outcome.text


def test_a_known_slip_has_a_hint_of_its_own() -> None:
    """A number that comes of a known mistake is answered with that mistake."""
    assert "You counted twice." in forty_two({"You counted twice.": lambda: 84})(84).text


def test_nothing_to_compute_is_right_as_nan() -> None:
    """Where the data give NaN, NaN is right and a number is not."""
    judge = number(lambda: math.nan)
    assert judge(math.nan) is None
    assert judge(1.0)


def test_all_that_are_tied_are_right() -> None:
    """Of several right texts each is accepted; another one gets the hint, a slip its own."""
    judge = one_of(lambda: {"a", "b"}, "Look again.", {"That is the least.": lambda: {"c"}})
    assert [judge("a"), judge("b"), judge("c"), judge("d")] == [None, None, "That is the least.", "Look again."]


def test_a_lab_that_is_down_is_not_the_learners_mistake() -> None:
    """When what is right can't be found out, the check says so instead of judging."""

    def fail(_answer: Any) -> None:
        raise LakeError("The lake is away. Try: ./lab up")

    assert Exercise("x", "a number", fail, "")(1).status is Status.UNKNOWN


def test_a_sheet_demands_every_exercise_in_the_solutions() -> None:
    """An exercise that was answered wrongly, or not at all, fails the solution; all right passes."""
    sheet = Sheet("01", forty_two(), Exercise("name", "a text", one_of(lambda: {"a"}, "No."), ""))
    sheet.answer(42)
    with pytest.raises(ExercisesOpen, match="name"):
        sheet.require_all()
    sheet.name("b")
    with pytest.raises(ExercisesOpen, match="not quite"):
        sheet.require_all()
    sheet.name("a")
    sheet.require_all()
    assert "2 of 2" in repr(sheet)


def test_an_exercise_that_is_not_there_is_named() -> None:
    """A misspelt exercise is an AttributeError that tells which there are."""
    with pytest.raises(AttributeError, match="no exercise 'anwser'. Try one of: answer"):
        _ = Sheet("01", forty_two()).anwser

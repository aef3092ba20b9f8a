"""One exercise and its check; a lesson's exercises together are a sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from smartcity.errors import ExercisesOpen, LabError


class Status(StrEnum):
    """The status of an answer."""

    NOT_YET = "not yet"
    NOT_QUITE = "not quite"
    RIGHT = "right"
    UNKNOWN = "can't check"


_SIGNS = {Status.NOT_YET: "◻", Status.NOT_QUITE: "△", Status.RIGHT: "✓", Status.UNKNOWN: "?"}


@dataclass(frozen=True)
class Outcome:
    """What a check says; Jupyter shows it as a line with a sign, a word, and the text."""

    status: Status
    text: str

    def __repr__(self) -> str:
        """Return the outcome as plain text."""
        return f"{_SIGNS[self.status]} {self.status.capitalize()}. {self.text}"

    def _repr_markdown_(self) -> str:
        return f"**{_SIGNS[self.status]} {self.status.capitalize()}.** {self.text}"


@dataclass
class Exercise:
    """An exercise by its name. Call it with an answer.

    `form` says what an answer looks like. `judge` returns None for a right answer, else a hint that fits the mistake;
    it computes the right answer from the data, in another way than the learner. `why` is shown once the answer is
    right.
    """

    name: str
    form: str
    judge: Callable[[Any], str | None]
    why: str
    status: Status = field(default=Status.NOT_YET, init=False)

    def __call__(self, answer: object) -> Outcome:
        """Return the outcome for an answer. Never raises."""
        outcome = self._look(answer)
        self.status = outcome.status
        return outcome

    def _look(self, answer: object) -> Outcome:
        if untouched(answer):
            return Outcome(Status.NOT_YET, f"Replace `...` with your answer; it is {self.form}.")
        try:
            hint = self.judge(answer)
        except (LabError, BotoCoreError, ClientError) as error:
            return Outcome(Status.UNKNOWN, f"The lab doesn't answer: {error}")
        except Exception:
            kind = type(answer).__name__
            return Outcome(Status.NOT_QUITE, f"Expected {self.form}; got {quoted(answer)}, which is a {kind}.")
        if hint is not None:
            return Outcome(Status.NOT_QUITE, f"Expected {self.form}; got {quoted(answer)}. {hint}")
        return Outcome(Status.RIGHT, self.why)


class Sheet:
    """The exercises of a lesson: `sheet.name(answer)` checks one, `sheet` alone shows how far one is."""

    def __init__(self, lesson: str, *exercises: Exercise) -> None:
        self.lesson = lesson
        self.exercises = {exercise.name: exercise for exercise in exercises}

    def __getattr__(self, name: str) -> Exercise:
        """Return the exercise of that name. Raises AttributeError, which names the existing ones."""
        try:
            return self.__dict__["exercises"][name]  # type: ignore[no-any-return]
        except KeyError:
            known = ", ".join(self.__dict__.get("exercises", ()))
            raise AttributeError(
                f"Lesson {self.__dict__.get('lesson')} has no exercise {name!r}. Try one of: {known}"
            ) from None

    def __repr__(self) -> str:
        """Return one line per exercise, and how many are right."""
        right = sum(exercise.status is Status.RIGHT for exercise in self.exercises.values())
        lines = [
            f"{_SIGNS[exercise.status]} {exercise.name}: {exercise.status}" for exercise in self.exercises.values()
        ]
        return "\n".join([f"Lesson {self.lesson}: {right} of {len(lines)} exercises are right", *lines])

    def require_all(self) -> None:
        """Raise ExercisesOpen unless every exercise is right, so that no wrong solution goes unnoticed."""
        if left := {
            name: str(exercise.status)
            for name, exercise in self.exercises.items()
            if exercise.status is not Status.RIGHT
        }:
            raise ExercisesOpen(f"Lesson {self.lesson}: {left}. Try: look at the checks above this cell")


def untouched(answer: object) -> bool:
    """Return whether an answer is nothing or the placeholder, or holds it."""
    return answer is None or (isinstance(answer, str) and not answer.strip()) or _holds_placeholder(answer)


def _holds_placeholder(answer: object) -> bool:
    if isinstance(answer, Mapping):
        return any(map(_holds_placeholder, answer.values()))
    if isinstance(answer, list | tuple | set):
        return any(map(_holds_placeholder, answer))
    return answer is ... or (isinstance(answer, str) and answer.strip() == "...")


def quoted(answer: object) -> str:
    """Return an answer, shortened."""
    text = " ".join(repr(answer).split())
    return f"`{text if len(text) <= 80 else text[:77] + '...'}`"

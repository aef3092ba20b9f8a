"""Judges that several exercises share. Each takes the right answer as a function, called when an answer arrives."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

Judge = Callable[[Any], str | None]
Number = Callable[[], float]
Texts = Callable[[], Collection[str]]


def number(right: Number, within: float = 0.0, slips: Mapping[str, Number] | None = None) -> Judge:
    """Judge a number, right when it is at most `within` (relative) away. `slips`: by hint, the number it leads to.

    Where nothing can be computed (NaN), NaN is right.
    """

    def judge(answer: Any) -> str | None:
        value, expected = _plain(answer), float(right())
        if _close(value, expected, within):
            return None
        for hint, wrong in (slips or {}).items():
            if _close(value, float(wrong()), within):
                return hint
        if math.isnan(value):
            return "It is NaN, which you get from the mean or ratio of no values."
        return "It is too large." if value > expected else "It is too small."

    return judge


def one_of(right: Texts, hint: str, slips: Mapping[str, Texts] | None = None) -> Judge:
    """Judge a string; all tied answers are right. `slips`: by hint, the texts that it leads to."""

    def judge(answer: Any) -> str | None:
        if not isinstance(answer, str):
            raise TypeError
        if answer in right():
            return None
        return next((answer_hint for answer_hint, wrong in (slips or {}).items() if answer in wrong()), hint)

    return judge


def _plain(answer: Any) -> float:
    """Return an answer's number, even if it comes from NumPy or is a table with one cell."""
    if isinstance(answer, bool | str | bytes):
        raise TypeError
    array = np.asarray(answer, dtype=float)
    if array.size != 1:
        raise ValueError
    return float(array.reshape(()))


def _close(value: float, expected: float, within: float) -> bool:
    if math.isnan(expected):
        return math.isnan(value)
    return math.isclose(value, expected, rel_tol=max(within, 1e-9), abs_tol=1e-9)

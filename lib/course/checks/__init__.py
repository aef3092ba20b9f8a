"""Checks of the exercises: not yet, not quite (with a hint), or right (with the reason); never a traceback."""

from course.checks.exercise import Exercise, Outcome, Sheet, Status

__all__ = ["Exercise", "Outcome", "Sheet", "Status"]

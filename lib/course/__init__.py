"""The course: makes, runs, checks and shows the lessons. Used from the repository only; no wheel holds it."""

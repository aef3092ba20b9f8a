"""Checks of lesson 11, from the price table and the template, both read again."""

from __future__ import annotations

import re

from course.checks.exercise import Exercise, Sheet
from course.checks.judges import number
from smartcity.aws import estimate, stack

HOURS = 730
_OPTIONAL = ("HasSpark", "HasKafka")


def sheet() -> Sheet:
    """Return the exercises of the lesson."""
    return Sheet("11", _month_usd(), _resources())


def _month_usd() -> Exercise:
    slips = {
        "That is with Kafka.": lambda: _usd(estimate.Stack(kafka=True)),
        "That is for one hour.": lambda: _usd(estimate.Stack()) / HOURS,
        "That is without the warehouse.": lambda: _usd(estimate.Stack(warehouse=False)),
    }
    return Exercise(
        "month_usd",
        "US dollars, as a number",
        number(lambda: _usd(estimate.Stack()), 0.005, slips),
        "Nearly all of it pays for addresses that nobody uses. Files and tables cost next to nothing.",
    )


def _resources() -> Exercise:
    return Exercise(
        "resources",
        "a whole number",
        number(_of_template),
        "This is the number of rows in `held`, and of resources in the template whose conditions are true.",
    )


def _usd(parts: estimate.Stack) -> float:
    """Add up a month, line by line, from the price table."""
    table = estimate.prices()["prices"]
    return HOURS * sum(line.quantity * float(table[line.price]["usd"]) for line in estimate.idle_hour(parts))


def _of_template() -> int:
    """Count the resources of the template that a stack with a warehouse, without Spark and Kafka, makes."""
    body = stack.template().partition("\nResources:\n")[2]
    body = re.split(r"^\w", body, maxsplit=1, flags=re.MULTILINE)[0]
    blocks = re.split(r"^  (?=\w+:$)", body, flags=re.MULTILINE)[1:]
    return sum(not re.search(rf"^    Condition: ({'|'.join(_OPTIONAL)})$", block, re.MULTILINE) for block in blocks)

"""Checks of lesson 00, from the contract and from what the AWS SDK itself looks for."""

from __future__ import annotations

import os

from course.checks.exercise import Exercise, Sheet
from course.checks.judges import number, one_of
from smartcity.events import TOPICS

_ALL, _OF_SERVICE = "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_GLUE"
"""https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html: that of one service comes first."""


def sheet() -> Sheet:
    """Return the exercises of the lesson."""
    others = {
        "That is the address of one other service.": lambda: {name for name in os.environ if name.startswith(_ALL)}
    }
    return Sheet(
        "00",
        Exercise(
            "topics",
            "a whole number",
            number(lambda: len(TOPICS)),
            "They cover vehicles, positions, cameras, weather and emergencies.",
        ),
        Exercise(
            "variable",
            "the name of an environment variable",
            one_of(
                lambda: {_OF_SERVICE if os.environ.get(_OF_SERVICE) else _ALL},
                "It starts with AWS_ and holds an address that you saw above.",
                others,
            ),
            "Services without a variable of their own use this address. On AWS it is not set.",
        ),
    )

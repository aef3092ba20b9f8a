"""A parameter that is not possible is refused in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from smartcity.errors import ConfigInvalid
from smartcity.simulate import Config, Faults


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"minutes": 0}, "minutes is 0"),
        ({"vehicles": 2.5}, "vehicles is 2.5"),
        ({"seed": -1}, "seed is -1"),
        ({"chunk_s": True}, "chunk_s is True"),
        ({"start": datetime(2026, 1, 1)}, "without a time zone"),
        ({"start": datetime(2026, 1, 1, 7, 0, 1, tzinfo=UTC)}, "not a full minute"),
    ],
)
def test_an_impossible_parameter_is_named(wrong: dict[str, Any], named: str) -> None:
    """The error names the parameter, its value, and what to try."""
    with pytest.raises(ConfigInvalid, match=f"{named}.*Try: "):
        Config(**wrong)


def test_rates_are_probabilities() -> None:
    """A rate above 1 is refused, and so are ways to break that add up to more than 1."""
    with pytest.raises(ConfigInvalid, match="Faults.resent is 1.5"):
        Faults(resent=1.5)
    with pytest.raises(ConfigInvalid, match="add up to 1.2"):
        Faults(cut_json=0.6, empty=0.6)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"minutes": 5}, "minutes is 5. Try: a whole number from 20 to 1440"),
        ({"minutes": 1441}, "minutes is 1441. Try: a whole number from 20 to 1440"),
        ({"vehicles": 49}, "vehicles is 49. Try: a whole number from 50 to 5000"),
        ({"vehicles": 5001}, "vehicles is 5001. Try: a whole number from 50 to 5000"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_a_run_that_the_lessons_cannot_show_is_refused_with_the_range(wrong: dict[str, Any], named: str) -> None:
    """A notebook with too few or too many minutes or vehicles refuses before it simulates, and says what it takes."""
    with pytest.raises(ConfigInvalid, match=named):
        Config.for_lesson(**wrong)


@pytest.mark.parametrize(
    "ends", [{"minutes": 20}, {"minutes": 1440}, {"vehicles": 50}, {"vehicles": 5000}, {"seed": 0}]
)
def test_the_ends_of_the_lessons_range_are_taken(ends: dict[str, int]) -> None:
    """Each end of the range is a run."""
    assert vars(Config.for_lesson(**ends)).items() >= ends.items()

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

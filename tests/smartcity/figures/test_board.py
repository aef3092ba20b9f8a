"""The board's figures."""

from __future__ import annotations

import pandas as pd

from smartcity import figures

COLUMNS = ["incident_id", "road_id", "reported", "on_scene", "resolved", "event_time", "speed_kmh"]


def moment(minute: int) -> pd.Timestamp:
    """Return a minute of the morning."""
    return pd.Timestamp(2026, 3, 2, 7, minute, tz="UTC")


def test_the_incident_of_the_board_is_the_one_with_most_readings() -> None:
    """Only the first incident's readings are drawn; what has not happened yet has no mark."""
    rows = [("inc-1", "road-1", moment(5), moment(9), pd.NaT, moment(minute), 30.0) for minute in (1, 2, 3)]
    rows += [("inc-2", "road-2", moment(6), pd.NaT, pd.NaT, moment(4), 50.0)]
    figure = figures.incident_on_its_road(pd.DataFrame(rows, columns=COLUMNS))
    assert list(figure.data[0].y) == [30.0] * 3
    assert [note.text for note in figure.layout.annotations][1:] == ["reported", "on scene"]
    assert "road-1" in figure.layout.title.text


def test_a_quiet_city_has_a_board_too() -> None:
    """Without an incident that a vehicle passed, the figure says so."""
    panel = figures.panel("incident_on_its_road", pd.DataFrame(columns=COLUMNS))
    assert panel.figure.layout.title.text == "No vehicle passed an incident"


def test_streets_without_a_reading_are_on_the_map() -> None:
    """A street that no vehicle reported from stays, with an unknown share of its limit."""
    place = {"from_longitude": 9.0, "to_longitude": 9.1, "from_latitude": 45.0, "to_latitude": 45.1}
    network = pd.DataFrame([{"road_id": name, "speed_limit_kmh": 50.0, **place} for name in ("a", "b")])
    found = figures.streets(network, pd.DataFrame({"road_id": ["a"], "mean_speed_kmh": [25.0]}))
    assert found["speed_share"].fillna(-1).tolist() == [0.5, -1]
    assert found["longitudes"].tolist() == [[9.0, 9.1]] * 2

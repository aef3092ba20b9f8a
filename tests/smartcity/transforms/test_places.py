"""District and road class."""

from __future__ import annotations

import pyarrow as pa

from smartcity.transforms.places import Places

ROADS = pa.table(
    {
        "road_id": ["r1", "r2"],
        "district": ["Harbour", "Hillside"],
        "road_class": ["arterial", "local"],
        "from_latitude": [45.0, 45.02],
        "from_longitude": [9.0, 9.0],
        "to_latitude": [45.0, 45.02],
        "to_longitude": [9.02, 9.02],
    }
)


def test_a_road_gives_its_district() -> None:
    """An event with a road has that road's district and class, and none where the road is unknown."""
    placed = Places(ROADS).of(pa.table({"road_id": ["r2", "r9", None]}))
    assert placed.to_pydict() == {"district": ["Hillside", None, None], "road_class": ["local", None, None]}


def test_a_position_belongs_to_the_nearest_road() -> None:
    """A position gets the road next to it, wherever along the road it is. Far from all roads, it gets none."""
    events = pa.table({"latitude": [45.0004, 45.0195, 46.0], "longitude": [9.0123, 9.0, 9.0]})
    assert Places(ROADS).of(events)["district"].to_pylist() == ["Harbour", "Hillside", None]

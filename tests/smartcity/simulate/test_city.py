"""The street network is one that people can live in."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from smartcity.simulate import Config, city
from smartcity.simulate.city import LOCAL, intersections_per_side


@pytest.mark.parametrize("seed", range(8))
def test_every_corner_can_be_reached_from_every_other(seed: int) -> None:
    """The directed network is strongly connected, parks and river or not."""
    network = city(Config(seed=seed))
    edges = (np.ones(len(network.road_from)), (network.road_from, network.road_to))
    count, _ = connected_components(coo_array(edges, shape=(network.side**2,) * 2), connection="strong")
    assert count == 1


def test_only_bridges_and_tunnels_cross_the_river() -> None:
    """A road between the two halves is a bridge or a tunnel of a larger street; no other road is."""
    network = city(Config())
    south = np.arange(network.side**2) // network.side < network.side // 2
    crosses = south[network.road_from] != south[network.road_to]
    assert (crosses == (network.road_crossing > 0)).all()
    assert set(network.road_crossing[crosses]) == {1, 2}
    assert (network.road_class[crosses] != LOCAL).all()


def test_roads_are_a_table_for_joins_and_maps() -> None:
    """Ids are unique, lengths are those between the ends, and nothing is null."""
    roads = city(Config()).roads.to_pandas()
    assert roads["road_id"].is_unique
    assert roads.notna().all().all()
    north = (roads["to_latitude"] - roads["from_latitude"]) * 111_320
    east = (roads["to_longitude"] - roads["from_longitude"]) * 111_320 * 0.70710678
    assert np.allclose(np.hypot(north, east), roads["length_m"], atol=0.3)
    assert np.allclose(np.degrees(np.arctan2(east, north)) % 360, roads["direction_deg"], atol=0.1)


def test_the_city_grows_with_its_fleet() -> None:
    """Up to 2,000 vehicles the city stays as it is; eight times as many have about eight times the streets."""
    assert intersections_per_side(1) == intersections_per_side(2000) == 12
    small, large = (len(city(Config(vehicles=v)).road_from) for v in (200, 16_000))
    assert 7 < large / small < 10

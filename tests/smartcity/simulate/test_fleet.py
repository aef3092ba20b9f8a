"""Vehicles drive on roads, no faster than they say, and cameras see all that pass."""

from __future__ import annotations

import numpy as np

from smartcity.simulate.fleet import FASTEST_KMH
from smartcity.simulate.flow import STEP_S

from .conftest import Track


def test_no_vehicle_teleports(track: Track) -> None:
    """The way driven in a step is at most speed times time, and where it is ends up no farther away than that."""
    driven = np.diff(track.odometer_m, axis=0)
    assert (driven <= track.speed_m_s[1:] * STEP_S + 1e-6).all()
    places = np.stack(track.world.city.locate(track.road, track.at_m))
    metres = np.diff(places, axis=1) * np.array([0.11132, 0.11132 * 0.70710678])[:, None, None]
    assert (np.hypot(*metres) <= track.speed_m_s[1:] * STEP_S + 0.3).all()
    assert track.speed_m_s.max() <= FASTEST_KMH / 3.6


def test_vehicles_stay_on_roads_and_turn_only_at_corners(track: Track) -> None:
    """A position lies within its road, and the next road of a vehicle begins where one it could reach ends."""
    network = track.world.city
    assert (track.at_m >= 0).all()
    assert (track.at_m <= network.road_length_m[track.road]).all()
    step, who = np.nonzero(np.diff(track.road, axis=0))
    before, after = network.road_to[track.road[step, who]], network.road_from[track.road[step + 1, who]]
    length = network.road_length_m[track.road[step + 1, who]]
    direct = before == after
    assert direct.mean() > 0.9
    assert (track.speed_m_s[step + 1, who][~direct] * STEP_S > 0.2 * length.min()).all()


def test_most_of_the_fleet_is_on_the_move(track: Track) -> None:
    """In the rush hour between a third and three quarters of the vehicles drive at any time."""
    assert 0.33 < (track.speed_m_s > 0).mean() < 0.75


def test_an_ambulance_reaches_its_scene(track: Track) -> None:
    """A unit that is sent to a point of a road stops there, and drives on when it is released."""
    world = track.world
    fleet, unit, road = world.fleet, int(world.fleet.idle_units()[0]), 100
    way, _ = world.incidents._ways.toward(world.city, int(world.city.road_from[road]))
    fleet.send(unit, 63, road, 50.0, way)
    for _ in range(120):
        world._step()
    assert fleet.on_scene(unit)
    assert (fleet.road[unit], fleet.at_m[unit]) == (road, 50.0)
    fleet.release(unit, world.now_ms)
    world._step()
    assert (fleet.road[unit], fleet.at_m[unit]) != (road, 50.0)

"""The traffic model: conservation, the diagram, rain, and queues behind a bottleneck."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity.simulate import Config, city
from smartcity.simulate.chance import Chance
from smartcity.simulate.city import TRUNK
from smartcity.simulate.demand import intensity
from smartcity.simulate.flow import CAPACITY_VEH_H, FREE_KMH, JAM_VEH_KM, STEP_S, Traffic, speed_kmh
from smartcity.simulate.routing import assign, routes
from smartcity.simulate.weather import capacity_factor, speed_factor


@pytest.fixture
def traffic() -> Traffic:
    """An empty city."""
    network = city(Config())
    return Traffic(network, assign(network, routes(network, Chance(7))))


def run(traffic: Traffic, steps: int, demand: float = 1.0) -> None:
    """Let the morning's traffic flow, `demand` being 1 at the full peak."""
    traffic.demand(np.array([demand, 0.2 * demand, 0.0]))
    for _ in range(steps):
        traffic.step()


def test_vehicles_are_conserved(traffic: Traffic) -> None:
    """What is on the roads is what has entered less what has left."""
    run(traffic, 240)
    before, waiting = traffic.vehicles.sum(), traffic.waiting.sum()
    leave = traffic._leave * np.minimum(traffic.vehicles, _send(traffic))[traffic.last]
    traffic.step()
    entered = traffic._enter.sum() - (traffic.waiting.sum() - waiting)
    assert traffic.vehicles.sum() == pytest.approx(before + entered - leave.sum(), abs=1e-9)


def _send(traffic: Traffic) -> np.ndarray:
    rate = np.minimum(traffic.free * traffic.vehicles / traffic.km, traffic.capacity)
    return rate * STEP_S / 3600


@settings(max_examples=10, deadline=None)
@given(st.floats(0, 3))
def test_no_cell_holds_more_than_a_jam(demand: float) -> None:
    """Whatever the demand, densities stay between nothing and bumper to bumper."""
    network = city(Config())
    traffic = Traffic(network, assign(network, routes(network, Chance(7))))
    run(traffic, 120, demand)
    per_lane = traffic.vehicles / traffic.km / traffic.lanes
    assert (per_lane >= 0).all()
    assert (per_lane <= JAM_VEH_KM * 1.0001).all()


@pytest.mark.parametrize("kind", range(3))
def test_the_diagram_is_the_triangle_of_its_parameters(kind: int) -> None:
    """Flow is free speed times density up to capacity, then falls in a line to nothing at jam density."""
    critical, dry = CAPACITY_VEH_H[kind] / FREE_KMH[kind], np.ones(3)
    density = np.array([critical / 2, critical, (critical + JAM_VEH_KM) / 2])
    flow = density * speed_kmh(density, np.full(3, kind), dry, dry)
    assert flow == pytest.approx(CAPACITY_VEH_H[kind] * np.array([0.5, 1, 0.5]))


def test_rain_has_the_size_that_was_measured() -> None:
    """Light rain takes 2 to 4 % of speed and 5 to 10 % of capacity, heavy rain 4 to 7 % and 10 to 17 %."""
    light, heavy = np.array([0.25, 3.0, 6.35]), np.array([6.36, 10.0, 40.0])
    assert ((1 - speed_factor(light) >= 0.0199) & (1 - speed_factor(light) <= 0.0401)).all()
    assert ((1 - capacity_factor(light) >= 0.0499) & (1 - capacity_factor(light) <= 0.1001)).all()
    assert ((1 - speed_factor(heavy) >= 0.04) & (1 - speed_factor(heavy) <= 0.0701)).all()
    assert ((1 - capacity_factor(heavy) >= 0.1) & (1 - capacity_factor(heavy) <= 0.1701)).all()
    assert speed_factor(np.zeros(1)) == capacity_factor(np.zeros(1)) == 1


def test_a_blocked_road_grows_a_queue_that_dissolves(traffic: Traffic) -> None:
    """Cells upstream of a bottleneck fill up to congestion, and empty after it is gone."""
    run(traffic, 360, 0.8)
    volume = np.bincount(traffic.road, traffic.passed) * (traffic.kind[traffic.first] == TRUNK)
    cell = traffic.last[int(volume.argmax())]
    traffic.open_lanes[cell] = 0.1
    run(traffic, 120, 0.8)
    jammed = traffic.speed_m_s()[cell - 1] * 3.6
    traffic.open_lanes[cell] = 1.0
    run(traffic, 360, 0.8)
    assert jammed < 15
    assert traffic.speed_m_s()[cell - 1] * 3.6 == pytest.approx(80, abs=1)


def test_the_city_breathes_with_the_day() -> None:
    """A weekday has a morning and an evening peak of other patterns, and a quiet night; a match draws a crowd."""
    at = {h: intensity(int(datetime(2026, 3, 2, h, tzinfo=UTC).timestamp() * 1000)) for h in (3, 8, 17)}
    assert at[8].argmax() == 0
    assert at[17].argmax() == 1
    assert at[3].sum() < 0.1 * at[8].sum()
    assert intensity(int(datetime(2026, 3, 4, 19, 30, tzinfo=UTC).timestamp() * 1000))[2] > 0

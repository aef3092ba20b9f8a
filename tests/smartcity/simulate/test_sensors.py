"""What sensors report is what truly happens, within what they are able to see."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from smartcity.simulate import Config, Faults, World
from smartcity.simulate.chance import Floats
from smartcity.simulate.city import LANES, ROAD_CLASSES
from smartcity.simulate.fleet import Passing
from smartcity.simulate.flow import CAPACITY_VEH_H, FREE_KMH, Traffic, speed_kmh

from .conftest import Hour


@dataclass(frozen=True)
class Watched:
    """What passed the cameras (traffic by camera, connected vehicles) and what they reported until `end_ms`."""

    flow: Floats
    passing: Passing
    reports: pd.DataFrame
    end_ms: int


@pytest.fixture(scope="module")
def watched() -> Watched:
    """Ten minutes of 300 vehicles: the cameras' reports, and what really passed the cameras."""
    world = World(Config(vehicles=300, faults=Faults.none()))
    flows, passings, tables = [], [], []
    watch = world.cameras.watch

    def spy(traffic: Traffic, passing: Passing) -> None:
        flows.append(traffic.passed[world.cameras.cell])
        passings.append(passing)
        watch(traffic, passing)

    world.cameras.watch = spy  # type: ignore[method-assign]
    for _ in range(10):
        tables += [events.table() for events in world.minute() if events.topic == "traffic_data"]
    return Watched(np.sum(flows, axis=0), Passing.join(passings), pa.concat_tables(tables).to_pandas(), world.now_ms)


def test_camera_counts_equal_true_passings(watched: Watched) -> None:
    """Over ten minutes the counts of each camera add up to the traffic that left its cell, to the whole vehicle."""
    counted = watched.reports.groupby("camera_id")["vehicle_count"].sum().to_numpy()
    assert counted.sum() > 5000
    assert (np.abs(counted - watched.flow) <= 3).all()


def test_cameras_name_every_connected_vehicle_that_passed(watched: Watched) -> None:
    """The ids that a camera reports are those of the vehicles that crossed its line, each time that they did."""
    truly = watched.passing.at_ms < watched.end_ms
    camera, vehicle = watched.passing.camera[truly], watched.passing.vehicle[truly]
    true = Counter((f"cam-{c:04d}", f"veh-{v:06d}") for c, v in zip(camera, vehicle, strict=True))
    named = Counter((r.camera_id, v) for r in watched.reports.itertuples() for v in r.vehicle_ids)
    before = named - true  # passed in the last seconds before the watch began
    assert sum(before.values()) <= 10
    assert not true - named
    assert sum(true.values()) > 300


def test_a_camera_counts_at_least_the_vehicles_it_names(hour: Hour) -> None:
    """No interval names more vehicles than it counts."""
    cameras = hour.events("traffic_data")
    assert (cameras["vehicle_count"] >= cameras["vehicle_ids"].map(len)).all()


def test_speed_and_density_of_cameras_lie_on_the_diagram(hour: Hour) -> None:
    """Away from incidents at least 95 % of dry intervals are within 5 % of the triangular diagram."""
    roads = hour.city.roads.to_pandas().set_index("road_id")
    kinds = roads["road_class"].map(ROAD_CLASSES.index)
    cameras = hour.events("traffic_data").query("vehicle_count > 0 and density_veh_km > 1")
    dry = cameras[cameras["event_time"] < "2026-03-02T07:03Z"]
    kind = kinds[dry["road_id"]].to_numpy()
    none = np.ones(len(dry))
    model = speed_kmh(dry["density_veh_km"].to_numpy() / LANES[kind], kind, none, none)
    assert len(dry) > 100
    assert (np.abs(dry["mean_speed_kmh"] / model - 1) < 0.05).mean() > 0.95


def test_no_camera_sees_more_than_capacity(hour: Hour) -> None:
    """The flow of any interval is at most the capacity of its road, up to rounding to whole vehicles."""
    roads = hour.city.roads.to_pandas().set_index("road_id")
    kind = roads["road_class"].map(ROAD_CLASSES.index)[hour.events("traffic_data")["road_id"]].to_numpy()
    flow = hour.events("traffic_data")["vehicle_count"].to_numpy() * 60
    assert (flow <= CAPACITY_VEH_H[kind] * LANES[kind] + 3 * 60).all()


def test_rain_slows_the_free_roads_as_the_model_says(hour: Hour) -> None:
    """On roads without a queue the mean speed in the heaviest rain is lower by 4 to 7 %."""
    weather = hour.events("weather_data").groupby("event_time")["precipitation_mm_h"].mean()
    roads = hour.city.roads.to_pandas().set_index("road_id")
    cameras = hour.events("traffic_data").query("vehicle_count > 0")
    free = pd.Series(FREE_KMH[[ROAD_CLASSES.index(c) for c in roads["road_class"]]], roads.index)
    share = cameras["mean_speed_kmh"].to_numpy() / free[cameras["road_id"]].to_numpy()
    rain = cameras["event_time"].map(weather).to_numpy()[share > 0.9]
    share = share[share > 0.9]
    assert 0.04 <= 1 - share[rain > 7].mean() <= 0.07
    assert share[rain == 0].mean() == pytest.approx(1, abs=0.01)


def test_gps_is_a_noisy_sample_of_the_truth(hour: Hour) -> None:
    """Half of the fixes are within 2 to 8 m of the nearest road's line, and none comes from within a tunnel."""
    network, fixes = hour.city, hour.events("gps_data").sample(3000, random_state=1)
    x = (fixes["longitude"].to_numpy() - 9) * 111_320 * 0.70710678
    y = (fixes["latitude"].to_numpy() - 45) * 111_320
    x0, y0 = network.node_x[network.road_from], network.node_y[network.road_from]
    dx, dy = network.node_x[network.road_to] - x0, network.node_y[network.road_to] - y0
    along = np.clip(((x[:, None] - x0) * dx + (y[:, None] - y0) * dy) / (dx**2 + dy**2), 0, 1)
    away = np.hypot(x[:, None] - x0 - along * dx, y[:, None] - y0 - along * dy)
    assert 1 < np.median(away.min(axis=1)) < 5
    inside = (network.road_crossing[away.argmin(axis=1)] == 2) & (
        np.abs(along[np.arange(3000), away.argmin(axis=1)] - 0.5) < 0.4
    )
    assert inside.sum() == 0


def test_a_sensor_can_fall_silent() -> None:
    """A camera says nothing in its silence and speaks outside of it."""
    world = World(Config(vehicles=1, faults=Faults(silent_sensor=1.0)))
    heard = [next(e for e in world.minute() if e.topic == "traffic_data") for _ in range(25)]
    at = np.concatenate([e.tick_ms for e in heard])
    which = np.concatenate([e.device for e in heard])
    silent = world.clocks.silent("traffic_data", which, at)
    assert not silent.any()
    assert 0.2 < len(at) / (25 * len(world.city.camera_road)) < 0.95

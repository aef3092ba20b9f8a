"""An incident shows in all streams: the control centre's, the cameras', the vehicles', the ambulance's."""

from __future__ import annotations

import pandas as pd

from .conftest import Hour


def test_an_incident_goes_through_its_statuses_in_order(hour: Hour) -> None:
    """Reported, dispatched, on scene, resolved come in this order, and as the truth says when."""
    events = hour.events("emergency_data").sort_values("event_time")
    for _, truth in hour.incidents.iterrows():
        told = events[events["incident_id"] == truth["incident_id"]]
        statuses = told["status"].to_list()
        assert statuses == ["reported", "dispatched", "on_scene", "resolved"][: len(statuses)]
        for status, at in zip(statuses, told["event_time"], strict=True):
            assert truth[f"{status}_time"] == at


def test_the_ambulance_drives_there(hour: Hour) -> None:
    """The unit that was sent is on the incident's road when the control centre says it is on the scene."""
    arrived = hour.incidents.dropna(subset=["on_scene_time", "resolved_time"])
    reports = hour.events("vehicle_data")
    for _, truth in arrived.iterrows():
        halted = truth["on_scene_time"] + pd.Timedelta("10s")
        span = reports["event_time"].between(halted, truth["resolved_time"])
        there = reports[span & (reports["vehicle_id"] == truth["vehicle_id"])]
        assert set(there["road_id"]) == {truth["road_id"]}
        assert (there["speed_kmh"] == 0).all()
    assert len(arrived) >= 5


def test_a_queue_is_visible_to_vehicles(hour: Hour) -> None:
    """On the roads of an accident's longest queue, vehicles drive less than half as fast as before it."""
    worst = hour.incidents.query("incident_type == 'accident'").sort_values("queue_m").iloc[-1]
    reports = hour.events("vehicle_data").query("vehicle_type != 'emergency' and speed_kmh > 0")
    reports = reports[reports["road_id"].isin(worst["queue_road_ids"])]
    age = worst["queue_time"] - reports["event_time"]
    during = reports[age.between(pd.Timedelta(0), pd.Timedelta("5min"))]["speed_kmh"]
    before = reports[reports["event_time"] < worst["start_time"]]["speed_kmh"]
    assert len(during) >= 5
    assert during.mean() < 0.5 * before.mean()


def test_a_queue_is_visible_to_cameras(hour: Hour) -> None:
    """A camera on a road of a long queue sees the density at least double and the speed halve."""
    cameras = hour.events("traffic_data")
    seen = 0
    for _, truth in hour.incidents.query("queue_m > 300").iterrows():
        for _, rows in cameras[cameras["road_id"].isin(truth["queue_road_ids"])].groupby("camera_id"):
            calm = rows[rows["event_time"] < truth["start_time"]].tail(5)
            jam = rows[rows["event_time"] == truth["queue_time"]]
            seen += bool(
                jam["density_veh_km"].max() > 2 * calm["density_veh_km"].mean()
                and jam["mean_speed_kmh"].min() < 0.5 * calm["mean_speed_kmh"].mean()
            )
    assert seen >= 1

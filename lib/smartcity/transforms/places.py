"""Enrichment: the district and the class of the road an event belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.spatial import cKDTree

from smartcity.schemas import LOCATION

NEAR_M = 150.0
"""A position further than this from every road is given no road, in metres."""

_STEP_M = 25.0
_METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True)
class Places:
    """The roads of a city: columns road_id, district, road_class and, in degrees, from_/to_latitude/longitude."""

    roads: pa.Table = field(repr=False)

    def of(self, events: pa.Table) -> pa.Table:
        """Return district and road_class of each event its road_id, else by the nearest road, if one is near."""
        rows = self._by_id(events) if "road_id" in events.column_names else self._nearest(events)
        columns = [self.roads[name].cast(pa.string()).combine_chunks().take(rows) for name in LOCATION.names]
        return pa.Table.from_arrays(columns, schema=LOCATION)

    def _by_id(self, events: pa.Table) -> pa.Array:
        return pc.index_in(events["road_id"].combine_chunks(), value_set=self.roads["road_id"].combine_chunks())

    def _nearest(self, events: pa.Table) -> pa.Array:
        tree, road_of_point = self._points
        position = self._metres(events["latitude"].to_numpy(), events["longitude"].to_numpy())
        distance, point = tree.query(position, distance_upper_bound=NEAR_M)
        near = np.isfinite(distance)
        return pa.array(road_of_point[np.where(near, point, 0)], mask=~near)

    @cached_property
    def _points(self):  # type: ignore[no-untyped-def]
        """Return a tree of points along the roads and, for each point, the row of its road."""
        ends = [
            self._metres(*(self.roads[f"{end}_{axis}"].to_numpy() for axis in ("latitude", "longitude")))
            for end in ("from", "to")
        ]
        steps = 1 + np.ceil(np.hypot(*(ends[1] - ends[0]).T) / _STEP_M).astype(int)
        road = np.repeat(np.arange(len(steps)), steps)
        part = np.concatenate([np.linspace(0, 1, count) for count in steps])[:, None]
        return cKDTree(ends[0][road] * (1 - part) + ends[1][road] * part), road

    def _metres(self, latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
        shrink = np.cos(np.radians(self.roads["from_latitude"].to_numpy().mean()))
        return np.column_stack([latitude, longitude * shrink]) * _METRES_A_DEGREE

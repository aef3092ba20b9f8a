"""An invented city in flat country: streets, districts, cameras, weather stations, hospitals, fire stations.

A grid of streets, drawn out to a round town: a ring road, arterials, local streets, and a river that only the ring and
the arterials cross, in turn by bridge and by tunnel. Positions are metres east (x) and north (y) of the south-west
corner, which is at 45 degrees north, 9 degrees east. One road is one direction of a street between intersections.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil, sqrt
from typing import Final

import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

from smartcity.simulate.chance import Bools, Chance, Floats, Ints
from smartcity.simulate.config import Config

SPACING_M: Final = 280
RIVER_M: Final = 160
ROUND: Final = 0.75
"""How round the town is: 0 is a square, 1 a disc."""
LATITUDE_0: Final = 45_000_000
LONGITUDE_0: Final = 9_000_000
_MICRODEGREES_LAT: Final = 1e6 / 111_320.0
_MICRODEGREES_LON: Final = 1e6 / (111_320.0 * 0.70710678)

TRUNK, ARTERIAL, LOCAL = 0, 1, 2
ROAD_CLASSES: Final = ("trunk", "arterial", "local")
LIMIT_KMH: Final = np.array([80, 50, 30])
LANES: Final = np.array([2, 2, 1])
DISTRICTS: Final = (
    ("Harbour", "Riverside", "Stadium"),
    ("Westside", "Old Town", "Station"),
    ("Northgate", "Hillside", "University"),
)
"""From south to north, and in each row from west to east."""


def intersections_per_side(vehicles: int) -> int:
    """Return how many intersections the city has on each side: 12, and more from 2,000 connected vehicles on."""
    return max(12, ceil(12 * sqrt(vehicles / 2000)))


@dataclass(frozen=True)
class City:
    """The street network as arrays: `node_*` by intersection, `road_*` by directed road, `camera_*` by camera."""

    side: int
    node_x: Floats
    node_y: Floats
    road_from: Ints
    road_to: Ints
    road_class: Ints
    road_crossing: Ints
    """0 for a plain road, 1 for a bridge, 2 for a tunnel."""
    camera_road: Ints
    camera_at_m: Floats
    station_node: Ints
    hospital_node: Ints
    fire_station_node: Ints

    @cached_property
    def road_length_m(self) -> Floats:
        """Length of each road in metres, to 0.1 m."""
        dx = self.node_x[self.road_to] - self.node_x[self.road_from]
        dy = self.node_y[self.road_to] - self.node_y[self.road_from]
        return np.asarray(np.round(np.sqrt(dx * dx + dy * dy), 1))

    @cached_property
    def road_direction_ddeg(self) -> Ints:
        """Heading of each road in tenths of a degree, clockwise from north."""
        dx = self.node_x[self.road_to] - self.node_x[self.road_from]
        dy = self.node_y[self.road_to] - self.node_y[self.road_from]
        return np.round(np.degrees(np.arctan2(dx, dy)) * 10).astype(np.int64) % 3600

    @cached_property
    def node_district(self) -> Ints:
        """District of each intersection, as 3 * row + column of `DISTRICTS`."""
        row, column = np.divmod(np.arange(self.side**2), self.side)
        return np.asarray((row * 3 // self.side) * 3 + column * 3 // self.side)

    @cached_property
    def road_ids(self) -> pa.Array:
        """Id of each road, `road-00042`."""
        return pa.array([f"road-{i:05d}" for i in range(len(self.road_from))])

    def locate(self, road: Ints, at_m: Floats) -> tuple[Ints, Ints]:
        """Return latitude and longitude in millionths of a degree of points `at_m` metres along `road`."""
        part = at_m / self.road_length_m[road]
        x0, y0 = self.node_x[self.road_from[road]], self.node_y[self.road_from[road]]
        x = x0 + (self.node_x[self.road_to[road]] - x0) * part
        y = y0 + (self.node_y[self.road_to[road]] - y0) * part
        return degrees(x, y)

    @cached_property
    def roads(self) -> pa.Table:
        """Return one row per road: id, district, class, limit (km/h), lanes, length (m), and both ends (degrees)."""
        here, there = (degrees(self.node_x[n], self.node_y[n]) for n in (self.road_from, self.road_to))
        names = [name for row in DISTRICTS for name in row]
        return pa.table(
            {
                "road_id": self.road_ids,
                "district": pa.array([names[d] for d in self.node_district[self.road_from]]),
                "road_class": pa.array([ROAD_CLASSES[c] for c in self.road_class]),
                "crossing": pa.array([("none", "bridge", "tunnel")[c] for c in self.road_crossing]),
                "speed_limit_kmh": LIMIT_KMH[self.road_class],
                "lanes": LANES[self.road_class],
                "length_m": self.road_length_m,
                "direction_deg": self.road_direction_ddeg / 10,
                "from_latitude": here[0] / 1e6,
                "from_longitude": here[1] / 1e6,
                "to_latitude": there[0] / 1e6,
                "to_longitude": there[1] / 1e6,
            }
        )

    @cached_property
    def sites(self) -> pa.Table:
        """Return one row per site: `site_id`, `kind` (camera, weather_station, hospital, fire_station), degrees."""
        at = [self.locate(self.camera_road, self.camera_at_m)]
        kinds = {
            "weather_station": self.station_node,
            "hospital": self.hospital_node,
            "fire_station": self.fire_station_node,
        }
        at += [degrees(self.node_x[nodes], self.node_y[nodes]) for nodes in kinds.values()]
        ids = [f"cam-{i:04d}" for i in range(len(self.camera_road))]
        kind = ["camera"] * len(ids)
        for name, nodes in kinds.items():
            ids += [f"{name.replace('_', '-')}-{i:02d}" for i in range(len(nodes))]
            kind += [name] * len(nodes)
        latitude, longitude = (np.concatenate(part) / 1e6 for part in zip(*at, strict=True))
        return pa.table({"site_id": ids, "kind": kind, "latitude": latitude, "longitude": longitude})


def degrees(x: Floats, y: Floats) -> tuple[Ints, Ints]:
    """Return latitude and longitude in millionths of a degree of points in metres."""
    latitude = LATITUDE_0 + np.floor(y * _MICRODEGREES_LAT + 0.5).astype(np.int64)
    longitude = LONGITUDE_0 + np.floor(x * _MICRODEGREES_LON + 0.5).astype(np.int64)
    return latitude, longitude


def city(config: Config) -> City:
    """Return the city of a run. It depends only on the seed and the size of the fleet."""
    chance, side = Chance(config.seed), intersections_per_side(config.vehicles)
    x, y = _intersections(chance, side)
    start, end, kind, crossing = _streets(chance, side)
    road_from, road_to = (np.stack(pair, axis=1).ravel() for pair in ((start, end), (end, start)))
    road_class, road_crossing = np.repeat(kind, 2), np.repeat(crossing, 2)
    camera_road = _camera_roads(chance, road_class, road_crossing)
    length = np.sqrt((x[road_to] - x[road_from]) ** 2 + (y[road_to] - y[road_from]) ** 2)
    quarter = np.arange(side**2).reshape(side, side)[side // 6 :: side // 3, side // 6 :: side // 3].ravel()
    return City(
        side=side,
        node_x=x,
        node_y=y,
        road_from=road_from,
        road_to=road_to,
        road_class=road_class,
        road_crossing=road_crossing,
        camera_road=camera_road,
        camera_at_m=np.floor(length[camera_road] * 0.6),
        station_node=quarter[:9],
        hospital_node=quarter[[4, 8, 0]],
        fire_station_node=quarter[[3, 5]],
    )


def _intersections(chance: Chance, side: int) -> tuple[Floats, Floats]:
    """Return where the intersections lie: the grid drawn out to a round town, and each corner moved a little."""
    half, node = SPACING_M * (side - 1) / 2, np.arange(side**2)
    row, column = np.divmod(node, side)
    u, v = 2 * column / (side - 1) - 1, 2 * row / (side - 1) - 1
    x = half * (1 + u * (1 - ROUND + ROUND * np.sqrt(1 - v * v / 2)))
    y = half * (1 + v * (1 - ROUND + ROUND * np.sqrt(1 - u * u / 2)))
    inner = np.maximum(np.abs(u), np.abs(v)) < 0.99
    bend_x, bend_y = (
        chance.uniform(use, node, low=-1, high=1) * np.where(inner, 60, 12) for use in ("bend_x", "bend_y")
    )
    return np.round(x + bend_x), np.round(y + bend_y) + RIVER_M * (row >= side // 2)


def _streets(chance: Chance, side: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Return start, end, class and crossing of each street that is kept of the full grid."""
    grid = np.arange(side**2).reshape(side, side)
    start = np.concatenate([grid[:, :-1].ravel(), grid[:-1, :].ravel()])
    end = np.concatenate([grid[:, 1:].ravel(), grid[1:, :].ravel()])
    across = np.arange(len(start)) < side * (side - 1)
    line = np.where(across, start // side, start % side)
    kind = np.where(
        (line == 0) | (line == side - 1), TRUNK, np.where((line % 4 == 3) & (line < side - 2), ARTERIAL, LOCAL)
    )
    over = ~across & (start // side == side // 2 - 1)
    keep = (kind != LOCAL) | (~over & ~_closed(chance, start, end, side))
    crossing = np.where(over & keep, 1 + np.cumsum(over & keep) % 2, 0)
    return start[keep], end[keep], kind[keep], crossing[keep]


def _closed(chance: Chance, start: Ints, end: Ints, side: int) -> Bools:
    """Choose 15 % of the streets to be parks and yards, so that the city stays connected without them."""
    weight = 1 + chance.whole("tree", start, end, below=1000)
    tree = minimum_spanning_tree(coo_array((weight, (start, end)), shape=(side**2, side**2))).tocoo()
    needed = np.isin(start * side**2 + end, tree.row.astype(np.int64) * side**2 + tree.col)
    return np.asarray(chance.below(0.15, "park", start, end) & ~needed)


def _camera_roads(chance: Chance, road_class: Ints, road_crossing: Ints) -> Ints:
    """Put cameras on all river crossings, a third of trunk and arterial roads, and a few local roads."""
    rate = np.where(road_crossing > 0, 1.0, np.array([0.3, 0.3, 0.03])[road_class])
    return np.flatnonzero(chance.below(rate, "camera", np.arange(len(road_class))))

"""Routing: shortest routes to every place, and the traffic they give each road and turn.

Routes are shortest by travel time as drivers perceive it (Dijkstra, by scipy.sparse.csgraph). Trips between places are
spread by a gravity of origins and destinations and assigned all-or-nothing to these routes (Ortuzar & Willumsen,
"Modelling Transport", chapter 10); the turning shares at intersections follow from the same routes, so that connected
vehicles and other traffic behave alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from smartcity.simulate.chance import Chance, Floats, Ints
from smartcity.simulate.city import LIMIT_KMH, City

MOST_PLACES: Final = 256
HOMES: Final = np.array([2, 5, 1, 6, 2, 2, 6, 6, 3]) / 10
WORK: Final = np.array([4, 2, 1, 1, 7, 5, 1, 1, 5]) / 10
"""Weight of each district (in the order of `city.DISTRICTS`) as a place to live, and as a place to work."""
PATTERNS: Final = ("morning", "evening", "event")


@dataclass(frozen=True)
class Routes:
    """The next road on the way to each place, as a table `next_road[place, node]`; -1 where the place is reached."""

    place_node: Ints
    next_road: Ints
    weight: Ints
    """Perceived travel time of each road in hundredths of a second."""

    def toward(self, city: City, node: int) -> tuple[Ints, Floats]:
        """Return the next road from every node on the way to `node`, and the travel time in seconds."""
        roads, times = _toward(city, self.weight, np.array([node]))
        return roads[0], times[0] / 100


@dataclass(frozen=True)
class Assignment:
    """Traffic of each demand pattern (rows: `PATTERNS`) where the whole city makes one trip a second."""

    turn_from: Ints
    turn_to: Ints
    turn: Floats
    """By turn from one road into the next, sorted by `turn_from`; every road has at least one turn."""
    enter: Floats
    leave: Floats
    """By road: trips that begin at its start, and trips that end at its end."""

    @property
    def volume(self) -> Floats:
        """Trips a second on each road, by pattern."""
        through = [np.bincount(self.turn_from, row, self.leave.shape[1]) for row in self.turn]
        return np.asarray(through) + self.leave


def routes(city: City, chance: Chance) -> Routes:
    """Return the routes to up to 256 places, evenly spread over the intersections."""
    nodes = len(city.node_x)
    places = np.unique(np.arange(min(MOST_PLACES, nodes)) * nodes // min(MOST_PLACES, nodes))
    road = np.arange(len(city.road_from))
    taste = 0.9 + 0.2 * chance.uniform("taste", road)
    weight = np.floor(city.road_length_m * 360 / LIMIT_KMH[city.road_class] * taste).astype(np.int64) + 400
    return Routes(places, _toward(city, weight, places)[0], weight)


def _toward(city: City, weight: Ints, targets: Ints) -> tuple[Ints, Floats]:
    nodes = len(city.node_x)
    backwards = csr_array((weight.astype(np.float64), (city.road_to, city.road_from)), shape=(nodes, nodes))
    times, parent = dijkstra(backwards, indices=targets, return_predecessors=True)
    road = np.arange(1, len(city.road_from) + 1)
    number = csr_array((road, (city.road_from, city.road_to)), shape=(nodes, nodes))
    at = np.broadcast_to(np.arange(nodes), parent.shape)
    best = np.asarray(number[at.ravel(), np.maximum(parent, 0).ravel()]).reshape(parent.shape)
    return np.where(parent < 0, -1, best - 1).astype(np.int64), times


def assign(city: City, ways: Routes) -> Assignment:
    """Spread the trips of each pattern over the routes and add them up by turn."""
    share = _od_shares(city, ways)
    turns = _all_turns(city)
    per_pattern = [_load(city, ways, turns, *pair) for pair in share]
    turn, enter, leave = (np.array(part) for part in zip(*per_pattern, strict=True))
    used = turn.sum(axis=0) > 0
    first = np.unique(turns[0], return_index=True)[1]
    used[first] = True
    return Assignment(turns[0][used], turns[1][used], turn[:, used], enter, leave)


def _od_shares(city: City, ways: Routes) -> list[tuple[Floats, Floats]]:
    """Return for each pattern the share of trips that start at each node and that end at each place; both sum to 1."""
    home, work = (by[city.node_district] + 0.3 for by in (HOMES, WORK))
    stadium = np.where(city.node_district == 2, 1.0, 0.0)
    pairs = [(home, work), (work, home), (home, stadium)]
    return [(start / start.sum(), end[ways.place_node] / end[ways.place_node].sum()) for start, end in pairs]


def _all_turns(city: City) -> tuple[Ints, Ints]:
    """Return all pairs of a road and a road that begins where it ends, sorted by the first."""
    order = np.argsort(city.road_from, kind="stable")
    begin = np.searchsorted(city.road_from[order], np.arange(len(city.node_x) + 1))
    out = np.diff(begin)[city.road_to]
    first = np.repeat(np.arange(len(city.road_to)), out)
    offset = np.arange(len(first)) - np.repeat(np.cumsum(out) - out, out)
    return first, order[begin[city.road_to[first]] + offset]


def _load(
    city: City, ways: Routes, turns: tuple[Ints, Ints], start: Floats, end: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return trips by turn, by first road and by last road for origins `start` (by node) and destinations `end`."""
    roads, places = len(city.road_from), len(ways.place_node)
    row = np.arange(places)[:, None]
    onward = np.where(ways.next_road < 0, 0, city.road_to[ways.next_road])
    through = _pass_down(ways, onward, start, end)
    road, load = ways.next_road, np.where(ways.next_road < 0, 0.0, through)
    after = ways.next_road[row, onward]
    code = turns[0] * roads + turns[1]
    ends = (after < 0) & (road >= 0)
    turning = (after >= 0) & (road >= 0)
    turn_at = np.searchsorted(code, road[turning] * roads + after[turning])
    own = np.where(road < 0, 0.0, start[None, :] * end[:, None])
    return (
        _sums(turn_at, load[turning], len(code)),
        _sums(np.maximum(road, 0).ravel(), own.ravel(), roads),
        _sums(road[ends], load[ends], roads),
    )


def _sums(of: Ints, value: Floats, count: int) -> Floats:
    return np.asarray(np.bincount(of, value, count), dtype=np.float64)


def _pass_down(ways: Routes, onward: Ints, start: Floats, end: Floats) -> Floats:
    """Return the trips through each node on the way to each place, from the farthest node to the nearest."""
    load = start[None, :] * end[:, None]
    hops = _hops(ways.next_road, onward)
    for rank in range(int(hops.max()), 0, -1):
        row, node = np.nonzero(hops == rank)
        np.add.at(load, (row, onward[row, node]), load[row, node])
    return load


def _hops(next_road: Ints, onward: Ints) -> Ints:
    """Return how many roads lie between each node and each place."""
    row = np.arange(len(next_road))[:, None]
    hops = np.zeros_like(next_road)
    at, moving = np.broadcast_to(np.arange(next_road.shape[1]), next_road.shape), next_road >= 0
    while moving.any():
        hops += moving
        at = np.where(moving, onward[row, at], at)
        moving = moving & (next_road[row, at] >= 0)
    return hops

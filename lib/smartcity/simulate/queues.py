"""Queues, as the truth defines them: the cells upstream of a point that are denser than at capacity."""

from __future__ import annotations

from typing import Final

import numpy as np

from smartcity.simulate.chance import Ints
from smartcity.simulate.flow import Traffic
from smartcity.simulate.routing import Assignment

DENSER: Final = 1.2
"""A cell counts as a queue from this multiple of the density at capacity."""


class Queues:
    """Follows queues against the traffic, by the turns that traffic makes."""

    def __init__(self, trips: Assignment) -> None:
        order = np.argsort(trips.turn_to, kind="stable")
        order = order[trips.turn[:, order].sum(axis=0) > 0]
        self._into, roads = trips.turn_from[order], trips.leave.shape[1]
        self._begin = np.searchsorted(trips.turn_to[order], np.arange(roads + 1))

    def behind(self, traffic: Traffic, road: int, at_m: float) -> Ints:
        """Return the cells of the queue whose head is at `at_m` metres of `road`, all branches of it."""
        dense = traffic.vehicles / traffic.km > DENSER * traffic.capacity / traffic.free
        neck = int(traffic.first[road] + at_m // traffic.cell_m[road])
        heads = [neck, *self._upstream(traffic, neck)]
        seen: set[int] = set()
        while heads:
            cell = heads.pop()
            if cell in seen or not dense[cell]:
                continue
            seen.add(cell)
            heads += self._upstream(traffic, cell)
        return np.array(sorted(seen), np.int64)

    def _upstream(self, traffic: Traffic, cell: int) -> list[int]:
        road = traffic.road[cell]
        if cell > traffic.first[road]:
            return [cell - 1]
        return [int(c) for c in traffic.last[self._into[self._begin[road] : self._begin[road + 1]]]]

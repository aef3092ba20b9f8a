"""Shapes by chance, the same for the same seed: all kinds, with holes, empty parts, z and m, on a grid or anywhere."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace

from localcloud.redshift.spatial.shapes import (
    COLLECTION,
    LINESTRING,
    MEMBER,
    POINT,
    POLYGON,
    Position,
    Shape,
)

Draw = Callable[[], float]


def shape(chance: random.Random, *kinds: int, flat: bool = True, empty: float = 0.0) -> Shape:
    """Return a valid shape of one of the kinds; on a small grid half of the time, so that boundaries meet."""
    on_grid = chance.random() < 0.5
    draw: Draw = (lambda: float(chance.randint(0, 8))) if on_grid else (lambda: chance.uniform(0, 8))
    z, m = (False, False) if flat else (chance.random() < 0.4, chance.random() < 0.4)
    srid = chance.choice((0, 4326)) if not flat else 0
    return replace(_of(chance, draw, chance.choice(kinds), z, m, empty), srid=srid)


def _of(chance: random.Random, draw: Draw, kind: int, z: bool, m: bool, empty: float) -> Shape:
    made = Shape(kind, () if kind == POINT else [], z, m)
    if chance.random() < empty:
        return made
    if kind == POINT:
        return replace(made, body=_position(draw, made))
    if kind == LINESTRING:
        return replace(made, body=_line(chance, draw, made))
    if kind == POLYGON:
        return replace(made, body=_polygon(chance, draw, made))
    parts = range(chance.randint(1, 3))
    if kind == COLLECTION:
        return replace(made, body=[_of(chance, draw, chance.randint(1, 6), z, m, empty) for _ in parts])
    # Polygons side by side, so that no two of a multipolygon overlap.
    moved = [(lambda at=at: draw() + 20 * at) if kind - 3 == POLYGON else draw for at in parts]
    return replace(made, body=[_of(chance, each, MEMBER[kind], z, m, empty) for each in moved])


def _position(draw: Draw, made: Shape) -> Position:
    return tuple(draw() for _ in range(made.width))


def _line(chance: random.Random, draw: Draw, made: Shape) -> list[Position]:
    while True:
        line = [_position(draw, made) for _ in range(chance.randint(2, 6))]
        if len({position[:2] for position in line}) > 1:
            return line


def _polygon(chance: random.Random, draw: Draw, made: Shape) -> list[list[Position]]:
    """Return a star around a centre, perhaps with a small hole near it; or a box of the grid."""
    if chance.random() < 0.4:
        x, y = draw(), draw()
        width, height = chance.randint(1, 4), chance.randint(1, 4)
        corners = [(x, y), (x, y + height), (x + width, y + height), (x + width, y), (x, y)]
        return [[(*corner, *(1.0,) * (made.width - 2)) for corner in corners]]
    x, y, count = draw(), draw(), chance.randint(3, 9)
    shell = [_at(x, y, chance.uniform(2, 5), step / count, made) for step in range(count)]
    hole = [_at(x, y, 0.2, 1 - step / 3, made) for step in range(3)]
    rings = [shell, hole] if count > 5 and chance.random() < 0.5 else [shell]
    return [[*ring, ring[0]] for ring in rings]


def _at(x: float, y: float, radius: float, turn: float, made: Shape) -> Position:
    angle = 2 * math.pi * turn
    return (x + radius * math.cos(angle), y + radius * math.sin(angle), *(1.0,) * (made.width - 2))

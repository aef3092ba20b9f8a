"""A small invented city whose five streams explain each other, with the truth about every record."""

from smartcity.simulate.city import City, city
from smartcity.simulate.config import Config, Faults
from smartcity.simulate.engine import Chunk, simulate
from smartcity.simulate.truth import silences
from smartcity.simulate.world import World

__all__ = ["Chunk", "City", "Config", "Faults", "World", "city", "silences", "simulate"]

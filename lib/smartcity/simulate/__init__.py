"""A small invented city whose five streams explain each other, with the truth about every record."""

from smartcity.simulate.city import City, city
from smartcity.simulate.config import Config, Faults
from smartcity.simulate.engine import Chunk, World, simulate
from smartcity.simulate.truth import silences

__all__ = ["Chunk", "City", "Config", "Faults", "World", "city", "silences", "simulate"]

"""Trials by kill -9: the stream, or the warehouse's view of a topic, runs under load while its parts are killed."""

from smartcity.chaos import warehouse
from smartcity.chaos.parts import Services
from smartcity.chaos.trial import run, text

__all__ = ["Services", "run", "text", "warehouse"]

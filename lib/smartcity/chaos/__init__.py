"""A trial by kill -9: the stream runs under load while its parts are killed, and the ledger must balance afterwards."""

from smartcity.chaos.parts import Services
from smartcity.chaos.trial import run, text

__all__ = ["Services", "run", "text"]

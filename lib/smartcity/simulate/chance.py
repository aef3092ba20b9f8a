"""Stateless randomness: every random number is a hash of the seed, its purpose, its owner and the time.

So a number never depends on how many were drawn before it, and a run with different chunks is the same run. The hash is
the finaliser of SplitMix64 (Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators"). Only integer
arithmetic, exact scaling and small rounded tables are used, so that the numbers are the same on every machine.
"""

from __future__ import annotations

from typing import Any, Final
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Randoms = npt.NDArray[np.uint64]
Ids = Any
"""A whole number or an array of whole numbers; several are broadcast against each other."""

_STEPS: Final = 4096
_MIDDLES: Final = (np.arange(_STEPS) + 0.5) / _STEPS
_NORMAL: Final[Floats] = np.asarray(np.round(ndtri(_MIDDLES), 4), dtype=np.float64)
_EXPONENTIAL: Final[Floats] = np.asarray(np.round(-np.log1p(-_MIDDLES), 4), dtype=np.float64)


def _mix(word: Randoms) -> Randoms:
    word = word ^ (word >> np.uint64(30))
    word *= np.uint64(0xBF58476D1CE4E5B9)
    word ^= word >> np.uint64(27)
    word *= np.uint64(0x94D049BB133111EB)
    word ^= word >> np.uint64(31)
    return word


class Chance:
    """The source of all randomness in one simulated city."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def bits(self, use: str, *ids: Ids) -> Randoms:
        """Return 64 random bits for each combination of `ids` in the stream of random numbers called `use`."""
        with np.errstate(over="ignore"):
            word = _mix(np.asarray(self._seed * 0x9E3779B9 + crc32(use.encode()), dtype=np.uint64))
            for each in ids:
                word = _mix(word + np.asarray(each, dtype=np.int64).view(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
        return word

    def uniform(self, use: str, *ids: Ids, low: float = 0.0, high: float = 1.0) -> Floats:
        """Return uniformly distributed numbers in [low, high)."""
        return low + (high - low) * ((self.bits(use, *ids) >> np.uint64(11)).astype(np.float64) * 2.0**-53)

    def whole(self, use: str, *ids: Ids, below: Any) -> Ints:
        """Return uniformly distributed whole numbers in 0 .. below - 1."""
        return np.asarray(self.uniform(use, *ids) * below).astype(np.int64)

    def normal(self, use: str, *ids: Ids) -> Floats:
        """Return normally distributed numbers, cut at 3.7 standard deviations."""
        return _NORMAL[(self.bits(use, *ids) >> np.uint64(52)).astype(np.int64)]

    def exponential(self, use: str, *ids: Ids) -> Floats:
        """Return exponentially distributed numbers with mean 1, cut at 9."""
        return _EXPONENTIAL[(self.bits(use, *ids) >> np.uint64(52)).astype(np.int64)]

    def below(self, rate: Any, use: str, *ids: Ids) -> Bools:
        """Return for each whether an event of probability `rate` happens."""
        return np.asarray(self.uniform(use, *ids) < rate)

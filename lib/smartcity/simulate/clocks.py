"""What goes wrong with whole devices: clocks that are off, modems that find no network, sensors that fall silent."""

from __future__ import annotations

from typing import Final

import numpy as np

from smartcity.events import TOPICS
from smartcity.simulate.chance import Bools, Chance, Ints
from smartcity.simulate.config import Faults

HOUR_MS: Final = 3_600_000
NUMBER: Final = {name: number for number, name in enumerate(TOPICS)}
"""Number of each topic, as an id in random numbers."""


class Clocks:
    """Faults of devices, each drawn again for every device and hour (or every passage of a tunnel)."""

    def __init__(self, chance: Chance, faults: Faults) -> None:
        self._chance, self._faults = chance, faults

    def offset_ms(self, topic: str, device: Ints, at_ms: Ints) -> Ints:
        """Return how far each device's clock is ahead (behind: negative) at a time, in milliseconds."""
        number, hour = NUMBER[topic], at_ms // HOUR_MS
        slow = self._chance.below(self._faults.clock_slow, "clock_slow", number, device, hour)
        fast = self._chance.below(self._faults.clock_fast, "clock_fast", number, device, hour) & ~slow
        offset = np.zeros(len(device), np.int64)
        late, early = ((number, device[rows], hour[rows]) for rows in (slow, fast))
        offset[slow] = -self._chance.whole("clock_behind", *late, below=38 * 60_000) - 2 * 60_000
        offset[fast] = self._chance.whole("clock_ahead", *early, below=39 * 60_000) + 60_000
        return offset

    def offline_ms(self, vehicle: Ints, at_ms: int) -> Ints:
        """Return how long each vehicle that enters a tunnel has no network; 0 if it keeps it."""
        lost = self._chance.below(self._faults.tunnel_offline, "offline", vehicle, at_ms)
        return np.where(lost, self._chance.whole("offline_for", vehicle, at_ms, below=24 * 60_000) + 60_000, 0)

    def silence_ms(self, topic: str, device: Ints, hour: Ints) -> tuple[Bools, Ints, Ints]:
        """Return which sensors fall silent in an hour (hours since the epoch), and from when to when (ms)."""
        ids = (NUMBER[topic], device, hour)
        silent = self._chance.below(self._faults.silent_sensor, "silent", *ids)
        length = self._chance.whole("silent_for", *ids, below=36) * 60_000 + 5 * 60_000
        begin = hour * HOUR_MS + self._chance.whole("silent_from", *ids, below=20) * 60_000
        return silent, begin, begin + length

    def silent(self, topic: str, device: Ints, at_ms: Ints) -> Bools:
        """Return which sensors are silent at a time."""
        which, begin, end = self.silence_ms(topic, device, at_ms // HOUR_MS)
        return np.asarray(which & (begin <= at_ms) & (at_ms < end))

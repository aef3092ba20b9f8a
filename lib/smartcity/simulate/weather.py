"""The weather over the city, and what rain does to traffic.

Rain lowers free-flow speed and capacity by the ranges measured on Twin Cities freeways (Agarwal, Maze & Souleyrette
2005, "Impacts of Weather on Urban Freeway Traffic Flow Characteristics and Facility Capacity"): up to 6.35 mm/h speed
falls by 2 to 4 % and capacity by 5 to 10 %, above it by 4 to 7 % and 10 to 17 %. Rain raises crashes by 71 % (Qiu &
Nixon 2008, "Effects of Adverse Weather on Traffic Crashes", Transportation Research Record 2055).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from smartcity.simulate.chance import Chance, Floats

SLOT_S: Final = 7200
RAIN_CHANCE: Final = 0.5
"""Probability of one spell of rain in each slot of two hours."""
FRONT_M_S: Final = 4.0
"""Speed at which rain moves over the city, from west to east."""
YEAR: Final = 4775
"""Which year's weather: chosen so that the default hour has a heavy shower in its middle."""
CRASH_FACTOR: Final = 1.71
RAIN_MM_H: Final = (0.0, 0.25, 6.35, 15.0)
_SPEED: Final = (1.0, 0.98, 0.96, 0.93)
_CAPACITY: Final = (1.0, 0.95, 0.90, 0.83)
_TEMPERATURE_C: Final = (6, 5, 5, 4, 4, 4, 5, 6, 8, 10, 12, 13, 14, 15, 15, 15, 14, 13, 12, 10, 9, 8, 7, 6)


def speed_factor(rain_mm_h: Floats) -> Floats:
    """Return the free-flow speed in rain as a fraction of that on dry roads."""
    return np.asarray(np.round(np.interp(rain_mm_h, RAIN_MM_H, _SPEED), 6))


def capacity_factor(rain_mm_h: Floats) -> Floats:
    """Return the capacity in rain as a fraction of that on dry roads."""
    return np.asarray(np.round(np.interp(rain_mm_h, RAIN_MM_H, _CAPACITY), 6))


class Weather:
    """Rain, temperature, wind and humidity at any place and time."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance

    def rain_mm_h(self, at_s: int, x_m: Floats) -> Floats:
        """Return the rain at places `x_m` metres east, in mm/h to 0.01, at a time (seconds since the epoch)."""
        moment = at_s - x_m / FRONT_M_S
        slot = np.floor(moment / SLOT_S).astype(np.int64)
        rains = self._chance.below(RAIN_CHANCE, "rain", YEAR, slot)
        length = self._chance.uniform("rain_length", YEAR, slot, low=1800, high=5400)
        begin = (SLOT_S - length) * self._chance.uniform("rain_begin", YEAR, slot)
        peak = 1 + 4 * self._chance.exponential("rain_peak", YEAR, slot)
        into = moment - slot * SLOT_S - begin
        ramp = np.clip(np.minimum(into, length - into) / 900, 0, 1)
        return np.asarray(np.round(np.where(rains, ramp * np.minimum(peak, 15), 0), 2))

    def temperature_c(self, at_s: int, rain_mm_h: Floats) -> Floats:
        """Return the air temperature; rain cools by up to 3 degrees."""
        hour = at_s % 86400 / 3600
        base = np.interp(hour, np.arange(25), (*_TEMPERATURE_C, _TEMPERATURE_C[0]))
        warmer = self._chance.uniform("warm_day", at_s // 86400, low=-4, high=4)
        return np.asarray(np.round(base + warmer - np.minimum(rain_mm_h, 6) / 2, 2))

    def wind_kmh(self, at_s: int) -> float:
        """Return the wind speed over the city, changing smoothly from one slot to the next."""
        slot, part = divmod(at_s, SLOT_S)
        here, there = self._chance.exponential("wind", np.array([slot, slot + 1])) * 8 + 3
        return float(np.round(here + (there - here) * (part / SLOT_S), 2))

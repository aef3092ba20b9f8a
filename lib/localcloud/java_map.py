"""The order of a Java HashMap, in which Glue and Athena show properties; clients compare texts that hold it."""

from __future__ import annotations

from collections.abc import Mapping

_SMALLEST, _LOAD = 16, 0.75


def ordered(values: Mapping[str, str]) -> dict[str, str]:
    """Return the values in the order in which a HashMap of that many entries is read."""
    capacity = _SMALLEST
    while len(values) > capacity * _LOAD:
        capacity *= 2
    return dict(sorted(values.items(), key=lambda pair: _bucket(pair[0], capacity)))


def _bucket(key: str, capacity: int) -> int:
    number = 0
    for letter in key:
        number = (number * 31 + ord(letter)) & 0xFFFFFFFF
    return (number ^ number >> 16) & (capacity - 1)

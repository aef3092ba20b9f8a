"""Type numbers: those of Redshift for types that the engine numbers otherwise.

The numbers of types that are made in the engine are known once it is prepared.
https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html
"""

from __future__ import annotations

from collections.abc import Mapping

SUPER, VARBYTE, GEOMETRY, GEOGRAPHY = 4000, 6551, 3000, 3001
BYTEA = 17
INTERVALY2M, INTERVALD2S, ABSTIME = 1188, 1190, 702
OWN = {
    "super": SUPER,
    "intervaly2m": INTERVALY2M,
    "intervald2s": INTERVALD2S,
    "abstime": ABSTIME,
    "geometry": GEOMETRY,
    "geography": GEOGRAPHY,
}
"""Types that are made in the engine, by name."""


class TypeNumbers:
    """The engine's numbers and Redshift's."""

    def __init__(self, made: Mapping[int, int] | None = None) -> None:
        self._redshift = {BYTEA: VARBYTE, **(made or {})}
        self._engine = {number: own for own, number in self._redshift.items()}

    def learn(self, numbers: Mapping[str, int]) -> None:
        """Take the engine's numbers of the types that were made in it, by name."""
        for name, number in numbers.items():
            self._redshift[number] = OWN[name]
            self._engine[OWN[name]] = number

    def of_redshift(self, number: int) -> int:
        """Return Redshift's number of a type of the engine."""
        return self._redshift.get(number, number)

    def of_engine(self, number: int) -> int:
        """Return the engine's number of a type of Redshift."""
        return self._engine.get(number, number)

    def is_spatial(self, number: int) -> bool:
        """Return whether a type of the engine is GEOMETRY or GEOGRAPHY."""
        return self._redshift.get(number) in (GEOMETRY, GEOGRAPHY)

    def is_super(self, number: int) -> bool:
        """Return whether a type of the engine is SUPER."""
        return self._redshift.get(number) == SUPER

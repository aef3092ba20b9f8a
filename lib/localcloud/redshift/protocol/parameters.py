"""The types of parameters that a Parse message ends with."""

from __future__ import annotations

import struct
from collections.abc import Collection

from localcloud.redshift.protocol.typenumbers import TypeNumbers

NONE = b"\0\0"
"""No types are given."""
_TEXT, _UNKNOWN = 25, 705


def given_types(types: bytes) -> list[int]:
    """Return the types of parameters that a Parse message ends with."""
    (count,) = struct.unpack_from("!h", types)
    return list(struct.unpack_from(f"!{count}I", types, 2))


def types_used(used: Collection[int], types: bytes, numbers: TypeNumbers) -> bytes:
    """Return parameter types for a statement, or part of one: the engine wants one for each that it does not use.

    `used` are the numbers of the parameters in it.
    """
    if types == NONE and not used:
        return types
    given = given_types(types)
    given += [0] * (max(used, default=0) - len(given))
    known = [numbers.of_engine(number) if number != _UNKNOWN else 0 for number in given]
    filled = [number or (0 if index in used else _TEXT) for index, number in enumerate(known, start=1)]
    return struct.pack(f"!h{len(filled)}I", len(filled), *filled)

"""The connected vehicles: type, make, model, year, fuel, and the bus lines."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from smartcity.events import FUEL_TYPES, VEHICLE_TYPES
from smartcity.simulate.chance import Chance, Ints

_OF_25: Final = (0, 2, 1, 4, 0, 3, 0, 1, 0, 0, 3, 0, 2, 0, 0, 1, 0, 3, 0, 0, 1, 0, 3, 0, 0)
"""Types (as in `events.VEHICLE_TYPES`) of each 25 vehicles: 14 private, 4 taxis, 2 buses, 4 vans, 1 ambulance."""
_CATALOGUE: Final = {
    "private": (
        ("Toyota", "Corolla", "hybrid"),
        ("Volkswagen", "Golf", "petrol"),
        ("Fiat", "Panda", "petrol"),
        ("Renault", "Clio", "petrol"),
        ("Skoda", "Octavia", "diesel"),
        ("Tesla", "Model 3", "electric"),
        ("Hyundai", "Kona", "electric"),
        ("Ford", "Focus", "diesel"),
    ),
    "taxi": (("Toyota", "Prius", "hybrid"), ("Mercedes-Benz", "E 220", "diesel"), ("Kia", "Niro", "electric")),
    "bus": (("Solaris", "Urbino 12", "electric"), ("Iveco", "Urbanway", "diesel"), ("MAN", "Lion's City", "hybrid")),
    "delivery": (("Fiat", "Ducato", "diesel"), ("Ford", "Transit", "diesel"), ("Renault", "Kangoo", "electric")),
    "emergency": (("Mercedes-Benz", "Sprinter", "diesel"), ("Volkswagen", "Crafter", "diesel")),
}
PRIVATE, TAXI, BUS, DELIVERY, EMERGENCY = range(len(VEHICLE_TYPES))


def vehicle_types(vehicles: int) -> Ints:
    """Return the type of each vehicle as an index of `events.VEHICLE_TYPES`."""
    return np.array(_OF_25)[np.arange(vehicles) % 25]


def registry(chance: Chance, types: Ints) -> pa.Table:
    """Return one row per vehicle: vehicle_id, vehicle_type, make, model, year, fuel_type."""
    vehicle = np.arange(len(types))
    pick = chance.uniform("model", vehicle)
    rows = [
        _CATALOGUE[VEHICLE_TYPES[t]][int(p * len(_CATALOGUE[VEHICLE_TYPES[t]]))]
        for t, p in zip(types, pick, strict=True)
    ]
    make, model, fuel = zip(*rows, strict=True)
    assert set(fuel) <= set(FUEL_TYPES)
    return pa.table(
        {
            "vehicle_id": [f"veh-{i:06d}" for i in vehicle],
            "vehicle_type": [VEHICLE_TYPES[t] for t in types],
            "make": make,
            "model": model,
            "year": 2012 + chance.whole("year", vehicle, below=14),
            "fuel_type": fuel,
        }
    )

"""Vehicle models and how common each is, from seed/data/vehicle_models.csv."""

from __future__ import annotations

from typing import Final, NamedTuple

from resolvers.codes.vehicle import VehicleMake, VehicleStyle
from seed.data import rows
from seed.rng import weighted


class Model(NamedTuple):
    """A vehicle model. `maker` begins its VINs (3 characters), and `descriptor` follows (5)."""

    make: str
    model: str
    style: str
    maker: str
    descriptor: str
    first_year: int


VEHICLE_MODELS: Final = weighted({
    Model(
        VehicleMake[row["make"]].value,
        row["model"],
        VehicleStyle[row["style"]].value,
        row["maker"],
        row["descriptor"],
        int(row["first_year"]),
    ): int(row["weight"])
    for row in rows("vehicle_models")
})  # fmt: skip

"""Vehicles and their registrations, by the driver's licence of the owner."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from resolvers.codes.vehicle import PlateType, RegistrationStatus, VehicleColor, VehicleMake, VehicleStyle
from seed.calendar import EPOCH, TODAY, YEAR, iso
from seed.data import toml, weighted_codes, weighted_rows
from seed.demo_values import DemoTable
from seed.geography import NO_ADDRESS, address
from seed.numbers import Numbers
from seed.persons import subject
from seed.random_person import RandomPerson
from seed.rng import Rng
from seed.row import Columns, Row
from seed.source_seed import DrawRows, SourceSeed, WorldDraws
from seed.vin import vin

_WEIGHTS: Final = toml("weights")["vehicles"]
MODELS: Final = weighted_rows("vehicle_models")
_STYLE_PLATES: Final = {
    VehicleStyle.MOTORCYCLE: (PlateType.MC.value,),
    VehicleStyle.PICKUP: weighted_codes(PlateType, _WEIGHTS["pickup_plate_type"]),
    VehicleStyle.TRACTOR_DIESEL: (PlateType.CO.value,),
}
_CAR_PLATES: Final = weighted_codes(PlateType, _WEIGHTS["plate_type"])
# The plate type of a style, and its plate for the demonstration person with this number.
_DEMO_PLATES: Final = {"PICKUP": (PlateType.TK, "1N{:05}"), "MOTORCYCLE": (PlateType.MC, "10N{:04}")}
_DEMO_CAR_PLATE: Final = PlateType.PC, "1NTK{:03}"
_COLORS: Final = weighted_codes(VehicleColor, _WEIGHTS["color"])


def vehicle(owner: Columns, model: dict[str, str], year: int, tail: str) -> Columns:
    """The columns of a vehicle that follow from its owner, model, year and VIN."""
    return {
        "vin": vin(model["maker"], model["descriptor"], year, tail),
        "year": year,
        "make": VehicleMake[model["make"]].value,
        "model": model["model"],
        "style": VehicleStyle[model["style"]].value,
        "owner_license": owner["license_number"],
        "owner_license_state": owner["license_state"],
        **{column: owner[column] for column in NO_ADDRESS},
        "is_confidential": owner["is_confidential"],
        **subject(owner),
    }


def draw(owner: Columns, rng: Rng, numbers: Numbers) -> list[Row]:
    """One vehicle of this owner; 8 in 100 are registered at another address."""
    model = rng.one_of(MODELS)
    year = rng.integer(int(model["first_year"]), EPOCH.year - 1)
    state = "CA" if rng.happens(0.985) else rng.one_of(("NV", "AZ", "OR"))
    kind = rng.one_of(_STYLE_PLATES.get(VehicleStyle[model["style"]], _CAR_PLATES))
    status, expires = _registration(rng)
    other_address = {} if rng.happens(0.92) else address(rng)
    columns = {
        **vehicle(owner, model, year, numbers.vin_tail.next()),
        "plate": numbers.plate[kind].next() if state == "CA" else numbers.plate_of_other_state.next(),
        "plate_state": state,
        "plate_type": kind,
        "color": rng.one_of(_COLORS) if rng.happens(0.98) else None,
        "registration_status": status.value,
        "registration_expires_on": iso(expires),
        "is_stolen": rng.happens(0.007),
        **other_address,
    }
    return [("vehicle", columns)]


def _registration(rng: Rng) -> tuple[RegistrationStatus, int]:
    """Registration status and day of expiry."""
    chance = rng.random()
    if chance < 0.88:
        return RegistrationStatus.CURRENT, TODAY + rng.integer(1, YEAR)
    if chance < 0.96:
        return RegistrationStatus.EXPIRED, TODAY - rng.integer(1, 2 * YEAR)
    if chance < 0.98:
        return RegistrationStatus.NON_OPERATIONAL, TODAY - rng.integer(1, 4 * YEAR)
    return RegistrationStatus.SUSPENDED, TODAY + rng.integer(1, YEAR)


def _start(world: WorldDraws) -> DrawRows:
    def draw_rows(person: RandomPerson) -> Iterator[Row]:
        for _ in range(person.counts.vehicles):
            yield from draw(person.columns, world.rng, world.numbers)

    return draw_rows


def _demo(number: int, person: Columns, table: DemoTable) -> Iterator[Row]:
    for each in table.get("vehicle", ()):
        yield "vehicle", demo_vehicle(number, person, each)


def demo_vehicle(number: int, owner: Columns, table: DemoTable) -> Columns:
    """One vehicle. Its plate follows from the number of the owner, if the table has none."""
    model = next(model for model in MODELS if model["model"] == table["model"])
    plate_type, plate = _DEMO_PLATES.get(model["style"], _DEMO_CAR_PLATE)
    return {
        "plate": plate.format(number),
        "plate_state": "CA",
        "plate_type": plate_type.value,
        "registration_status": "CURRENT",
        "registration_expires_on": "2027-03-31",
        "is_stolen": False,
        **table,
        **vehicle(owner, model, table["year"], f"Z{number:06}"),
    }


SEED: Final = SourceSeed(_start, _demo)

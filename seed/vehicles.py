"""Vehicles and their registrations, by the driver's licence of the owner."""

from __future__ import annotations

from typing import Final, NamedTuple

from resolvers.codes.vehicle import PlateType, RegistrationStatus, VehicleColor, VehicleStyle
from seed.calendar import EPOCH, TODAY, YEAR, iso
from seed.data import toml, weighted_codes
from seed.geography import address
from seed.numbers import Numbers
from seed.persons import Person
from seed.rng import Rng
from seed.vehicle_models import VEHICLE_MODELS
from seed.vin import vin


class Vehicle(NamedTuple):
    """One row of `vehicle`."""

    vin: str
    plate: str | None
    plate_state: str | None
    plate_type: str | None
    year: int
    make: str
    model: str
    style: str
    color: str | None
    registration_status: str
    registration_expires_on: str | None
    is_stolen: bool
    owner_license: str | None
    owner_license_state: str | None
    street: str | None
    city: str | None
    state: str | None
    postal_code: str | None
    is_confidential: bool
    subject_surname: str
    subject_user: str | None
    subject_ori: str | None


_WEIGHTS: Final = toml("weights")["vehicles"]
_STYLE_PLATES: Final = {
    VehicleStyle.MOTORCYCLE.value: (PlateType.MC,),
    VehicleStyle.PICKUP.value: weighted_codes(PlateType, _WEIGHTS["pickup_plate_type"]),
    VehicleStyle.TRACTOR_DIESEL.value: (PlateType.CO,),
}
_CAR_PLATES: Final = weighted_codes(PlateType, _WEIGHTS["plate_type"])
_COLORS: Final = weighted_codes(VehicleColor, _WEIGHTS["color"])
_OTHER_STATES: Final = ("NV", "AZ", "OR")


def draw(owner: Person, count: int, rng: Rng, numbers: Numbers) -> list[Vehicle]:
    """`count` vehicles of one owner; 8 in 100 are registered at another address."""
    return [_vehicle(owner, rng, numbers) for _ in range(count)]


def _vehicle(owner: Person, rng: Rng, numbers: Numbers) -> Vehicle:
    model = rng.one_of(VEHICLE_MODELS)
    year = rng.integer(model.first_year, EPOCH.year - 1)
    state = "CA" if rng.happens(0.985) else rng.one_of(_OTHER_STATES)
    kind = rng.one_of(_STYLE_PLATES.get(model.style, _CAR_PLATES)).value
    status, expires = _registration(rng)
    residence = owner.residence if rng.happens(0.92) else address(rng)
    return Vehicle(
        vin=vin(model.maker, model.descriptor, year, numbers.vin_tail.next()),
        plate=numbers.plate[kind].next() if state == "CA" else numbers.plate_of_other_state.next(),
        plate_state=state,
        plate_type=kind,
        year=year,
        make=model.make,
        model=model.model,
        style=model.style,
        color=rng.one_of(_COLORS).value if rng.happens(0.98) else None,
        registration_status=status.value,
        registration_expires_on=iso(expires),
        is_stolen=rng.happens(0.007),
        owner_license=owner.license_number,
        owner_license_state=owner.license_state,
        **residence._asdict(),
        is_confidential=owner.is_confidential,
        **owner.subject_columns._asdict(),
    )


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

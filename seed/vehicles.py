"""Vehicles and their registrations, for the DMV's file. Knows an owner by licence only."""

from __future__ import annotations

from typing import Final, NamedTuple

from resolvers.codes.vehicle import PlateType, RegistrationStatus, VehicleColor, VehicleStyle
from seed.calendar import EPOCH, TODAY, YEAR, iso
from seed.chance import Chance, weighted
from seed.models import MODELS
from seed.numbers import Numbers
from seed.persons import Person
from seed.places import address
from seed.vin import vin


class Vehicle(NamedTuple):
    """One row of `vehicle`, column for column."""

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


_P, _C = PlateType, VehicleColor
_STYLE_PLATES: Final = {
    VehicleStyle.MOTORCYCLE.value: (_P.MC,),
    VehicleStyle.PICKUP.value: weighted({_P.TK: 90, _P.CO: 9, _P.EX: 1}),
    VehicleStyle.TRACTOR_DIESEL.value: (_P.CO,),
}
_CAR_PLATES: Final = weighted({_P.PC: 930, _P.PE: 28, _P.TM: 18, _P.DX: 14, _P.DV: 6, _P.EX: 4})
_COLORS: Final = weighted({
    _C.WHI: 240, _C.BLK: 220, _C.GRY: 180, _C.SIL: 150, _C.BLU: 90, _C.RED: 80, _C.GRN: 15, _C.GLD: 12, _C.BGE: 12,
    _C.MAR: 10, _C.TAN: 8, _C.BRO: 8, _C.DBL: 8, _C.ONG: 5, _C.YEL: 5, _C.LBL: 3, _C.PLE: 2, _C.CPR: 1, _C.TEA: 1,
})  # fmt: skip
_ELSEWHERE: Final = ("NV", "AZ", "OR")


def draw(owner: Person, count: int, chance: Chance, numbers: Numbers) -> list[Vehicle]:
    """As many vehicles of one owner; a few stand at another address than the owner's."""
    return [_vehicle(owner, chance, numbers) for _ in range(count)]


def _vehicle(owner: Person, chance: Chance, numbers: Numbers) -> Vehicle:
    model = chance.one_of(MODELS)
    year = chance.whole(model.first_year, EPOCH.year - 1)
    state = "CA" if chance.happens(0.985) else chance.one_of(_ELSEWHERE)
    kind = chance.one_of(_STYLE_PLATES.get(model.style, _CAR_PLATES)).value
    status, expires = _registration(chance)
    residence = owner.residence if chance.happens(0.92) else address(chance)
    return Vehicle(
        vin=vin(model.maker, model.descriptor, year, numbers.vin_tail.next()),
        plate=numbers.plate[kind].next() if state == "CA" else numbers.plate_elsewhere.next(),
        plate_state=state,
        plate_type=kind,
        year=year,
        make=model.make,
        model=model.model,
        style=model.style,
        color=chance.one_of(_COLORS).value if chance.happens(0.98) else None,
        registration_status=status.value,
        registration_expires_on=iso(expires),
        is_stolen=chance.happens(0.007),
        owner_license=owner.license_number,
        owner_license_state=owner.license_state,
        **residence._asdict(),
        is_confidential=owner.is_confidential,
        **owner.whose._asdict(),
    )


def _registration(chance: Chance) -> tuple[RegistrationStatus, int]:
    """Registration runs for a year; what has run out is expired or off the road."""
    fate = chance.random()
    if fate < 0.88:
        return RegistrationStatus.CURRENT, TODAY + chance.whole(1, YEAR)
    if fate < 0.96:
        return RegistrationStatus.EXPIRED, TODAY - chance.whole(1, 2 * YEAR)
    if fate < 0.98:
        return RegistrationStatus.NON_OPERATIONAL, TODAY - chance.whole(1, 4 * YEAR)
    return RegistrationStatus.SUSPENDED, TODAY + chance.whole(1, YEAR)

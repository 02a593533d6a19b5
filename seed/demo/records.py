"""The papers of a demonstration person: their numbers follow from the person's own, and nothing is left to rng.

None is also a random person's: `seed.numbers` says what its series leave out.
"""

from __future__ import annotations

from collections.abc import Iterator

from resolvers.codes.history import DispositionKind, SentenceKind
from resolvers.codes.order import OrderCondition, OrderKind, OrderStatus, ProhibitionBasis
from resolvers.codes.person import LicenseClass, LicenseStatus
from resolvers.codes.vehicle import PlateType, RegistrationStatus, VehicleColor, VehicleStyle
from resolvers.codes.warrant import Extradition, WarrantCategory, WarrantStatus
from resolvers.names import normalized
from seed.calendar import is_minor
from seed.criminal_history import (
    NO_CUSTODY,
    NO_SUPERVISION,
    Charge,
    Custody,
    Cycle,
    Outcome,
    Subject,
    Supervision,
    cycle_status,
)
from seed.descriptors import Descriptors, json_list
from seed.geography import LOS_ANGELES as COUNTY
from seed.geography import Address
from seed.names import Name
from seed.offenses import Offense
from seed.persons import NO_LICENSE, License, Person
from seed.protective_orders import ProtectedParty, ProtectiveOrder
from seed.vehicle_models import VEHICLE_MODELS
from seed.vehicles import Vehicle
from seed.vin import vin
from seed.warrants import Warrant

# style -> kind of plate, and its form for the owner with this number
_PLATES = {
    VehicleStyle.PICKUP.value: (PlateType.TK, "1N{:05}"),
    VehicleStyle.MOTORCYCLE.value: (PlateType.MC, "10N{:04}"),
}
_CAR_PLATE = PlateType.PC, "1NTK{:03}"


def person(
    number: int,
    name: Name,
    birth_date: str,
    look: Descriptors,
    residence: Address,
    *,
    license_status: LicenseStatus | None = LicenseStatus.VALID,
    is_printed: bool = True,
    is_restrained: bool = False,
    is_confidential: bool = False,
    user: str | None = None,
    ori: str | None = None,
) -> Person:
    """One person. Without a licence status there is no licence; the printed have a CII and an FBI number."""
    license = NO_LICENSE
    if license_status is not None:
        expires_on = f"2032{birth_date[4:]}"
        license = License(f"Z{number:07}", "CA", LicenseClass.C.value, license_status.value, expires_on)
    return Person(
        id=f"P{number:07}",
        **name._asdict(),
        birth_date=birth_date,
        **look._asdict(),
        ssn=f"999-{10 + number}-{7000 + number}",
        **license._asdict(),
        cii_number=f"A{number:08}" if is_printed else None,
        fbi_number=f"{number:06}DM0" if is_printed else None,
        carpos_number=f"R{number:08}" if is_restrained else None,
        **residence._asdict(),
        is_confidential=is_confidential,
        subject_surname=normalized(name.surname),
        subject_user=user,
        subject_ori=ori,
    )


def vehicle(
    owner: Person,
    name: str,
    year: int,
    color: VehicleColor,
    *,
    plate: str | None = None,
    plate_state: str = "CA",
    status: RegistrationStatus = RegistrationStatus.CURRENT,
    is_stolen: bool = False,
) -> Vehicle:
    """One vehicle of a model that random people drive too; its plate follows from the owner unless told."""
    number = int(owner.id[1:])
    model = next(model for model in VEHICLE_MODELS if model.model == name)
    plate_type, form = _PLATES.get(model.style, _CAR_PLATE)
    return Vehicle(
        vin=vin(model.maker, model.descriptor, year, f"Z{number:06}"),
        plate=plate or form.format(number),
        plate_state=plate_state,
        plate_type=plate_type.value,
        year=year,
        make=model.make,
        model=model.model,
        style=model.style,
        color=color.value,
        registration_status=status.value,
        registration_expires_on="2027-03-31",
        is_stolen=is_stolen,
        owner_license=owner.license_number,
        owner_license_state=owner.license_state,
        **owner.residence._asdict(),
        is_confidential=owner.is_confidential,
        **owner.subject_columns._asdict(),
    )


def warrant(
    wanted: Person,
    category: WarrantCategory,
    offense: Offense,
    issued_on: str,
    *,
    bail_cents: int,
    extradition: Extradition,
    status: WarrantStatus = WarrantStatus.ACTIVE,
    cautions: str = "[]",
    night_service: bool = False,
) -> Warrant:
    """One warrant of the demonstration county."""
    assert wanted.fbi_number is not None
    return Warrant(
        number=f"W{int(wanted.id[1:]):09}",
        category=category.value,
        status=status.value,
        issued_on=issued_on,
        court_ori=COUNTY.court,
        court_name=COUNTY.court_name,
        agency_ori=COUNTY.sheriff,
        offense_code=offense.code,
        offense=offense.offense,
        bail_cents=bail_cents,
        extradition=extradition.value,
        cautions=cautions,
        night_service=night_service,
        subject_fbi=wanted.fbi_number,
        **wanted.subject_columns._asdict(),
    )


def order(
    restrained: Person,
    kind: OrderKind,
    issued_on: str,
    expires_on: str,
    *conditions: OrderCondition,
    basis: ProhibitionBasis | None = None,
    status: OrderStatus = OrderStatus.ACTIVE,
) -> ProtectiveOrder:
    """One served order; with a basis it forbids firearms."""
    assert restrained.carpos_number is not None
    return ProtectiveOrder(
        number=f"H{int(restrained.id[1:]):09}",
        kind=kind.value,
        status=status.value,
        issued_on=issued_on,
        expires_on=expires_on,
        court_ori=COUNTY.court,
        court_name=COUNTY.court_name,
        conditions=json_list([condition.value for condition in conditions]),
        firearms_prohibited=basis is not None,
        prohibition_basis=basis.value if basis else None,
        served=True,
        restrained_carpos=restrained.carpos_number,
        **restrained.subject_columns._asdict(),
    )


def protected_party(
    order: ProtectiveOrder, name: Name, residence: Address, phone: str, *, is_confidential: bool
) -> ProtectedParty:
    """Somebody an order protects."""
    return ProtectedParty(
        int(order.number[1:]), order.number, *name, **residence._asdict(), phone=phone, is_confidential=is_confidential
    )


def subject(person: Person) -> Subject:
    """The head of a criminal history."""
    assert person.cii_number is not None
    assert person.fbi_number is not None
    return Subject(person.cii_number, person.fbi_number, **person.subject_columns._asdict())


def arrest(
    person: Person,
    sequence: int,
    arrested_on: str,
    *charges: tuple[Offense, Outcome],
    is_sealed: bool = False,
    custody: Custody = NO_CUSTODY,
    supervision: Supervision = NO_SUPERVISION,
) -> Iterator[Cycle | Charge]:
    """One cycle and its charges."""
    assert person.cii_number is not None
    number = int(person.id[1:]) * 1000 + sequence
    outcomes = [outcome for _, outcome in charges]
    yield Cycle(
        id=number,
        cii_number=person.cii_number,
        sequence=sequence,
        arrested_on=arrested_on,
        agency_ori=COUNTY.sheriff,
        # As in a jail's own books, the number tells nothing of how many bookings came before it.
        booking_number=f"0{number * 7_654_321 % 9_999_991:07}",
        status=cycle_status(outcomes).value,
        is_sealed=is_sealed,
        is_juvenile=is_minor(person.birth_date, arrested_on),
        has_conviction=any(outcome.disposition_kind == DispositionKind.CONVICTED.value for outcome in outcomes),
        **custody._asdict(),
        **supervision._asdict(),
    )
    for place, (offense, outcome) in enumerate(charges, start=1):
        yield Charge(number * 10 + place, number, place, **offense._asdict(), **outcome._asdict())


def decided(
    kind: DispositionKind, decided_on: str, sentence: SentenceKind | None = None, days: int | None = None
) -> Outcome:
    """How a charge ended in the demonstration county's court."""
    return Outcome(kind.value, decided_on, COUNTY.court, COUNTY.court_name, sentence.value if sentence else None, days)

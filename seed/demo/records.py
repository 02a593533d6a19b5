"""Records of a demonstration person, built from the tables of seed/data/demo_people.toml.

All numbers follow from the number of the person, and none is random. No series of `seed.numbers` gives them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from resolvers.codes.history import (
    CustodyStatus,
    DispositionKind,
    SentenceKind,
    Severity,
    SupervisionKind,
    SupervisionStatus,
)
from resolvers.codes.order import OrderCondition, OrderKind, OrderStatus, ProhibitionBasis
from resolvers.codes.person import Caution, LicenseClass, LicenseStatus
from resolvers.codes.vehicle import PlateType, RegistrationStatus, VehicleColor, VehicleStyle
from resolvers.codes.warrant import Extradition, WarrantCategory, WarrantStatus
from resolvers.names import normalized
from seed.calendar import is_minor
from seed.criminal_history import (
    NO_CUSTODY,
    NO_OUTCOME,
    NO_SUPERVISION,
    Charge,
    Custody,
    Cycle,
    Outcome,
    Subject,
    Supervision,
    cycle_status,
)
from seed.descriptors import json_list
from seed.geography import LOS_ANGELES as COUNTY
from seed.geography import Address
from seed.names import Name
from seed.offenses import offense
from seed.persons import NO_LICENSE, License, Person
from seed.protective_orders import ProtectedParty, ProtectiveOrder
from seed.vehicle_models import VEHICLE_MODELS
from seed.vehicles import Vehicle
from seed.vin import vin
from seed.warrants import Warrant

Table = dict[str, Any]

# The plate type of a style, and its plate for the owner with this number.
_PLATES = {
    VehicleStyle.PICKUP.value: (PlateType.TK, "1N{:05}"),
    VehicleStyle.MOTORCYCLE.value: (PlateType.MC, "10N{:04}"),
}
_CAR_PLATE = PlateType.PC, "1NTK{:03}"


def name(table: Table) -> Name:
    return Name(table["given"], table.get("middle"), table["surname"], None)


def address(table: Table) -> Address:
    return Address(table["street"], table["city"], "CA", table["postal_code"])


def person(number: int, table: Table) -> Person:
    """The person with this number. Fingerprinted people have a CII and an FBI number, restrained ones CARPOS."""
    license = NO_LICENSE
    if table.get("has_license", True):
        status = LicenseStatus[table.get("license_status", "VALID")]
        expires_on = f"2032{table['birth_date'][4:]}"
        license = License(f"Z{number:07}", "CA", LicenseClass.C.value, status.value, expires_on)
    is_fingerprinted = table.get("is_fingerprinted", True)
    return Person(
        id=f"P{number:07}",
        **name(table["name"])._asdict(),
        birth_date=table["birth_date"],
        **table["descriptors"],
        scars_marks_tattoos=json_list(table.get("marks", [])),
        cautions=_cautions(table),
        ssn=f"999-{10 + number}-{7000 + number}",
        **license._asdict(),
        cii_number=f"A{number:08}" if is_fingerprinted else None,
        fbi_number=f"{number:06}DM0" if is_fingerprinted else None,
        carpos_number=f"R{number:08}" if "order" in table else None,
        **address(table["address"])._asdict(),
        is_confidential=table.get("is_confidential", False),
        subject_surname=normalized(table["name"]["surname"]),
        subject_user=table.get("user"),
        subject_ori=table.get("ori"),
    )


def records(person: Person, table: Table) -> Iterator[tuple[object, ...]]:
    """All rows about this person in the other sources."""
    for each in table.get("vehicle", ()):
        yield vehicle(person, each)
    for each in table.get("warrant", ()):
        yield warrant(person, each)
    for each in table.get("order", ()):
        yield order(person, each)
        for party in each.get("protected", ()):
            yield protected_party(person, party)
    if "arrest" in table:
        assert person.cii_number is not None
        assert person.fbi_number is not None
        yield Subject(person.cii_number, person.fbi_number, **person.subject_columns._asdict())
    for sequence, each in enumerate(table.get("arrest", ()), start=1):
        yield from arrest(person, sequence, each)


def vehicle(owner: Person, table: Table) -> Vehicle:
    """One vehicle. Its plate follows from the number of the owner, if the table has none."""
    number = int(owner.id[1:])
    model = next(model for model in VEHICLE_MODELS if model.model == table["model"])
    plate_type, pattern = _PLATES.get(model.style, _CAR_PLATE)
    return Vehicle(
        vin=vin(model.maker, model.descriptor, table["year"], f"Z{number:06}"),
        plate=table.get("plate") or pattern.format(number),
        plate_state=table.get("plate_state", "CA"),
        plate_type=plate_type.value,
        year=table["year"],
        make=model.make,
        model=model.model,
        style=model.style,
        color=VehicleColor[table["color"]].value,
        registration_status=RegistrationStatus[table.get("status", "CURRENT")].value,
        registration_expires_on="2027-03-31",
        is_stolen=table.get("is_stolen", False),
        owner_license=owner.license_number,
        owner_license_state=owner.license_state,
        **owner.residence._asdict(),
        is_confidential=owner.is_confidential,
        **owner.subject_columns._asdict(),
    )


def warrant(wanted: Person, table: Table) -> Warrant:
    """One warrant of the demonstration county."""
    assert wanted.fbi_number is not None
    code, text, _ = offense(table["offense"], Severity[table["severity"]])
    return Warrant(
        number=f"W{int(wanted.id[1:]):09}",
        category=WarrantCategory[table["category"]].value,
        status=WarrantStatus[table.get("status", "ACTIVE")].value,
        issued_on=table["issued_on"],
        court_ori=COUNTY.court,
        court_name=COUNTY.court_name,
        agency_ori=COUNTY.sheriff,
        offense_code=code,
        offense=text,
        bail_cents=table["bail_cents"],
        extradition=Extradition[table["extradition"]].value,
        cautions=_cautions(table),
        night_service=table.get("night_service", False),
        subject_fbi=wanted.fbi_number,
        **wanted.subject_columns._asdict(),
    )


def order(restrained: Person, table: Table) -> ProtectiveOrder:
    """One served order. If it has a prohibition basis, firearms are prohibited."""
    assert restrained.carpos_number is not None
    basis = table.get("prohibition_basis")
    return ProtectiveOrder(
        number=_order_number(restrained),
        kind=OrderKind[table["kind"]].value,
        status=OrderStatus[table.get("status", "ACTIVE")].value,
        issued_on=table["issued_on"],
        expires_on=table["expires_on"],
        court_ori=COUNTY.court,
        court_name=COUNTY.court_name,
        conditions=json_list([OrderCondition[condition].value for condition in table["conditions"]]),
        firearms_prohibited=basis is not None,
        prohibition_basis=ProhibitionBasis[basis].value if basis else None,
        served=True,
        restrained_carpos=restrained.carpos_number,
        **restrained.subject_columns._asdict(),
    )


def protected_party(restrained: Person, table: Table) -> ProtectedParty:
    """One person whom the order protects."""
    return ProtectedParty(
        int(restrained.id[1:]),
        _order_number(restrained),
        *name(table["name"]),
        **address(table["address"])._asdict(),
        phone=table["phone"],
        is_confidential=table["is_confidential"],
    )


def arrest(person: Person, sequence: int, table: Table) -> Iterator[Cycle | Charge]:
    """One cycle and its charges."""
    assert person.cii_number is not None
    number = int(person.id[1:]) * 1000 + sequence
    charges: Sequence[Table] = table.get("charges", ())
    outcomes = [_outcome(charge) for charge in charges]
    custody, supervision = _custody(table.get("custody")), _supervision(table.get("supervision"))
    yield Cycle(
        id=number,
        cii_number=person.cii_number,
        sequence=sequence,
        arrested_on=table["arrested_on"],
        agency_ori=COUNTY.sheriff,
        # Booking numbers must not tell how many bookings came before, so they are scattered.
        booking_number=f"0{number * 7_654_321 % 9_999_991:07}",
        status=cycle_status(outcomes).value,
        is_sealed=table.get("is_sealed", False),
        is_juvenile=is_minor(person.birth_date, table["arrested_on"]),
        has_conviction=any(outcome.disposition_kind == DispositionKind.CONVICTED.value for outcome in outcomes),
        **custody._asdict(),
        **supervision._asdict(),
    )
    for place, (charge, outcome) in enumerate(zip(charges, outcomes, strict=True), start=1):
        charged = offense(charge["offense"], Severity[charge["severity"]])
        yield Charge(number * 10 + place, number, place, **charged._asdict(), **outcome._asdict())


def _outcome(charge: Table) -> Outcome:
    """The outcome of a charge, decided by the demonstration county's court."""
    if "disposition" not in charge:
        return NO_OUTCOME
    sentence = SentenceKind[charge["sentence"]].value if "sentence" in charge else None
    disposition = DispositionKind[charge["disposition"]].value
    return Outcome(disposition, charge["decided_on"], COUNTY.court, COUNTY.court_name, sentence, charge.get("days"))


def _custody(table: Table | None) -> Custody:
    if table is None:
        return NO_CUSTODY
    status = CustodyStatus[table["status"]].value
    return Custody(status, table["facility"], table["received_on"], table["released_on"])


def _supervision(table: Table | None) -> Supervision:
    if table is None:
        return NO_SUPERVISION
    return Supervision(
        SupervisionKind[table["kind"]].value,
        SupervisionStatus[table["status"]].value,
        table["starts_on"],
        table["ends_on"],
        json_list(table["terms"]),
    )


def _cautions(table: Table) -> str:
    return json_list([Caution[caution].value for caution in table.get("cautions", ())])


def _order_number(restrained: Person) -> str:
    return f"H{int(restrained.id[1:]):09}"

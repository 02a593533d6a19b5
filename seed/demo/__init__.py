"""The demonstration people: the same sixteen in every world, each showing one rule of need-to-know.

`docs/demo-world.md` lists them for readers, and a test compares it with this file. Who is a colleague, a
namesake or the caller's own record depends on two demonstration callers: the investigator, Dana Reyes,
and the patrol officer, by agency.
"""

from __future__ import annotations

from dataclasses import dataclass

from resolvers.codes.history import (
    CustodyStatus,
    DispositionKind,
    SentenceKind,
    Severity,
    SupervisionKind,
    SupervisionStatus,
)
from resolvers.codes.order import OrderCondition, OrderKind, OrderStatus, ProhibitionBasis
from resolvers.codes.person import Caution, LicenseStatus
from resolvers.codes.vehicle import RegistrationStatus, VehicleColor
from resolvers.codes.warrant import Extradition, WarrantCategory, WarrantStatus
from seed import persons
from seed.criminal_history import NO_OUTCOME, Custody, Supervision
from seed.demo.records import arrest, decided, order, person, protected_party, subject, vehicle, warrant
from seed.descriptors import Descriptors, json_list
from seed.geography import LOS_ANGELES, SAN_DIEGO, STATE_PRISON, Address
from seed.names import Name
from seed.offenses import offense
from seed.persons import Person

INVESTIGATOR_USER = "demo-investigator"
INVESTIGATOR_ORI = LOS_ANGELES.sheriff
PATROL_ORI = LOS_ANGELES.police[0]


@dataclass(frozen=True, slots=True)
class Demonstration:
    """One person, the rule they show, what the other sources hold about them, and their other names."""

    person: Person
    shows: str
    records: tuple[tuple[object, ...], ...] = ()
    others: tuple[Name, ...] = ()


_CONVICTED, _DISMISSED = DispositionKind.CONVICTED, DispositionKind.DISMISSED
_FELONY, _MISDEMEANOR = Severity.FELONY, Severity.MISDEMEANOR
_RELEASED = CustodyStatus.RELEASED.value


def _wanted() -> Demonstration:
    danger = json_list([Caution.ARMED_AND_DANGEROUS.value, Caution.VIOLENT_TENDENCIES.value])
    marks = json_list(["SC L CHK - scar, left cheek", "TAT NECK - tattoo, neck, script"])
    who = person(
        1,
        Name("Victor", "Ames", "Thornquist", None),
        "1987-03-14",
        Descriptors("M", "W", "N", 74, 215, "BLU", "BRO", marks, danger),
        Address("4417 Alder Way", "Long Beach", "CA", "90804"),
    )
    robbery = warrant(
        who,
        WarrantCategory.ARREST,
        offense("1204", _FELONY),
        "2025-08-22",
        bail_cents=25_000_000,
        extradition=Extradition.FELONY_FULL,
        cautions=danger,
        night_service=True,
    )
    assault = arrest(
        who,
        1,
        "2014-06-03",
        (offense("1304", _FELONY), decided(_CONVICTED, "2015-01-20", SentenceKind.PRISON, 1460)),
        custody=Custody(_RELEASED, STATE_PRISON, "2015-01-20", "2017-01-19"),
    )
    return Demonstration(
        who,
        "An armed and dangerous felony warrant",
        (vehicle(who, "Silverado", 2016, VehicleColor.BLK), robbery, subject(who), *assault),
        (Name("Vic", None, "Thornquist", None), Name("Victor", None, "Stonewell", None)),
    )


def _restrained() -> Demonstration:
    who = person(
        2,
        Name("Leonard", "Paul", "Vanterpool", None),
        "1979-11-02",
        Descriptors("M", "B", "N", 71, 190, "BRO", "BLK"),
        Address("2280 Magnolia Ave", "Riverside", "CA", "92506"),
        is_restrained=True,
    )
    paper = order(
        who,
        OrderKind.DOMESTIC_VIOLENCE,
        "2025-05-12",
        "2040-05-11",
        OrderCondition.NO_ASSAULT_THREAT_OR_STALKING,
        OrderCondition.STAY_AWAY,
        OrderCondition.NO_COMMUNICATION,
        OrderCondition.NO_FIREARM,
        basis=ProhibitionBasis.FAMILY_COURT_ORDER,
    )
    protected = protected_party(
        paper,
        Name("Ottilie", None, "Brandvold", None),
        Address("9031 Juniper Ct", "Oceanside", "CA", "92054"),
        "(760) 555-0142",
        is_confidential=True,
    )
    return Demonstration(
        who,
        "A restrained party with firearms prohibited; the protected party's address is hidden",
        (vehicle(who, "Accord", 2019, VehicleColor.SIL), paper, protected),
    )


def _peace_officer() -> Demonstration:
    who = person(
        3,
        Name("Keisha", "Anne", "Winterbourne", None),
        "1984-07-19",
        Descriptors("F", "B", "N", 67, 150, "BRO", "BLK"),
        Address("718 Seabright Ln", "Chula Vista", "CA", "91913"),
        is_confidential=True,
        ori=SAN_DIEGO.police[0],
    )
    return Demonstration(
        who,
        "A peace officer with a confidential DMV address, on the licence and on the vehicle",
        (vehicle(who, "Explorer", 2022, VehicleColor.GRY),),
    )


def _sealed_beside_conviction() -> Demonstration:
    who = person(
        4,
        Name("Tomas", None, "Iribarneguy", None),
        "1990-01-25",
        Descriptors("M", "W", "H", 68, 170, "HAZ", "BLK"),
        Address("1560 Fig Garden Dr", "Fresno", "CA", "93704"),
    )
    burglary = arrest(
        who, 1, "2013-02-09", (offense("2202", _FELONY), decided(_DISMISSED, "2013-08-30")), is_sealed=True
    )
    drunk_driving = arrest(
        who,
        2,
        "2019-10-26",
        (offense("5404", _MISDEMEANOR), decided(_CONVICTED, "2020-02-14", SentenceKind.PROBATION, 365)),
        supervision=Supervision(
            SupervisionKind.SUMMARY_PROBATION.value,
            SupervisionStatus.COMPLETED.value,
            "2020-02-14",
            "2021-02-13",
            json_list(["No alcohol or drugs; testing"]),
        ),
    )
    return Demonstration(
        who,
        "A sealed arrest beside a conviction",
        (vehicle(who, "Tacoma", 2014, VehicleColor.WHI), subject(who), *burglary, *drunk_driving),
    )


def _juvenile() -> Demonstration:
    who = person(
        5,
        Name("Jaylen", "Marcus", "Merriwether", None),
        "2006-05-20",
        Descriptors("M", "B", "N", 70, 160, "BRO", "BLK"),
        Address("3302 Telegraph Ave", "Oakland", "CA", "94609"),
    )
    theft = arrest(who, 1, "2022-10-11", (offense("2404", _FELONY), decided(DispositionKind.SUSTAINED, "2022-12-06")))
    return Demonstration(who, "A juvenile record and no other", (subject(who), *theft))


def _arrest_only() -> Demonstration:
    who = person(
        6,
        Name("Rosalind", "Jane", "Featherington", None),
        "1995-09-30",
        Descriptors("F", "W", "N", 65, 135, "GRN", "RED"),
        Address("84 Clement St Apt 6", "San Francisco", "CA", "94118"),
    )
    theft = arrest(
        who,
        1,
        "2024-03-17",
        (offense("2303", _MISDEMEANOR), NO_OUTCOME),
        (offense("2804", _MISDEMEANOR), NO_OUTCOME),
        custody=Custody(CustodyStatus.OWN_RECOGNIZANCE.value, LOS_ANGELES.jail, "2024-03-17", "2024-03-18"),
    )
    return Demonstration(
        who,
        "An arrest without disposition",
        (vehicle(who, "Prius", 2017, VehicleColor.BLU), subject(who), *theft),
    )


def _nothing() -> Demonstration:
    who = person(
        7,
        Name("Edith", None, "Lindqvist-Hale", None),
        "1951-12-08",
        Descriptors("F", "W", "N", 62, 128, "BLU", "WHI"),
        Address("12 Wisteria Pl", "Pasadena", "CA", "91105"),
        license_status=None,
        is_printed=False,
    )
    return Demonstration(who, "A person with nothing at all")


def _investigator() -> Demonstration:
    who = person(
        8,
        Name("Dana", "Lucia", "Reyes", None),
        "1986-04-04",
        Descriptors("F", "W", "H", 66, 145, "BRO", "BRO"),
        Address("5120 Verdugo Rd", "Glendale", "CA", "91206"),
        is_restrained=True,
        user=INVESTIGATOR_USER,
        ori=INVESTIGATOR_ORI,
    )
    recalled = warrant(
        who,
        WarrantCategory.FAILURE_TO_APPEAR,
        offense("5015", _MISDEMEANOR),
        "2009-06-01",
        bail_cents=100_000,
        extradition=Extradition.MISDEMEANOR_NONE,
        status=WarrantStatus.RECALLED,
    )
    expired = order(
        who,
        OrderKind.CIVIL_HARASSMENT,
        "2010-01-15",
        "2011-01-14",
        OrderCondition.NO_COMMUNICATION,
        status=OrderStatus.EXPIRED,
    )
    trespass = arrest(who, 1, "2009-03-21", (offense("5707", _MISDEMEANOR), decided(_DISMISSED, "2009-09-10")))
    return Demonstration(
        who,
        "The demonstration investigator's own record, in every source",
        (vehicle(who, "RAV4", 2021, VehicleColor.RED), recalled, expired, subject(who), *trespass),
    )


_TWINS_NAME = Name("Michael", "Aaron", "Castellanaro", None)
_TWINS_BIRTH_DATE = "1992-02-29"


def _wanted_twin() -> Demonstration:
    who = person(
        9,
        _TWINS_NAME,
        _TWINS_BIRTH_DATE,
        Descriptors("M", "W", "N", 72, 205, "BRO", "BRO", json_list(["TAT L ARM - tattoo, left arm, eagle"])),
        Address("640 Tully Rd", "San Jose", "CA", "95111"),
    )
    drunk_driving = warrant(
        who,
        WarrantCategory.BENCH,
        offense("5404", _MISDEMEANOR),
        "2025-11-05",
        bail_cents=1_500_000,
        extradition=Extradition.MISDEMEANOR_LIMITED,
    )
    return Demonstration(
        who,
        "One of two people with the same name and birth date: this one is wanted",
        (vehicle(who, "Civic", 2012, VehicleColor.GRN), drunk_driving),
    )


def _other_twin() -> Demonstration:
    who = person(
        10,
        _TWINS_NAME,
        _TWINS_BIRTH_DATE,
        Descriptors("M", "W", "N", 68, 160, "BLU", "BLN"),
        Address("2915 Land Park Dr", "Sacramento", "CA", "95818"),
    )
    car = vehicle(who, "Corolla", 2018, VehicleColor.WHI, plate="1NTK011", plate_state="NV")
    return Demonstration(
        who, "The other of the two: not wanted; the Nevada plate has a stolen Californian car's number", (car,)
    )


def _stolen_from() -> Demonstration:
    who = person(
        11,
        Name("Priscilla", None, "Nakagawara", None),
        "1972-08-17",
        Descriptors("F", "A", "N", 63, 125, "BRO", "BLK"),
        Address("1187 Sepulveda Blvd", "Torrance", "CA", "90502"),
    )
    car = vehicle(who, "Camry", 2020, VehicleColor.SIL, is_stolen=True)
    return Demonstration(who, "The owner of a stolen vehicle", (car,))


def _colleague() -> Demonstration:
    who = person(
        12,
        Name("Desmond", "Carl", "Achterberger", None),
        "1981-10-10",
        Descriptors("M", "W", "N", 73, 200, "GRY", "BRO"),
        Address("7420 Foothill Blvd", "Los Angeles", "CA", "90042"),
        ori=PATROL_ORI,
    )
    drunk_driving = arrest(
        who,
        1,
        "2003-07-05",
        (offense("5404", _MISDEMEANOR), decided(_CONVICTED, "2003-11-18", SentenceKind.JAIL, 10)),
    )
    return Demonstration(
        who,
        "A colleague: works at the demonstration patrol officer's agency",
        (vehicle(who, "Sportster", 2015, VehicleColor.BLK), subject(who), *drunk_driving),
    )


def _on_parole() -> Demonstration:
    who = person(
        13,
        Name("Curtis", "Ray", "Wolfendenham", None),
        "1988-06-27",
        Descriptors("M", "W", "N", 70, 180, "HAZ", "BRO", cautions=json_list([Caution.KNOWN_TO_ABUSE_DRUGS.value])),
        Address("905 Niles St", "Bakersfield", "CA", "93305"),
        license_status=LicenseStatus.SUSPENDED,
    )
    carjacking = arrest(
        who,
        1,
        "2018-04-14",
        (offense("1212", _FELONY), decided(_CONVICTED, "2018-12-03", SentenceKind.PRISON, 3650)),
        custody=Custody(_RELEASED, STATE_PRISON, "2018-12-03", "2025-02-28"),
        supervision=Supervision(
            SupervisionKind.PAROLE.value,
            SupervisionStatus.ACTIVE.value,
            "2025-02-28",
            "2035-02-27",
            json_list(["Search and seizure at any time, with or without a warrant", "No weapons or ammunition"]),
        ),
    )
    truck = vehicle(who, "F-150", 2009, VehicleColor.MAR, status=RegistrationStatus.NON_OPERATIONAL)
    return Demonstration(who, "On parole, with search terms", (truck, subject(who), *carjacking))


def _same_surname() -> Demonstration:
    who = person(
        14,
        Name("Marisol", None, "Reyes", None),
        "1990-12-12",
        Descriptors("F", "W", "H", 64, 140, "BRO", "BLK"),
        Address("2204 Camino Real", "Oxnard", "CA", "93030"),
        is_printed=False,
    )
    return Demonstration(
        who,
        "Shares the demonstration investigator's surname",
        (vehicle(who, "CR-V", 2018, VehicleColor.WHI),),
    )


def _sealed_only() -> Demonstration:
    who = person(
        15,
        Name("Imogen", "Clare", "Hartsbridge", None),
        "1993-03-03",
        Descriptors("F", "W", "N", 66, 150, "BLU", "BLN"),
        Address("31 Harbor Dr", "San Diego", "CA", "92101"),
    )
    fraud = arrest(
        who, 1, "2015-05-05", (offense("2605", _MISDEMEANOR), decided(_DISMISSED, "2015-12-01")), is_sealed=True
    )
    return Demonstration(
        who, "A sealed arrest and no other", (vehicle(who, "Jetta", 2013, VehicleColor.BLK), subject(who), *fraud)
    )


def _long_history() -> Demonstration:
    who = person(
        16,
        Name("Gideon", "Amos", "Prendergrast", None),
        "1974-02-11",
        Descriptors("M", "W", "N", 69, 165, "BRO", "GRY"),
        Address("410 Market St", "Stockton", "CA", "95202"),
        license_status=LicenseStatus.REVOKED,
    )
    thefts = [
        record
        for year in range(2001, 2023)
        for record in arrest(
            who,
            year - 2000,
            f"{year}-09-14",
            (offense("2303", _MISDEMEANOR), decided(_CONVICTED, f"{year}-11-02", SentenceKind.JAIL, 30)),
            custody=Custody(_RELEASED, LOS_ANGELES.jail, f"{year}-11-02", f"{year}-11-17"),
        )
    ]
    return Demonstration(who, "A long history: twenty-two arrests, one a year", (subject(who), *thefts))


PEOPLE = (
    _wanted(),
    _restrained(),
    _peace_officer(),
    _sealed_beside_conviction(),
    _juvenile(),
    _arrest_only(),
    _nothing(),
    _investigator(),
    _wanted_twin(),
    _other_twin(),
    _stolen_from(),
    _colleague(),
    _on_parole(),
    _same_surname(),
    _sealed_only(),
    _long_history(),
)


def records() -> list[tuple[object, ...]]:
    """Every row of every demonstration person, for every source."""
    found: list[tuple[object, ...]] = []
    for number, each in enumerate(PEOPLE, start=1):
        found += persons.rows(number, each.person, list(each.others))
        found += each.records
    return found

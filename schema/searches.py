"""Searches of people and vehicles: their inputs, and the fetch that each leads to."""

from __future__ import annotations

import re
from datetime import date

import strawberry

import schema.pages  # noqa: F401 - the codes that are searched by get their names beside the types
from engine.declarations import Arguments, Lookup
from policy.record_classes import RecordClass
from resolvers import persons
from resolvers.codes.person import Race, Sex
from resolvers.codes.vehicle import VehicleColor, VehicleMake
from resolvers.errors import InvalidSearch
from resolvers.hits import as_hits
from resolvers.name_search import NameSearch, by_name
from resolvers.names import normalized
from resolvers.paging import LARGEST_PAGE, Cursors, Page
from resolvers.vehicle_search import VehicleSearch as VehicleSearchKey
from resolvers.vehicle_search import by_description
from schema.context import Context
from schema.scalars import Date


@strawberry.input(description="Search by name: by letters and by sound, with aliases and with the two names swapped.")
class NameSearchInput:
    surname: str = strawberry.field(description="Last name.")
    given: str | None = strawberry.field(default=None, description="First name; a single letter searches by initial.")
    birth_date: Date | None = strawberry.field(default=None, description="Date of birth.")
    expand_birth_date: bool = strawberry.field(
        default=False, description="Also match dates of birth within one year of it."
    )
    sex: Sex | None = strawberry.field(default=None, description="Excludes the other sex; unknown still matches.")
    race: Race | None = strawberry.field(
        default=None, description="As in NCIC: B excludes W, W excludes B, other values exclude none."
    )


@strawberry.input(description="A driver licence.")
class DriverLicenseKey:
    number: str = strawberry.field(description="In California a letter and seven digits.")
    state: str = strawberry.field(default="CA", description="Two-letter state.")


@strawberry.input(one_of=True, description="Search terms for people: exactly one.")
class PersonSearch:
    name: NameSearchInput | None = strawberry.field(default=strawberry.UNSET, description="By name.")
    driver_license: DriverLicenseKey | None = strawberry.field(default=strawberry.UNSET, description="By licence.")
    ssn: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="By social security number, NNN-NN-NNNN; only for callers who may see it unmasked.",
    )
    cii_number: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="By the state's fingerprint number: A and eight digits."
    )
    fbi_number: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="By the FBI's fingerprint number."
    )


@strawberry.input(description="A licence plate.")
class PlateKey:
    number: str = strawberry.field(description="The plate, without spaces.")
    state: str = strawberry.field(default="CA", description="Two-letter state.")


@strawberry.input(one_of=True, description="Key of a vehicle: exactly one of these.")
class VehicleKey:
    vin: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="By vehicle identification number, 17 characters."
    )
    plate: PlateKey | None = strawberry.field(default=strawberry.UNSET, description="By licence plate.")


@strawberry.input(
    description="Search terms for vehicles: the beginning of a plate, a make, or both, and optionally more."
)
class VehicleSearch:
    plate_start: str | None = strawberry.field(
        default=None, description="The first characters of a plate, at least two."
    )
    plate_state: str | None = strawberry.field(default=None, description="Two-letter state of the plate.")
    make: VehicleMake | None = strawberry.field(default=None, description="Manufacturer.")
    model: str | None = strawberry.field(default=None, description="Model, as registered.")
    color: VehicleColor | None = strawberry.field(default=None, description="Colour.")
    year_from: int | None = strawberry.field(default=None, description="First model year.")
    year_to: int | None = strawberry.field(default=None, description="Last model year.")
    stolen: bool | None = strawberry.field(default=None, description="Whether it is reported stolen.")


LICENSE_HITS = as_hits(persons.by_license, "NUMBER")
SSN_HITS = as_hits(persons.by_ssn, "NUMBER")
CII_HITS = as_hits(persons.by_cii, "NUMBER")
FBI_HITS = as_hits(persons.by_fbi, "NUMBER")

PAGE = 20
"""Hits on a page, where it is not said how many."""

SSN_FORM = re.compile(r"[0-9]{3}-[0-9]{2}-[0-9]{4}")
PLATE_FORM = re.compile(r"[A-Z0-9]{2,8}")


def plate_key(key: Arguments) -> tuple[str, str]:
    """A plate as the source keys it."""
    return key["state"].strip().upper(), key["number"].replace(" ", "").upper()


def license_key(key: Arguments) -> tuple[str, str]:
    """A licence as the source keys it."""
    return key["state"].strip().upper(), key["number"].strip().upper()


def size(arguments: Arguments) -> int:
    """How many hits a page is to hold; a null is as good as nothing."""
    first: int | None = arguments["first"]
    return PAGE if first is None else first


def hits(arguments: Arguments) -> int:
    """How many hits a page can have; one that is to hold more is refused in its own words."""
    return min(size(arguments), LARGEST_PAGE)


def search_people(arguments: Arguments, desk: Context) -> Lookup:
    """One search for people. Raises BadKey."""
    ((how, value),) = arguments["by"].items()
    first, after = size(arguments), arguments.get("after")
    if how == "name":
        return by_name.of(_name_search(value, first, after, desk.cursors, desk.caller.user))
    # A number finds one person or none, so there is nothing to read on to.
    Page.of(first, after, desk.cursors, "number")
    if how == "driverLicense":
        return LICENSE_HITS.of(license_key(value))
    if how == "ssn":
        if not SSN_FORM.fullmatch(value):
            raise InvalidSearch("ssn must be written NNN-NN-NNNN.")
        return SSN_HITS.of(value)
    return (CII_HITS if how == "ciiNumber" else FBI_HITS).of(value.strip().upper())


def people_guards(arguments: Arguments) -> list[RecordClass]:
    """Who searches by a number learns that it is somebody's: they must be allowed to know it."""
    return [RecordClass.SSN] if "ssn" in arguments["by"] else []


def _name_search(name: Arguments, first: int, after: str | None, cursors: Cursors, user: str) -> NameSearch:
    surname, given = name["surname"], name.get("given")
    if not normalized(surname) or (given is not None and not normalized(given)):
        raise InvalidSearch("A name to search for must hold a letter from A to Z.")
    if len(surname) > 100 or len(given or "") > 100:
        raise InvalidSearch("A name to search for must have 100 characters at most.")
    birth_date: date | None = name.get("birthDate")
    sex, race = name.get("sex"), name.get("race")
    asked = (normalized(surname), normalized(given or ""), birth_date, name["expandBirthDate"], sex, race)
    return NameSearch(
        surname=surname,
        given=given,
        birth_date=birth_date,
        expand=name["expandBirthDate"],
        sex=sex.value if sex else None,
        race=race.value if race else None,
        page=Page.of(first, after, cursors, "name", user, *asked),
    )


def search_vehicles(arguments: Arguments, desk: Context) -> Lookup:
    """One search for vehicles. Raises BadKey."""
    by = arguments["by"]
    plate_start = by.get("plateStart")
    if plate_start is not None:
        plate_start = plate_start.replace(" ", "").upper()
        if not PLATE_FORM.fullmatch(plate_start):
            raise InvalidSearch("plateStart must be two to eight letters and digits.")
    make, color = by.get("make"), by.get("color")
    if plate_start is None and make is None:
        raise InvalidSearch("Search vehicles by plateStart or by make at least.")
    asked = {
        "plate_start": plate_start,
        "plate_state": by.get("plateState"),
        "make": make.value if make else None,
        "color": color.value if color else None,
        "model": by.get("model"),
        "year_from": by.get("yearFrom"),
        "year_to": by.get("yearTo"),
        "is_stolen": by.get("stolen"),
    }
    about = ("vehicles", desk.caller.user, *asked.values())
    return by_description.of(
        VehicleSearchKey(page=Page.of(size(arguments), arguments.get("after"), desk.cursors, *about), **asked)
    )

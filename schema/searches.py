"""Searches of people and vehicles: their inputs, and the fetch that each leads to."""

from __future__ import annotations

import re
from datetime import date

import strawberry

import schema.pages  # noqa: F401 - names the enums that the inputs use
from engine.declarations import Arguments, Lookup, Row
from policy.record_classes import RecordClass
from resolvers import persons
from resolvers.codes.person import Race, Sex
from resolvers.codes.vehicle import VehicleColor, VehicleMake
from resolvers.errors import InvalidSearch
from resolvers.hits import as_hits
from resolvers.name_search import NameSearch, by_name
from resolvers.names import normalized
from resolvers.paging import LARGEST_PAGE, Page
from resolvers.vehicle_search import SHORTEST_PLATE_START, by_description
from resolvers.vehicle_search import VehicleSearch as VehicleSearchKey
from schema.context import Context
from schema.fields import alternative, optional
from schema.scalars import Date


@strawberry.input(description="Search by name: by letters and by sound, with aliases and with the two names swapped.")
class NameSearchInput:
    surname: str = strawberry.field(description="Last name.")
    given: str | None = optional("First name; a single letter searches by initial.")
    birth_date: Date | None = optional("Date of birth.")
    expand_birth_date: bool = strawberry.field(
        default=False, description="Also match dates of birth within one year of it."
    )
    sex: Sex | None = optional("Excludes the other sex; unknown still matches.")
    race: Race | None = optional("As in NCIC: B excludes W, W excludes B, other values exclude none.")


@strawberry.input(description="A driver licence.")
class DriverLicenseKey:
    number: str = strawberry.field(description="In California a letter and seven digits.")
    state: str = strawberry.field(default="CA", description="Two-letter state.")


@strawberry.input(one_of=True, description="Search terms for people: exactly one.")
class PersonSearch:
    name: NameSearchInput | None = alternative("By name.")
    driver_license: DriverLicenseKey | None = alternative("By licence.")
    ssn: str | None = alternative("By social security number, NNN-NN-NNNN; only for callers who may see it unmasked.")
    cii_number: strawberry.ID | None = alternative("By the state's fingerprint number: A and eight digits.")
    fbi_number: strawberry.ID | None = alternative("By the FBI's fingerprint number.")


@strawberry.input(description="A licence plate.")
class PlateKey:
    number: str = strawberry.field(description="The plate, without spaces.")
    state: str = strawberry.field(default="CA", description="Two-letter state.")


@strawberry.input(one_of=True, description="Key of a vehicle: exactly one of these.")
class VehicleKey:
    vin: strawberry.ID | None = alternative("By vehicle identification number, 17 characters.")
    plate: PlateKey | None = alternative("By licence plate.")


@strawberry.input(
    description="Search terms for vehicles: the beginning of a plate, a make, or both, and optionally more."
)
class VehicleSearch:
    plate_start: str | None = optional("The first characters of a plate, at least two.")
    plate_state: str | None = optional("Two-letter state of the plate.")
    make: VehicleMake | None = optional("Manufacturer.")
    model: str | None = optional("Model, as registered.")
    color: VehicleColor | None = optional("Colour.")
    year_from: int | None = optional("First model year.")
    year_to: int | None = optional("Last model year.")
    stolen: bool | None = optional("Whether it is reported stolen.")


LICENSE_HITS = as_hits(persons.by_license, "NUMBER")
SSN_HITS = as_hits(persons.by_ssn, "NUMBER")
CII_HITS = as_hits(persons.by_cii, "NUMBER")
FBI_HITS = as_hits(persons.by_fbi, "NUMBER")

DEFAULT_PAGE_SIZE = 20
LONGEST_NAME = 100
LONGEST_NUMBER = 64

SSN_PATTERN = re.compile(r"[0-9]{3}-[0-9]{2}-[0-9]{4}")
PLATE_PATTERN = re.compile(rf"[A-Z0-9]{{{SHORTEST_PLATE_START},8}}")


def normalized_number(text: str) -> str:
    """A record's number as its source writes it.

    A longer text than any number is returned as it is: a hundred copies of it would take more memory than all records.
    """
    return text.strip().upper() if len(text) <= LONGEST_NUMBER else text


def inquiry_key(text: str) -> str:
    """The id of an inquiry as the journal writes it; a longer text than any id as it is."""
    return text.strip().lower() if len(text) <= LONGEST_NUMBER else text


def plate_key(key: Arguments) -> tuple[str, str]:
    """The key of a plate in its source."""
    return normalized_number(key["state"]), normalized_plate(key["number"])


def normalized_plate(text: str) -> str:
    """A plate without spaces, in capitals; a longer text than any plate as it is."""
    return text.replace(" ", "").upper() if len(text) <= LONGEST_NUMBER else text


def page_size(arguments: Arguments) -> int:
    """The number of hits that a page is to hold; null means the default."""
    first: int | None = arguments["first"]
    return DEFAULT_PAGE_SIZE if first is None else first


def hits_per_page(arguments: Arguments) -> int:
    """The most hits that a page can have, for its cost; a larger page is refused with a message of its own."""
    return min(page_size(arguments), LARGEST_PAGE)


def person_search(_row: Row, arguments: Arguments, context: Context) -> Lookup:
    """The lookup of a search for people. Raises InvalidSearch."""
    ((term, value),) = arguments["by"].items()
    first, after = page_size(arguments), arguments.get("after")
    if term == "name":
        return by_name.of(_name_search(value, first, after, context))
    # A number finds at most one person, so there is no next page.
    Page.of(first, after, context.cursors, "number")
    if term == "driverLicense":
        return LICENSE_HITS.of((normalized_number(value["state"]), normalized_number(value["number"])))
    if term == "ssn":
        if not SSN_PATTERN.fullmatch(value):
            raise InvalidSearch("ssn must be written NNN-NN-NNNN.")
        return SSN_HITS.of(value)
    return (CII_HITS if term == "ciiNumber" else FBI_HITS).of(normalized_number(value))


def person_search_guards(arguments: Arguments) -> list[RecordClass]:
    """A hit reveals that the number exists, so a search by SSN needs the grant to see SSNs."""
    return [RecordClass.SSN] if "ssn" in arguments["by"] else []


def _name_search(name: Arguments, first: int, after: str | None, context: Context) -> NameSearch:
    surname, given = name["surname"], name.get("given")
    if len(surname) > LONGEST_NAME or len(given or "") > LONGEST_NAME:
        raise InvalidSearch(f"A name to search for must have {LONGEST_NAME} characters at most.")
    if not normalized(surname) or (given is not None and not normalized(given)):
        raise InvalidSearch("A name to search for must hold a letter from A to Z.")
    birth_date: date | None = name.get("birthDate")
    expand, sex, race = name["expandBirthDate"], name.get("sex"), name.get("race")
    terms = (normalized(surname), normalized(given or ""), birth_date, expand, sex, race)
    return NameSearch(
        surname=surname,
        given=given,
        birth_date=birth_date,
        expand=expand,
        sex=sex.value if sex else None,
        race=race.value if race else None,
        page=Page.of(first, after, context.cursors, "name", context.caller.user, *terms),
    )


def vehicle_search(_row: Row, arguments: Arguments, context: Context) -> Lookup:
    """The lookup of a search for vehicles. Raises InvalidSearch."""
    by = arguments["by"]
    plate_start = by.get("plateStart")
    if plate_start is not None:
        plate_start = normalized_plate(plate_start)
        if not PLATE_PATTERN.fullmatch(plate_start):
            raise InvalidSearch("plateStart must be two to eight letters and digits.")
    if any(len(by.get(term) or "") > LONGEST_NAME for term in ("plateState", "model")):
        raise InvalidSearch(f"plateState and model must have {LONGEST_NAME} characters at most.")
    make, color = by.get("make"), by.get("color")
    if plate_start is None and make is None:
        raise InvalidSearch("Search vehicles by plateStart or by make at least.")
    terms = {
        "plate_start": plate_start,
        "plate_state": by.get("plateState"),
        "make": make.value if make else None,
        "color": color.value if color else None,
        "model": by.get("model"),
        "year_from": by.get("yearFrom"),
        "year_to": by.get("yearTo"),
        "is_stolen": by.get("stolen"),
    }
    after, binding = arguments.get("after"), ("vehicles", context.caller.user, *terms.values())
    page = Page.of(page_size(arguments), after, context.cursors, *binding)
    return by_description.of(VehicleSearchKey(page=page, **terms))

"""Searches of people and vehicles: their inputs, and the fetch that each leads to."""

from __future__ import annotations

import strawberry

import schema.pages  # noqa: F401 - names the enums that the inputs use
from engine.declarations import Arguments, Lookup, Row
from names.folding import NotLatin, require_latin
from names.parts import parse_given, parse_surname, split_line
from policy.record_classes import RecordClass
from resolvers import persons
from resolvers.birth_dates import BirthDate
from resolvers.codes.person import Race, Sex
from resolvers.codes.vehicle import VehicleColor, VehicleMake
from resolvers.errors import InvalidSearch
from resolvers.hits import as_hits
from resolvers.name_search import NameSearch, by_name
from resolvers.numbers.number_format import CII, FBI, INQUIRY, license_number, ssn_number
from resolvers.numbers.plate import issuer_code, plate_beginning, plate_number
from resolvers.numbers.vin import vin_beginning, vin_ending
from resolvers.paging import LARGEST_PAGE, Page
from resolvers.vehicle_search import VehicleSearch as VehicleSearchKey
from resolvers.vehicle_search import by_description
from schema.context import Context
from schema.fields import alternative, optional
from schema.scalars import Date, parse_date


@strawberry.input(
    description="Search by name, however it is written or misheard, with aliases and with the two names swapped."
)
class NameSearchInput:
    surname: str = strawberry.field(
        description="Last name, in Latin letters. With a comma also the others: Castellanaro, Michael."
    )
    given: str | None = optional("First name, or all given names; a single letter searches by initial.")
    birth_date: Date | None = optional("Date of birth, or as much of it as is known: 1992-02, 1992.")
    expand_birth_date: bool = strawberry.field(
        default=False,
        description="Also match dates of birth within one year of it, or with two digits that differ at most.",
    )
    age: int | None = optional("Age in years, if no date of birth is known.")
    age_margin: int = strawberry.field(default=2, description="Years that the age may be wrong.")
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
    ssn: str | None = alternative("By social security number, nine digits; only for callers who may see it unmasked.")
    cii_number: strawberry.ID | None = alternative("By the state's fingerprint number: A and eight digits.")
    fbi_number: strawberry.ID | None = alternative(
        "By the FBI's fingerprint number: six digits, two letters and a digit."
    )


@strawberry.input(description="A licence plate.")
class PlateKey:
    number: str = strawberry.field(description="The plate; spaces, hyphens and symbols do not matter.")
    state: str = strawberry.field(default="CA", description="Two-letter state.")


@strawberry.input(one_of=True, description="Key of a vehicle: exactly one of these.")
class VehicleKey:
    vin: strawberry.ID | None = alternative("By vehicle identification number: 17 characters with a right check digit.")
    plate: PlateKey | None = alternative("By licence plate.")


@strawberry.input(
    description="Search terms for vehicles: the beginning of a plate, the beginning or the end of a VIN, or a make, and"
    " optionally more."
)
class VehicleSearch:
    plate_start: str | None = optional(
        "The first characters of a plate, at least two; spaces, hyphens and symbols do not matter. With five or more,"
        " plates that could be taken for it are candidates too: see `why`."
    )
    vin_start: str | None = optional(
        "The first characters of a VIN, at least eight; or a whole one from before 1981, which has 11 to 16."
    )
    vin_end: str | None = optional("The last characters of a VIN, at least six.")
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
NOT_LATIN = "A name to search for must be in Latin letters only: write it as the identity document romanizes it."


def inquiry_key(text: str) -> str:
    """The id of an inquiry as the journal writes it. Raises InvalidSearch."""
    return INQUIRY.parse(text, "id").lower()


def plate_key(key: Arguments) -> tuple[str, str]:
    """The key of a plate in its source. Raises InvalidSearch."""
    return issuer_code(key["state"]), plate_number(key["number"])


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
        state = issuer_code(value["state"])
        return LICENSE_HITS.of((state, license_number(value["number"], state)))
    if term == "ssn":
        return SSN_HITS.of(ssn_number(value))
    if term == "ciiNumber":
        return CII_HITS.of(CII.parse(value, term))
    return FBI_HITS.of(FBI.parse(value, term))


def person_search_guards(arguments: Arguments) -> list[RecordClass]:
    """A hit reveals that the number exists, so a search by SSN needs the grant to see SSNs."""
    return [RecordClass.SSN] if "ssn" in arguments["by"] else []


def _name_search(name: Arguments, first: int, after: str | None, context: Context) -> NameSearch:
    surname, given = _names(name["surname"], name.get("given"))
    birth_date = _birth_date(name, context)
    sex, race = name.get("sex"), name.get("race")
    terms = (parse_surname(surname), given and parse_given(given), birth_date, sex, race)
    return NameSearch(
        surname=surname,
        given=given,
        birth_date=birth_date,
        sex=sex.value if sex else None,
        race=race.value if race else None,
        page=Page.of(first, after, context.cursors, "name", context.caller.user, *terms),
    )


def _names(surname: str, given: str | None) -> tuple[str, str | None]:
    """The surname and the given names of a search. Raises InvalidSearch."""
    if len(surname) > LONGEST_NAME or len(given or "") > LONGEST_NAME:
        raise InvalidSearch(f"A name to search for must have {LONGEST_NAME} characters at most.")
    if given is None:
        surname, rest = split_line(surname)
        given = rest or None
    try:
        require_latin(f"{surname}{given or ''}")
    except NotLatin:
        raise InvalidSearch(NOT_LATIN) from None
    if not parse_surname(surname).whole or (given is not None and not parse_given(given).whole):
        raise InvalidSearch("A name to search for must hold a letter.")
    return surname, given


def _birth_date(name: Arguments, context: Context) -> BirthDate | None:
    """The birth dates of a search. Raises InvalidSearch."""
    text, age = name.get("birthDate"), name.get("age")
    if text is not None and age is not None:
        raise InvalidSearch("Search by birthDate or by age, not by both.")
    if age is not None:
        return BirthDate.of_age(age, name["ageMargin"], context.today)
    if text is None:
        return None
    try:
        return BirthDate.parse(parse_date(text), expand=name["expandBirthDate"])
    except ValueError:
        raise InvalidSearch(
            "birthDate must be a date of the calendar, or as much of it as is known: 1984-06-21, 1984-06, 1984."
        ) from None


def vehicle_search(_row: Row, arguments: Arguments, context: Context) -> Lookup:
    """The lookup of a search for vehicles. Raises InvalidSearch."""
    by = arguments["by"]
    plate_start, plate_state, model = by.get("plateStart"), by.get("plateState"), by.get("model")
    vin_start, vin_end = by.get("vinStart"), by.get("vinEnd")
    if vin_start is not None:
        vin_start = vin_beginning(vin_start)
    if vin_end is not None:
        vin_end = vin_ending(vin_end)
    if plate_start is not None:
        plate_start = plate_beginning(plate_start)
    if plate_state is not None:
        plate_state = issuer_code(plate_state, "plateState")
    if model is not None:
        model = model.strip() if len(model) <= LONGEST_NAME else ""
        if not model:
            raise InvalidSearch(f"model must have 1 to {LONGEST_NAME} characters.")
    make, color = by.get("make"), by.get("color")
    if plate_start is None and vin_start is None and vin_end is None and make is None:
        raise InvalidSearch("Search vehicles by plateStart, by vinStart, by vinEnd or by make at least.")
    terms = {
        "plate_start": plate_start,
        "vin_start": vin_start,
        "vin_end": vin_end,
        "plate_state": plate_state,
        "make": make.value if make else None,
        "color": color.value if color else None,
        "model": model,
        "year_from": by.get("yearFrom"),
        "year_to": by.get("yearTo"),
        "is_stolen": by.get("stolen"),
    }
    after, binding = arguments.get("after"), ("vehicles", context.caller.user, *terms.values())
    page = Page.of(page_size(arguments), after, context.cursors, *binding)
    return by_description.of(VehicleSearchKey(page=page, **terms))

"""Searches of people: their input, the fetch that each leads to, and their pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from engine.declarations import Arguments, Lookup, Row
from names.folding import NotLatin, require_latin
from names.parts import parse_given, parse_surname, split_line
from policy.record_classes import RecordClass
from resolvers import persons
from resolvers.birth_dates import BirthDate
from resolvers.codes import Code
from resolvers.codes.person import Race, Sex
from resolvers.errors import InvalidSearch
from resolvers.hits import as_hits
from resolvers.name_search import NameSearch, by_name
from resolvers.numbers.number_format import CII, FBI, license_number, ssn_number
from resolvers.numbers.plate import issuer_code
from resolvers.paging import Page
from schema.context import Context
from schema.directives import OneOf, know
from schema.enums import enum
from schema.fields import alternative, computed_member, hit, hits, member, optional, total
from schema.pages import PageInfo, edge_cursor, page_info
from schema.root_fields import page_size
from schema.scalars import Date, parse_date

if TYPE_CHECKING:
    from schema.persons import Person


class MatchReason(Code):
    """A reason why a hit matches the search, in the order of `resolvers.name_score.REASONS`."""

    SURNAME_LETTERS = "SURNAME_LETTERS", "The surname has the same letters, but for accents, spaces and hyphens"
    SURNAME_FORM = "SURNAME_FORM", "The surname is written in another form: Müller as Mueller, MacDonald as McDonald"
    SURNAME_SOUND = "SURNAME_SOUND", "The surname sounds alike"
    SURNAME_SLIP = "SURNAME_SLIP", "The surname is a slip of the keyboard away"
    SURNAME_ROMANIZATION = "SURNAME_ROMANIZATION", "The surname is another Latin spelling of the same: Cai and Tsai"
    SURNAME_SIMILAR = "SURNAME_SIMILAR", "The surname is only similar, and the date of birth is the same"
    SURNAME_PART = "SURNAME_PART", "One part of a surname matches: a half of a double surname, or all but a particle"
    GIVEN_LETTERS = "GIVEN_LETTERS", "The given name has the same letters, but for accents, spaces and hyphens"
    GIVEN_FORM = "GIVEN_FORM", "The given name is written in another form: Jürgen as Juergen"
    GIVEN_SHORT_FORM = "GIVEN_SHORT_FORM", "The given name is a short or familiar form: Bill and William"
    GIVEN_SOUND = "GIVEN_SOUND", "The given name sounds alike"
    GIVEN_SLIP = "GIVEN_SLIP", "The given name is a slip of the keyboard away"
    GIVEN_ROMANIZATION = "GIVEN_ROMANIZATION", "The given name is another Latin spelling of the same"
    GIVEN_INITIAL = "GIVEN_INITIAL", "Only the initial of the given name matches"
    GIVEN_PART = "GIVEN_PART", "One of several given names matches"
    MIDDLE_NAME = "MIDDLE_NAME", "A middle name matches the given name"
    BIRTH_DATE = "BIRTH_DATE", "The date of birth matches"
    BIRTH_DATE_PART = "BIRTH_DATE_PART", "The date of birth matches as far as it is known"
    BIRTH_DATE_WITHIN_A_YEAR = "BIRTH_DATE_WITHIN_A_YEAR", "The date of birth is within one year"
    BIRTH_DATE_SLIP = (
        "BIRTH_DATE_SLIP",
        "Two digits of the date of birth differ at most, or month and day are exchanged",
    )
    AGE = "AGE", "The age matches"
    ALIAS = "ALIAS", "An alias matched"
    NAMES_SWAPPED = "NAMES_SWAPPED", "Given name and surname are swapped"
    NUMBER = "NUMBER", "The number matches"


enum(Sex, "Sex", "Sex as it is recorded.")
enum(Race, "Race", "Race as it is recorded.")
enum(MatchReason, "MatchReason", "A reason why a hit matches.")


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


@strawberry.input(directives=[OneOf()], description="Search terms for people: exactly one.")
class PersonSearch:
    name: NameSearchInput | None = alternative("By name.")
    driver_license: DriverLicenseKey | None = alternative("By licence.")
    ssn: str | None = alternative("By social security number, nine digits; only for callers who may see it unmasked.")
    cii_number: strawberry.ID | None = alternative("By the state's fingerprint number: A and eight digits.")
    fbi_number: strawberry.ID | None = alternative(
        "By the FBI's fingerprint number: six digits, two letters and a digit."
    )


@strawberry.type(description="One person of a search.", directives=know(RecordClass.IDENTITY))
class PersonEdge:
    node: Annotated[Person, strawberry.lazy("schema.persons")] | None = hit("The person.", persons.PERSON.layout)
    score: int | None = member("score", "How well it matches: 100 is a full match.", is_present=True)
    why: list[MatchReason] | None = member("why", "Why it matches.", is_present=True)
    cursor: str | None = computed_member(edge_cursor, "Pass it as `after` for the hits after this one.")


@strawberry.type(
    description="A page of people, best match first. It holds and counts only people whom the caller may know of."
    " A hit alone is not probable cause: confirm it.",
    directives=know(RecordClass.IDENTITY),
)
class PersonConnection:
    edges: list[PersonEdge] | None = hits("The hits of this page.")
    page_info: PageInfo = page_info()
    total: int | None = total("The number of all hits.")


LICENSE_HITS = as_hits(persons.by_license, "NUMBER")
SSN_HITS = as_hits(persons.by_ssn, "NUMBER")
CII_HITS = as_hits(persons.by_cii, "NUMBER")
FBI_HITS = as_hits(persons.by_fbi, "NUMBER")

LONGEST_NAME = 100
NOT_LATIN = "A name to search for must be in Latin letters only: write it as the identity document romanizes it."


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

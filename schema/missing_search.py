"""Searches of missing and of unidentified persons: their inputs, the fetch that they lead to, and their pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from engine.declarations import Arguments, Lookup, Row
from policy.record_classes import RecordClass
from resolvers import missing_persons
from resolvers.birth_dates import BirthDate
from resolvers.codes.missing import MissingCategory, MissingCircumstance, UnidentifiedCategory
from resolvers.codes.person import Race, Sex
from resolvers.errors import InvalidSearch
from resolvers.missing_search import MissingSearch, UnidentifiedSearch, by_description, by_finding
from resolvers.numbers.plate import issuer_code
from resolvers.paging import Page
from schema.context import Context
from schema.directives import know
from schema.enums import enum
from schema.fields import computed_member, hit, hits, optional, total
from schema.pages import PageInfo, edge_cursor, page_info
from schema.root_fields import page_size
from schema.scalars import Date, parse_date
from schema.vehicle_search import PlateKey, plate_key

if TYPE_CHECKING:
    from schema.missing_persons import MissingPerson, UnidentifiedPerson

LONGEST_CITY = 100

enum(MissingCategory, "MissingCategory", "The category of a report of a missing person.")
enum(MissingCircumstance, "MissingCircumstance", "The circumstances under which a person went missing.")
enum(UnidentifiedCategory, "UnidentifiedCategory", "The category of an unidentified person.")


@strawberry.input(
    description="Search terms for missing persons: the plate that they were last seen with, or the state in which, and"
    " optionally more."
)
class MissingPersonSearch:
    plate: PlateKey | None = optional("The whole plate of the vehicle that they were last seen with.")
    last_seen_state: str | None = optional("Two-letter state in which they were last seen.")
    last_seen_city: str | None = optional("City in which they were last seen; needs lastSeenState.")
    last_seen_from: Date | None = optional("First day on which they may have been seen last.")
    last_seen_to: Date | None = optional("Last day on which they may have been seen last.")
    category: MissingCategory | None = optional("The category of the report.")
    circumstance: MissingCircumstance | None = optional("The circumstances under which they went missing.")
    at_risk: bool | None = optional("Whether they are at risk.")
    sex: Sex | None = optional("Sex as it is recorded.")
    age_from: int | None = optional("Least age on the day on which they were last seen.")
    age_to: int | None = optional("Greatest age on the day on which they were last seen.")
    closed: bool = strawberry.field(
        default=False,
        description="Search closed reports in place of open ones: only those that the caller may know of.",
    )


@strawberry.input(
    description="Search terms for unidentified persons. One of whom a value is not known may have any value, but for"
    " the category and the day of the finding."
)
class UnidentifiedPersonSearch:
    category: UnidentifiedCategory | None = optional("Whether a body or a living person.")
    sex: Sex | None = optional("Sex.")
    race: Race | None = optional("Race.")
    age_from: int | None = optional("Least age.")
    age_to: int | None = optional("Greatest age.")
    height_from_inches: int | None = optional("Least height in inches.")
    height_to_inches: int | None = optional("Greatest height in inches.")
    found_from: Date | None = optional("First day of the finding.")
    found_to: Date | None = optional("Last day of the finding.")
    closed: bool = strawberry.field(
        default=False,
        description="Search those who were identified in place of the others: only those that the caller may know of.",
    )


@strawberry.type(description="One missing person of a search.", directives=know(RecordClass.MISSING_PERSON))
class MissingPersonEdge:
    node: Annotated[MissingPerson, strawberry.lazy("schema.missing_persons")] | None = hit(
        "The report.", missing_persons.MISSING_PERSON.layout
    )
    cursor: str | None = computed_member(edge_cursor, "Pass it as `after` for the hits after this one.")


@strawberry.type(
    description="A page of missing persons, last seen latest first. It holds and counts only reports that the caller"
    " may know of.",
    directives=know(RecordClass.MISSING_PERSON),
)
class MissingPersonConnection:
    edges: list[MissingPersonEdge] | None = hits("The hits of this page.")
    page_info: PageInfo = page_info()
    total: int | None = total("The number of all hits, counted up to 1,000.")


@strawberry.type(description="One unidentified person of a search.", directives=know(RecordClass.MISSING_PERSON))
class UnidentifiedPersonEdge:
    node: Annotated[UnidentifiedPerson, strawberry.lazy("schema.missing_persons")] | None = hit(
        "The unidentified person.", missing_persons.UNIDENTIFIED_PERSON.layout
    )
    cursor: str | None = computed_member(edge_cursor, "Pass it as `after` for the hits after this one.")


@strawberry.type(
    description="A page of unidentified persons, found latest first. It holds and counts only those that the caller may"
    " know of.",
    directives=know(RecordClass.MISSING_PERSON),
)
class UnidentifiedPersonConnection:
    edges: list[UnidentifiedPersonEdge] | None = hits("The hits of this page.")
    page_info: PageInfo = page_info()
    total: int | None = total("The number of all hits, counted up to 1,000.")


def missing_person_search(_row: Row, arguments: Arguments, context: Context) -> Lookup:
    """The lookup of a search for missing persons. Raises InvalidSearch."""
    by = arguments["by"]
    plate, state, city = by.get("plate"), by.get("lastSeenState"), by.get("lastSeenCity")
    if plate is None and state is None:
        raise InvalidSearch("Search missing persons by plate or by lastSeenState at least.")
    if city is not None:
        city = city.strip() if len(city) <= LONGEST_CITY else ""
        if not city or state is None:
            raise InvalidSearch(f"lastSeenCity must have 1 to {LONGEST_CITY} characters, and needs lastSeenState.")
    plate_state, plate_number = plate_key(plate) if plate is not None else (None, None)
    terms = {
        "plate": plate_number,
        "plate_state": plate_state,
        "state": None if state is None else issuer_code(state, "lastSeenState"),
        "city": city,
        "category": _code(by, "category"),
        "circumstance": _code(by, "circumstance"),
        "is_at_risk": by.get("atRisk"),
        "sex": _code(by, "sex"),
        "age_from": by.get("ageFrom"),
        "age_to": by.get("ageTo"),
        **_days(by, "lastSeenFrom", "lastSeenTo", "seen"),
        "is_open": not by["closed"],
    }
    return by_description.of(MissingSearch(page=_page(arguments, context, "missing", terms), **terms))


def unidentified_person_search(_row: Row, arguments: Arguments, context: Context) -> Lookup:
    """The lookup of a search for unidentified persons. Raises InvalidSearch."""
    by = arguments["by"]
    terms = {
        "category": _code(by, "category"),
        "sex": _code(by, "sex"),
        "race": _code(by, "race"),
        "age_from": by.get("ageFrom"),
        "age_to": by.get("ageTo"),
        "height_from": by.get("heightFromInches"),
        "height_to": by.get("heightToInches"),
        **_days(by, "foundFrom", "foundTo", "found"),
        "is_open": not by["closed"],
    }
    page = _page(arguments, context, "unidentified", terms)
    return by_finding.of(UnidentifiedSearch(page=page, **terms))


def _page(arguments: Arguments, context: Context, search: str, terms: dict[str, Any]) -> Page:
    binding = (search, context.caller.user, *terms.values())
    return Page.of(page_size(arguments), arguments.get("after"), context.cursors, *binding)


def _code(by: Arguments, name: str) -> str | None:
    """The stored code of an enum that was given."""
    code = by.get(name)
    return code.value if code else None


def _days(by: Arguments, first: str, last: str, name: str) -> dict[str, str | None]:
    """The bounds of a range of days, of which parts may be unknown. Raises InvalidSearch."""

    def days(argument: str) -> BirthDate | None:
        text = by.get(argument)
        try:
            return None if text is None else BirthDate.parse(parse_date(text), expand=False)
        except ValueError:
            raise InvalidSearch(
                f"{argument} must be a date of the calendar, or as much of it as is known: 2025-06-21, 2025-06, 2025."
            ) from None

    start, end = days(first), days(last)
    return {f"{name}_from": start.start if start else None, f"{name}_to": end.end if end else None}

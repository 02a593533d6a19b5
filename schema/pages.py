"""Connections: pages of search hits, with their cursors."""

from __future__ import annotations

from typing import Any

import strawberry

from engine.declarations import Row
from policy.record_classes import RecordClass
from resolvers import persons, vehicles
from resolvers.codes import Code
from schema.directives import know
from schema.enums import enum
from schema.fields import computed_member, hits, member
from schema.journal import Inquiry
from schema.persons import Person
from schema.vehicles import Vehicle


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


class VehicleMatchReason(Code):
    """A reason why a vehicle matches the search."""

    PLATE = "PLATE", "The plate begins as asked"
    PLATE_LOOKALIKE = (
        "PLATE_LOOKALIKE",
        "Another plate that could be taken for it: O and 0, I and 1, B and 8, Z and 2 count as equal. A candidate only",
    )
    VIN = "VIN", "The VIN begins or ends as asked"
    DESCRIPTION = "DESCRIPTION", "The make and the rest match"


enum(MatchReason, "MatchReason", "A reason why a hit matches.")
enum(VehicleMatchReason, "VehicleMatchReason", "A reason why a vehicle matches.")


def _cursor(edge: Row) -> str | None:
    page = edge.get("page")
    return page.cursor(edge["position"]) if page else None


def _last_cursor(page: Row) -> str | None:
    return _cursor(page["edges"][-1]) if page.get("edges") else None


def _first_cursor(page: Row) -> str | None:
    return _cursor(page["edges"][0]) if page.get("edges") else None


@strawberry.type(description="The position of a page among all hits.")
class PageInfo:
    has_previous_page: bool = computed_member(
        lambda page: bool(page.get("has_previous_page")), "Whether there are hits before these."
    )
    has_next_page: bool = computed_member(lambda page: bool(page.get("has_next_page")), "Whether there are more hits.")
    start_cursor: str | None = computed_member(_first_cursor, "The cursor of the first hit of this page.")
    end_cursor: str | None = computed_member(_last_cursor, "Pass it as `after` for the next page. It is opaque.")


def page_info() -> Any:
    """The position of a page, which is itself read from it."""
    return computed_member(lambda page: page, "The position of this page.")


@strawberry.type(description="One person of a search.", directives=know(RecordClass.IDENTITY))
class PersonEdge:
    node: Person | None = member("node", "The person.", persons.PERSON.layout)
    score: int | None = member("score", "How well it matches: 100 is a full match.")
    why: list[MatchReason] | None = member("why", "Why it matches.")
    cursor: str | None = computed_member(_cursor, "Pass it as `after` for the hits after this one.")


@strawberry.type(
    description="A page of people, best match first. It holds and counts only people whom the caller may know of."
    " A hit alone is not probable cause: confirm it.",
    directives=know(RecordClass.IDENTITY),
)
class PersonConnection:
    edges: list[PersonEdge] | None = hits("The hits of this page.")
    page_info: PageInfo = page_info()
    total: int | None = member("total", "The number of all hits.")


@strawberry.type(description="One vehicle of a search.", directives=know(RecordClass.DMV_RECORD))
class VehicleEdge:
    node: Vehicle | None = member("node", "The vehicle.", vehicles.VEHICLE.layout)
    why: list[VehicleMatchReason] | None = member("why", "Why it matches. An exact plate comes before a look-alike.")
    cursor: str | None = computed_member(_cursor, "Pass it as `after` for the hits after this one.")


@strawberry.type(
    description="A page of vehicles, in order of plate if part of one was given, else of VIN.",
    directives=know(RecordClass.DMV_RECORD),
)
class VehicleConnection:
    edges: list[VehicleEdge] | None = hits("The hits of this page.")
    page_info: PageInfo = page_info()
    total: int | None = member("total", "The number of all hits, counted up to 1,000.")


@strawberry.type(description="One inquiry of a search.", directives=know(RecordClass.AUDIT_TRAIL))
class InquiryEdge:
    node: Inquiry | None = member("node", "The inquiry.")
    cursor: str | None = computed_member(_cursor, "Pass it as `after` for the hits after this one.")


@strawberry.type(
    description="A page of inquiries, newest first: all for an auditor, only their own for other callers.",
    directives=know(RecordClass.AUDIT_TRAIL),
)
class InquiryConnection:
    edges: list[InquiryEdge] | None = hits("The inquiries of this page.")
    page_info: PageInfo = page_info()
    total: int | None = member("total", "The number of all matching inquiries, counted up to 1,000.")

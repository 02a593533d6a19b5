"""Pages of hits, as a client sees them: what was found, why, and where to read on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import strawberry

from engine.declarations import Layout, Read, Row
from policy.record_classes import RecordClass
from resolvers import persons, vehicles
from resolvers.codes import Code
from schema.directives import know
from schema.enums import enum
from schema.fields import declared
from schema.journal import Inquiry
from schema.persons import Person
from schema.vehicles import Vehicle


class MatchReason(Code):
    """What agreed between what was asked and what was found."""

    SURNAME_LETTERS = "SURNAME_LETTERS", "The surname, letter by letter"
    SURNAME_SOUND = "SURNAME_SOUND", "The surname sounds alike"
    GIVEN_LETTERS = "GIVEN_LETTERS", "The given name, letter by letter"
    GIVEN_SOUND = "GIVEN_SOUND", "The given name sounds alike"
    GIVEN_INITIAL = "GIVEN_INITIAL", "Only the initial of the given name"
    BIRTH_DATE = "BIRTH_DATE", "The date of birth"
    BIRTH_DATE_WITHIN_A_YEAR = "BIRTH_DATE_WITHIN_A_YEAR", "A date of birth within one year"
    ALIAS = "ALIAS", "It was an alias that matched"
    NAMES_SWAPPED = "NAMES_SWAPPED", "Given name and surname had changed places"
    NUMBER = "NUMBER", "The number asked for"


enum(MatchReason, "MatchReason", "Why a hit is a hit.")


def _structure(read: Callable[[Row], Any], description: str, layout: Layout | None = None) -> Any:
    """A field of the page itself; it needs no column. `layout` is of the rows that it gives."""
    return declared(Read((), read, layout), description)


def _cursor(edge: Row) -> str | None:
    page = edge.get("page")
    return page.cursor(edge["position"]) if page else None


def _last_cursor(page: Row) -> str | None:
    return _cursor(page["edges"][-1]) if page.get("edges") else None


@strawberry.type(description="Where a page stands among all hits.")
class PageInfo:
    has_next_page: bool | None = _structure(lambda page: page.get("has_next_page"), "Are there more hits?")
    end_cursor: str | None = _structure(_last_cursor, "Give it as `after` to read on. It says nothing by itself.")


@strawberry.type(description="One person found.", directives=know(RecordClass.IDENTITY))
class PersonEdge:
    node: Person | None = _structure(lambda edge: edge.get("node"), "Who was found.", persons.PERSON.layout)
    score: int | None = _structure(lambda edge: edge.get("score"), "How well it agrees: 100 is all of it.")
    why: list[MatchReason] | None = _structure(lambda edge: edge.get("why"), "What agreed.")
    cursor: str | None = _structure(_cursor, "Give it as `after` to read on from here.")


@strawberry.type(
    description="People found, best first, a page at a time. It holds and counts only those whom one may know of."
    " A hit alone is not probable cause: confirm it.",
    directives=know(RecordClass.IDENTITY),
)
class PersonConnection:
    edges: list[PersonEdge] | None = _structure(lambda page: page.get("edges"), "The hits of this page.")
    page_info: PageInfo | None = _structure(lambda page: page or None, "Where this page stands.")
    total: int | None = _structure(lambda page: page.get("total"), "How many hits there are in all.")


@strawberry.type(description="One vehicle found.", directives=know(RecordClass.DMV_RECORD))
class VehicleEdge:
    node: Vehicle | None = _structure(lambda edge: edge.get("node"), "What was found.", vehicles.VEHICLE.layout)
    cursor: str | None = _structure(_cursor, "Give it as `after` to read on from here.")


@strawberry.type(
    description="Vehicles found, a page at a time: in order of plate where part of one was given, else of VIN.",
    directives=know(RecordClass.DMV_RECORD),
)
class VehicleConnection:
    edges: list[VehicleEdge] | None = _structure(lambda page: page.get("edges"), "The hits of this page.")
    page_info: PageInfo | None = _structure(lambda page: page or None, "Where this page stands.")
    total: int | None = _structure(
        lambda page: page.get("total"), "How many hits there are in all; counted up to 1,000."
    )


@strawberry.type(description="One inquiry found.", directives=know(RecordClass.AUDIT_TRAIL))
class InquiryEdge:
    node: Inquiry | None = _structure(lambda edge: edge.get("node"), "What was found.")
    cursor: str | None = _structure(_cursor, "Give it as `after` to read on from here.")


@strawberry.type(
    description="Inquiries found, newest first, a page at a time: all for an auditor, one's own for anybody else.",
    directives=know(RecordClass.AUDIT_TRAIL),
)
class InquiryConnection:
    edges: list[InquiryEdge] | None = _structure(lambda page: page.get("edges"), "The inquiries of this page.")
    page_info: PageInfo | None = _structure(lambda page: page or None, "Where this page stands.")
    total: int | None = _structure(
        lambda page: page.get("total"), "How many inquiries there are in all; counted up to 1,000."
    )

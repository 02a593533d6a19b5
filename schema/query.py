"""Root fields: each declares the lookups that its arguments lead to. Nothing here decides or reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, NoReturn, TypeVar

import strawberry
from strawberry import UNSET, argument

from engine.declarations import IS_LAST, Arguments, Edge, Lookup, Row
from policy.record_classes import RecordClass
from resolvers import criminal_history, journal, persons, protective_orders, vehicles, warrants
from resolvers.errors import InvalidSearch
from resolvers.fetch import Fetch
from resolvers.name_search import by_name
from resolvers.numbers.number_format import CII, PERSON_ID, PROTECTIVE_ORDER, WARRANT, NumberFormat
from resolvers.numbers.vin import vin_number
from resolvers.vehicle_search import by_description
from schema.callers import Caller, caller_of
from schema.context import Context
from schema.criminal_history import CriminalHistory
from schema.fields import declared_field
from schema.inquiry_status import InquiryStatus, inquiry_status
from schema.journal import Inquiry
from schema.journal_search import InquirySearch, journal_search
from schema.pages import InquiryConnection, PersonConnection, VehicleConnection
from schema.persons import Person
from schema.protective_orders import ProtectiveOrder
from schema.searches import (
    CII_HITS,
    DEFAULT_PAGE_SIZE,
    FBI_HITS,
    LICENSE_HITS,
    SSN_HITS,
    PersonSearch,
    VehicleKey,
    VehicleSearch,
    hits_per_page,
    inquiry_key,
    person_search,
    person_search_guards,
    plate_key,
    vehicle_search,
)
from schema.sources import SourceStatus, source_statuses
from schema.vehicles import Vehicle
from schema.warrants import Warrant

MAX_PERSONS = 1_000
JOURNAL_SEARCH_COST = 100_000
"""A filter without an index reads all entries of its caller, or of everybody for an auditor: four searches at once."""

SEARCH_COST = 10_000
"""A search reads each name of one sound, or each vehicle of one make, however few it shows: 49 searches at once."""
LOOKUP_COST = 20
"""Of each person that is asked for by number: 23 times a thousand at once, as many as there may be rows."""

F = TypeVar("F", bound=Callable[..., Any])


def by_number(fetch: Fetch, argument: str, form: NumberFormat) -> Edge:
    """The edge of a root field that finds one record by its own number."""
    return Edge((fetch,), lambda _row, arguments, _context: fetch.of(form.parse(arguments[argument], argument)))


def search_edge(*fetches: Fetch, **lookups: Any) -> Edge:
    """The edge of a root field that gives a page of hits."""
    return Edge(fetches, placeholder=dict, list_size=hits_per_page, **lookups)


def persons_by_id(_row: Row, arguments: Arguments, _context: Context) -> list[Lookup]:
    """Lookups of many people, in the order of the arguments. Raises InvalidSearch."""
    if len(arguments["ids"]) > MAX_PERSONS:
        raise InvalidSearch(f"Ask for at most {MAX_PERSONS} persons at once.")
    return [persons.by_id.of(PERSON_ID.parse(each, "each of ids")) for each in arguments["ids"]]


def vehicle_by_key(_row: Row, arguments: Arguments, _context: Context) -> Lookup:
    """The lookup of one vehicle, by VIN or plate. Raises InvalidSearch."""
    ((name, key),) = arguments["by"].items()
    return vehicles.by_vin.of(vin_number(key)) if name == "vin" else vehicles.by_plate.of(plate_key(key))


def record_field(edge: Edge, description: str, label: RecordClass | None = None) -> Callable[[F], F]:
    """A root field that the engine resolves by its edge; its function only declares the arguments."""
    field: Callable[[F], F] = declared_field(edge, description, label)
    return field


def never_resolved() -> NoReturn:
    """The body of a non-null record field: the engine resolves its edge instead."""
    raise AssertionError


First = Annotated[int | None, argument("The most hits on this page: 1 to 100.")]
After = Annotated[str | None, argument("The cursor to start after. It is valid only for its own search and caller.")]

PERSON_SEARCHES = (by_name, LICENSE_HITS, SSN_HITS, CII_HITS, FBI_HITS)


@strawberry.type(description="The root fields. An operation that reads a record says why, with @inquiry.")
class Query:
    me: Caller = strawberry.field(
        resolver=caller_of, description="The caller, as the token describes them, and what they may know."
    )
    sources: list[SourceStatus] = strawberry.field(
        resolver=source_statuses, description="The sources: name, status, last answer."
    )

    inquiry_status: InquiryStatus = strawberry.field(
        resolver=inquiry_status,
        description="What `extensions.inquiry` says of this operation, as data. It is answered last.",
        metadata={IS_LAST: True},
    )

    @record_field(
        by_number(persons.by_id, "id", PERSON_ID), "A person by number; null if there is none.", RecordClass.IDENTITY
    )
    def person(self, id: Annotated[strawberry.ID, argument("P and seven digits.")]) -> Person | None: ...

    @record_field(
        Edge(
            (persons.by_id,), persons_by_id, list_size=lambda arguments: len(arguments["ids"]), lookup_cost=LOOKUP_COST
        ),
        "People by number, in the order asked, null if there is none; at most 1,000 at once.",
        RecordClass.IDENTITY,
    )
    def persons(
        self, ids: Annotated[list[strawberry.ID], argument("At most 1,000, each P and seven digits.")]
    ) -> list[Person | None]:
        never_resolved()

    @record_field(
        search_edge(
            *PERSON_SEARCHES, lookup=person_search, argument_guards=person_search_guards, search_cost=SEARCH_COST
        ),
        "Search of people by name or by number, best match first, a page at a time.",
    )
    def search_persons(
        self,
        by: Annotated[PersonSearch, argument("The search terms.")],
        first: First = DEFAULT_PAGE_SIZE,
        after: After = UNSET,
    ) -> PersonConnection:
        never_resolved()

    @record_field(
        Edge((vehicles.by_vin, vehicles.by_plate), vehicle_by_key),
        "A vehicle by VIN or plate; null if there is none.",
        RecordClass.DMV_RECORD,
    )
    def vehicle(self, by: Annotated[VehicleKey, argument("A VIN or a plate.")]) -> Vehicle | None: ...

    @record_field(
        search_edge(by_description, lookup=vehicle_search, search_cost=SEARCH_COST),
        "Search of vehicles by part of a plate or a VIN, or by description, a page at a time.",
    )
    def search_vehicles(
        self,
        by: Annotated[VehicleSearch, argument("The search terms.")],
        first: First = DEFAULT_PAGE_SIZE,
        after: After = UNSET,
    ) -> VehicleConnection:
        never_resolved()

    @record_field(
        by_number(warrants.by_number, "number", WARRANT),
        "A warrant by number; null if there is none.",
        RecordClass.WANTS,
    )
    def warrant(self, number: Annotated[strawberry.ID, argument("W and nine digits.")]) -> Warrant | None: ...

    @record_field(
        by_number(protective_orders.by_number, "number", PROTECTIVE_ORDER),
        "A protective order by number; null if there is none.",
        RecordClass.PROTECTIVE_ORDER,
    )
    def protective_order(
        self, number: Annotated[strawberry.ID, argument("H and nine digits.")]
    ) -> ProtectiveOrder | None: ...

    @record_field(
        by_number(criminal_history.by_cii, "ciiNumber", CII),
        "A criminal history by fingerprint number; null if there is none that the caller may know of.",
        RecordClass.SUPERVISION,
    )
    def criminal_history(
        self, cii_number: Annotated[strawberry.ID, argument("A and eight digits.")]
    ) -> CriminalHistory | None: ...

    @record_field(
        search_edge(journal.by_search, lookup=journal_search, search_cost=JOURNAL_SEARCH_COST),
        "Search of the journal, newest first, a page at a time: who asked, why, about what. Each search is journalled.",
    )
    def inquiries(
        self,
        by: Annotated[InquirySearch | None, argument("The search terms.")] = UNSET,
        first: First = DEFAULT_PAGE_SIZE,
        after: After = UNSET,
    ) -> InquiryConnection:
        never_resolved()

    @record_field(
        Edge((journal.by_id,), lambda _row, arguments, _ctx: journal.by_id.of(inquiry_key(arguments["id"]))),
        "An inquiry by its id; null if there is none that the caller may know of.",
        RecordClass.AUDIT_TRAIL,
    )
    def inquiry(self, id: Annotated[strawberry.ID, argument("As in extensions.inquiry.")]) -> Inquiry | None: ...

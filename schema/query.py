"""The roots: every way into the records. Nothing here decides or reads; each says what is asked of which fetch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, NoReturn, TypeVar

import strawberry
from strawberry import UNSET

from engine.declarations import METADATA, Arguments, Edge, Lookup
from policy.record_classes import RecordClass
from resolvers import criminal_history, journal, persons, protective_orders, vehicles, warrants
from resolvers.errors import InvalidSearch
from resolvers.fetch import Fetch
from resolvers.name_search import by_name
from resolvers.vehicle_search import by_description
from schema.callers import Caller, caller_of
from schema.context import Context
from schema.criminal_history import CriminalHistory
from schema.directives import know
from schema.fields import root
from schema.journal import Inquiry
from schema.journal_search import InquirySearch, search_journal
from schema.pages import InquiryConnection, PersonConnection, VehicleConnection
from schema.persons import Person
from schema.protective_orders import ProtectiveOrder
from schema.searches import (
    CII_HITS,
    FBI_HITS,
    LICENSE_HITS,
    PAGE,
    SSN_HITS,
    PersonSearch,
    VehicleKey,
    VehicleSearch,
    hits,
    people_guards,
    plate_key,
    search_people,
    search_vehicles,
)
from schema.sources import SourceStatus, statuses
from schema.vehicles import Vehicle
from schema.warrants import Warrant

MOST_PERSONS = 1_000


def number(text: str) -> str:
    """A record's number as its source keys it."""
    return text.strip().upper()


def by_number(fetch: Fetch, argument: str) -> Edge:
    """One record by its own number."""
    return root(fetch, lookup=lambda arguments, _desk: fetch.of(number(arguments[argument])))


def ask_persons(arguments: Arguments, _desk: Context) -> list[Lookup]:
    """Many people by number, in the order asked. Raises BadKey."""
    if len(arguments["ids"]) > MOST_PERSONS:
        raise InvalidSearch(f"Ask for at most {MOST_PERSONS} persons at once.")
    return [persons.by_id.of(number(each)) for each in arguments["ids"]]


def ask_vehicle(arguments: Arguments, _desk: Context) -> Lookup:
    """One vehicle, by whichever key was given."""
    ((how, key),) = arguments["by"].items()
    return vehicles.by_vin.of(number(key)) if how == "vin" else vehicles.by_plate.of(plate_key(key))


F = TypeVar("F", bound=Callable[..., Any])


def record_field(description: str) -> Callable[[F], F]:
    """A root field that reads no record."""
    field: Callable[[F], F] = strawberry.field(description=description)
    return field


def open_field(edge: Edge, description: str, *classes: RecordClass) -> Callable[[F], F]:
    """A root field that its edge answers; its function only says what the arguments are."""
    field: Callable[[F], F] = strawberry.field(
        description=description, directives=know(*classes), metadata={METADATA: edge}
    )
    return field


def never_resolved() -> NoReturn:
    """The body of a root field that cannot be null; the engine binds the edge in its place."""
    raise AssertionError


First = Annotated[int | None, strawberry.argument(description="How many hits at most on this page: 1 to 100.")]
After = Annotated[
    str | None,
    strawberry.argument(
        description="The cursor to read on from; it serves only the search and the caller it came from."
    ),
]

SEARCHES = (by_name, LICENSE_HITS, SSN_HITS, CII_HITS, FBI_HITS)


@strawberry.type(description="Every way into the records. Each operation that touches one says why, with @inquiry.")
class Query:
    @record_field("Who the token says I am, and what I may know.")
    def me(self, info: strawberry.Info) -> Caller:
        return caller_of(info.context.request_context)

    @record_field("The sources: name, status, last answer.")
    async def sources(self, info: strawberry.Info) -> list[SourceStatus]:
        return await statuses(info.context.request_context)

    @open_field(by_number(persons.by_id, "id"), "A person by number; null where there is none.", RecordClass.IDENTITY)
    def person(
        self, id: Annotated[strawberry.ID, strawberry.argument(description="P and seven digits.")]
    ) -> Person | None: ...

    @open_field(
        root(persons.by_id, lookup=ask_persons, list_size=lambda arguments: len(arguments["ids"])),
        "People by number, in the order asked, null where there is none; at most 1,000 at once.",
        RecordClass.IDENTITY,
    )
    def persons(
        self,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="At most 1,000, each P and seven digits.")],
    ) -> list[Person | None]:
        never_resolved()

    @open_field(
        root(*SEARCHES, lookup=search_people, argument_guards=people_guards, placeholder=dict, list_size=hits),
        "People by name or by number, best first, a page at a time.",
    )
    def search_persons(
        self,
        by: Annotated[PersonSearch, strawberry.argument(description="What to search by.")],
        first: First = PAGE,
        after: After = UNSET,
    ) -> PersonConnection:
        never_resolved()

    @open_field(
        root(vehicles.by_vin, vehicles.by_plate, lookup=ask_vehicle),
        "A vehicle by VIN or plate; null where there is none.",
        RecordClass.DMV_RECORD,
    )
    def vehicle(
        self, by: Annotated[VehicleKey, strawberry.argument(description="A VIN or a plate.")]
    ) -> Vehicle | None: ...

    @open_field(
        root(by_description, lookup=search_vehicles, placeholder=dict, list_size=hits),
        "Vehicles by part of a plate or by their looks, a page at a time.",
    )
    def search_vehicles(
        self,
        by: Annotated[VehicleSearch, strawberry.argument(description="What to search by.")],
        first: First = PAGE,
        after: After = UNSET,
    ) -> VehicleConnection:
        never_resolved()

    @open_field(
        by_number(warrants.by_number, "number"), "A warrant by number; null where there is none.", RecordClass.WANTS
    )
    def warrant(
        self, number: Annotated[strawberry.ID, strawberry.argument(description="W and nine digits.")]
    ) -> Warrant | None: ...

    @open_field(
        by_number(protective_orders.by_number, "number"),
        "A protective order by number; null where there is none.",
        RecordClass.PROTECTIVE_ORDER,
    )
    def protective_order(
        self, number: Annotated[strawberry.ID, strawberry.argument(description="H and nine digits.")]
    ) -> ProtectiveOrder | None: ...

    @open_field(
        by_number(criminal_history.by_cii, "ciiNumber"),
        "A criminal history by fingerprint number; null where there is none that the caller may know of.",
        RecordClass.SUPERVISION,
    )
    def criminal_history(
        self, cii_number: Annotated[strawberry.ID, strawberry.argument(description="A and eight digits.")]
    ) -> CriminalHistory | None: ...

    @open_field(
        root(journal.by_search, lookup=search_journal, placeholder=dict, list_size=hits),
        "The journal, newest first, a page at a time: who asked, why, about what. Reading it is in it too.",
    )
    def inquiries(
        self,
        by: Annotated[InquirySearch | None, strawberry.argument(description="What to search by.")] = UNSET,
        first: First = PAGE,
        after: After = UNSET,
    ) -> InquiryConnection:
        never_resolved()

    @open_field(
        root(journal.by_id, lookup=lambda arguments, _desk: journal.by_id.of(arguments["id"].strip().lower())),
        "An inquiry by its id; null where there is none that the caller may know of.",
        RecordClass.AUDIT_TRAIL,
    )
    def inquiry(
        self, id: Annotated[strawberry.ID, strawberry.argument(description="As in extensions.inquiry.")]
    ) -> Inquiry | None: ...

"""Pawned items: their GraphQL types, the edge from a person, and their root field."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry import argument

from pawns.resolvers import PAWN_NUMBER, by_number, by_person
from policy.record_classes import RecordClass
from resolvers import persons
from resolvers.codes import Code
from schema import root_fields
from schema.directives import know
from schema.enums import enum
from schema.extensions import extend
from schema.fields import column, edge
from schema.persons import Person
from schema.query import Query
from schema.scalars import Date


class PawnStatus(Code):
    """Status of a pawned item."""

    HELD = "HELD", "The dealer keeps it for the police: somebody says that it was stolen"
    REDEEMED = "REDEEMED", "The person has it back"


enum(PawnStatus, "PawnStatus", "Where a pawned item is.")


@strawberry.type(description="An item that was pledged at a pawn shop.", directives=know(RecordClass.IDENTITY))
class PawnedItem:
    number: strawberry.ID | None = column("number", "Its number in the pawn system: N and eight digits.")
    status: PawnStatus | None = column("status", "Where it is.")
    article: str | None = column("article", "The item.")
    pledged_on: Date | None = column("pledged_on", "The day on which it was pledged.")
    agency_ori: str | None = column("agency_ori", "The agency to which the dealer reported it.")
    claimant_phone: str | None = column(
        "claimant_phone",
        "Telephone of the person who says that it was stolen from them.",
        know=RecordClass.PROTECTED_PARTY,
    )
    subject: Person | None = edge(
        persons.by_id, "The person who pledged it.", via=("subject_person",), know=RecordClass.IDENTITY
    )


@extend(Person)
class PersonFields:
    pawns: list[PawnedItem] | None = edge(
        by_person, "Items that this person pledged, newest first.", via=("id",), know=RecordClass.IDENTITY
    )


@extend(Query)
class QueryFields:
    @root_fields.record_field(
        root_fields.by_number(by_number, "number", PAWN_NUMBER),
        "A pawned item by number; null if there is none.",
        RecordClass.IDENTITY,
    )
    def pawned_item(self, number: Annotated[strawberry.ID, argument("N and eight digits.")]) -> PawnedItem | None: ...

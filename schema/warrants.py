"""Warrants: the type a client sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from policy.record_classes import RecordClass
from resolvers import persons
from resolvers.codes.person import Caution
from resolvers.codes.warrant import Extradition, WarrantCategory, WarrantStatus
from schema.common import Court
from schema.directives import know
from schema.enums import enum
from schema.fields import column, edge, flag, items, part
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.persons import Person

enum(WarrantCategory, "WarrantCategory", "What kind of warrant it is.")
enum(WarrantStatus, "WarrantStatus", "Whether it is to be served.")
enum(Extradition, "Extradition", "How far the agency will come to fetch the person.")


@strawberry.type(description="A warrant.", directives=know(RecordClass.WANTS))
class Warrant:
    number: strawberry.ID | None = column("number", "Its number in the wanted file: W and nine digits.")
    category: WarrantCategory | None = column("category", "What kind of warrant it is.")
    status: WarrantStatus | None = column("status", "Only an active one is to be served.")
    issued_on: Date | None = column("issued_on", "The court's local date.")
    court: Court | None = part("court_ori", "The court that issued it.")
    agency_ori: str | None = column("agency_ori", "The agency that holds it, to confirm it with.")
    offense_code: str | None = column("offense_code", "NCIC offence code, four digits.")
    offense: str | None = column("offense", "The offence in words.")
    bail_cents: int | None = column("bail_cents", "Bail in whole US cents; null: no bail.")
    extradition: Extradition | None = column("extradition", "How far the agency will come.")
    cautions: list[Caution] | None = items("cautions", "What an officer should know before approaching.")
    night_service: bool | None = flag("night_service", "May it be served at night?")
    subject: Annotated[Person, strawberry.lazy("schema.persons")] | None = edge(
        persons.by_fbi, "Who is wanted.", via=("subject_fbi",), know=(RecordClass.IDENTITY,)
    )

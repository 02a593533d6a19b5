"""Warrants: their GraphQL types."""

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
from schema.fields import boolean, column, edge, embedded, json_list
from schema.scalars import Cents, Date

if TYPE_CHECKING:
    from schema.persons import Person

enum(WarrantCategory, "WarrantCategory", "The kind of warrant.")
enum(WarrantStatus, "WarrantStatus", "Whether it may be served.")
enum(Extradition, "Extradition", "From how far the agency will fetch the person.")


@strawberry.type(description="A warrant.", directives=know(RecordClass.WANTS))
class Warrant:
    number: strawberry.ID | None = column("number", "Its number in the wanted file: W and nine digits.")
    category: WarrantCategory | None = column("category", "The kind of warrant.")
    status: WarrantStatus | None = column("status", "Its status. Only an active warrant may be served.")
    issued_on: Date | None = column("issued_on", "The court's local date.")
    court: Court | None = embedded("The court that issued it.", required_column="court_ori")
    agency_ori: str | None = column("agency_ori", "The agency that holds the warrant: confirm it there.")
    offense_code: str | None = column("offense_code", "NCIC offence code, four digits.")
    offense: str | None = column("offense", "The offence as text.")
    bail_cents: Cents | None = column("bail_cents", "Bail in whole US cents; null: no bail.")
    extradition: Extradition | None = column("extradition", "From how far the agency will fetch the person.")
    cautions: list[Caution | None] | None = json_list("cautions", "Cautions before approaching.")
    night_service: bool | None = boolean("night_service", "Whether it may be served at night.")
    subject: Annotated[Person, strawberry.lazy("schema.persons")] | None = edge(
        persons.by_fbi, "The wanted person.", via=("subject_fbi",), know=RecordClass.IDENTITY
    )

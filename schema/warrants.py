"""Warrants: their GraphQL types, the edge from a person, and their root field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import strawberry
from strawberry import argument

from policy.record_classes import RecordClass
from resolvers import persons, warrants
from resolvers.codes.person import Caution
from resolvers.codes.safety import SafetyAct, SafetyKind, SafetySubject
from resolvers.codes.warrant import Extradition, WarrantCategory, WarrantStatus
from resolvers.numbers.number_format import WARRANT
from resolvers.safety import Line, SafetyPart, Values, caution_line
from resolvers.warrants import SOURCE
from schema.common import Court
from schema.directives import know
from schema.entities import EntityKey
from schema.enums import enum
from schema.extensions import extend
from schema.fields import boolean, column, edge, embedded, json_list
from schema.persons import Person
from schema.query import Query
from schema.root_fields import by_number, record_field
from schema.scalars import Cents, Date

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
    subject: Person | None = edge(persons.by_fbi, "The wanted person.", via=("subject_fbi",), know=RecordClass.IDENTITY)


@extend(Person)
class PersonFields:
    warrants: list[Warrant] | None = edge(
        warrants.by_person,
        "Warrants for this person, newest first. A hit alone is not probable cause: confirm it with the agency.",
        via=("fbi_number",),
        know=RecordClass.WANTS,
    )


def safety_lines(person: Values, about: SafetySubject) -> Iterator[Line]:
    """The lines of a safety banner about active warrants and the cautions in them."""
    active = [each for each in person["warrants"] or () if each["status"] == "ACTIVE"]
    for warrant in active:
        yield from (caution_line(code, SOURCE, about, warrant) for code in warrant["cautions"] or () if code)
    yield from (_wanted(warrant, about) for warrant in active)


def _wanted(warrant: Values, about: SafetySubject) -> Line:
    """Felonies before misdemeanors, as the codes of extradition are ordered: from anywhere before nearby only."""
    extradition = warrant["extradition"] and Extradition[warrant["extradition"]]
    return Line(
        kind=SafetyKind.WANTED,
        words=f"WANTED, {extradition.meaning.upper() if extradition else 'EXTRADITION NOT KNOWN'}",
        code=extradition.value if extradition else None,
        source=SOURCE,
        number=warrant["number"],
        since=warrant["issuedOn"],
        agency_ori=warrant["agencyOri"],
        about=about,
        act=SafetyAct.CONFIRM_FIRST,
        order=list(Extradition).index(extradition) if extradition else len(Extradition),
    )


SAFETY = SafetyPart(Person, "warrants { number status issuedOn agencyOri extradition cautions }", safety_lines)


ENTITIES = (EntityKey(Warrant, "number", warrants.by_number, WARRANT.parse),)


@extend(Query)
class QueryFields:
    @record_field(
        by_number(warrants.by_number, "number", WARRANT),
        "A warrant by number; null if there is none.",
        RecordClass.WANTS,
    )
    def warrant(self, number: Annotated[strawberry.ID, argument("W and nine digits.")]) -> Warrant | None: ...

"""Missing persons: their GraphQL types, the edge from a person, and their root field."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry import argument

from missing_persons.resolvers import REPORT_NUMBER, by_number, by_person
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


class ReportStatus(Code):
    """Status of a report."""

    MISSING = "MISSING", "Nobody knows where the person is"
    LOCATED = "LOCATED", "The person was found"


enum(ReportStatus, "MissingPersonStatus", "Whether a missing person was found.")


@strawberry.type(description="A report of a missing person.", directives=know(RecordClass.WANTS))
class MissingPerson:
    number: strawberry.ID | None = column("number", "Its number in the missing persons system: M and eight digits.")
    status: ReportStatus | None = column("status", "Whether the person was found.")
    reported_on: Date | None = column("reported_on", "The day of the report.")
    agency_ori: str | None = column("agency_ori", "The agency that took the report.")
    contact: str | None = column("contact", "Whom to call, by telephone.", know=RecordClass.PROTECTED_PARTY)
    subject: Person | None = edge(
        persons.by_id, "The missing person.", via=("subject_person",), know=RecordClass.IDENTITY
    )


@extend(Person)
class PersonFields:
    missing: list[MissingPerson] | None = edge(
        by_person, "Reports that this person is missing, newest first.", via=("id",), know=RecordClass.WANTS
    )


@extend(Query)
class QueryFields:
    @root_fields.record_field(
        root_fields.by_number(by_number, "number", REPORT_NUMBER),
        "A report of a missing person by number; null if there is none.",
        RecordClass.WANTS,
    )
    def missing_person(
        self, number: Annotated[strawberry.ID, argument("M and eight digits.")]
    ) -> MissingPerson | None: ...

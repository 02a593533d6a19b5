"""Criminal histories: their GraphQL types, from arrest to release.

The containers carry the least restricted class of their contents, SUPERVISION (decision 0014). Their rows depend on
what the caller may know: a cycle that is visible only for its supervision shows nothing else.
"""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry import argument

from policy.record_classes import RecordClass
from resolvers import criminal_history, persons
from resolvers.codes.history import ProgramKind, ProgramStatus, ReliefKind
from resolvers.numbers.number_format import CII
from schema.arrest_cycles import Cycle, Supervision
from schema.common import Court
from schema.directives import know
from schema.entities import EntityKey
from schema.enums import enum
from schema.extensions import extend
from schema.fields import column, edge, embedded
from schema.persons import Person
from schema.query import Query
from schema.root_fields import by_number, record_field
from schema.scalars import Date

enum(ReliefKind, "ReliefKind", "Relief that was granted after a conviction. None erases it.")
enum(ProgramKind, "ProgramKind", "The kind of a rehabilitation programme.")
enum(ProgramStatus, "ProgramStatus", "The progress in a programme.")


@strawberry.type(
    description="Relief after a conviction. It does not erase the conviction, which stays on record.",
    directives=know(RecordClass.CONVICTION),
)
class Relief:
    kind: ReliefKind | None = column("kind", "The relief.")
    granted_on: Date | None = column("granted_on", "The day on which it was granted.")
    court: Court | None = embedded("The court that granted it; null if no court did.", required_column="court_ori")


@strawberry.type(
    description="A rehabilitation programme, in custody or under supervision.",
    directives=know(RecordClass.REHABILITATION),
)
class Program:
    kind: ProgramKind | None = column("kind", "The kind of programme.")
    name: str | None = column("name", "Its name.")
    status: ProgramStatus | None = column("status", "The progress in it.")
    started_on: Date | None = column("started_on", "First day.")
    ended_on: Date | None = column("ended_on", "Last day; null while taking part.")


@strawberry.type(
    description="A criminal history, as much of it as the caller may know.", directives=know(RecordClass.SUPERVISION)
)
class CriminalHistory:
    cii_number: strawberry.ID | None = column(
        "cii_number", "The state's fingerprint number.", know=RecordClass.IDENTITY
    )
    fbi_number: strawberry.ID | None = column("fbi_number", "The FBI's fingerprint number.", know=RecordClass.IDENTITY)
    subject: Person | None = edge(
        persons.by_cii, "The person whose history it is.", via=("cii_number",), know=RecordClass.IDENTITY
    )
    cycles: list[Cycle] | None = edge(
        criminal_history.cycles_by_cii,
        "Arrest events that the caller may know of, newest first.",
        via=("cii_number",),
    )
    relief: list[Relief] | None = edge(
        criminal_history.relief_by_cii,
        "Relief that was granted after convictions, newest first. The convictions stay on record.",
        via=("cii_number",),
        know=RecordClass.CONVICTION,
    )
    programs: list[Program] | None = edge(
        criminal_history.programs_by_cii,
        "Rehabilitation programmes, newest first; of no arrest that the caller may not know of.",
        via=("cii_number",),
        know=RecordClass.REHABILITATION,
    )


@extend(Person)
class PersonFields:
    supervision: list[Supervision] | None = edge(
        criminal_history.supervision_by_cii,
        "Probation and parole, newest first, without the arrest that led to it; of no sealed or juvenile arrest.",
        via=("cii_number",),
        know=RecordClass.SUPERVISION,
    )
    criminal_history: CriminalHistory | None = edge(
        criminal_history.by_cii,
        "Criminal history, as much of it as the caller may know; null if that is nothing.",
        via=("cii_number",),
        know=RecordClass.SUPERVISION,
    )


ENTITIES = (EntityKey(CriminalHistory, "ciiNumber", criminal_history.by_cii, CII.parse),)


@extend(Query)
class QueryFields:
    @record_field(
        by_number(criminal_history.by_cii, "ciiNumber", CII),
        "A criminal history by fingerprint number; null if there is none that the caller may know of.",
        RecordClass.SUPERVISION,
    )
    def criminal_history(
        self, cii_number: Annotated[strawberry.ID, argument("A and eight digits.")]
    ) -> CriminalHistory | None: ...

"""Alerts: the GraphQL types of the violent person file and the gang file, and the edges from a person."""

from __future__ import annotations

from collections.abc import Iterator

import strawberry

from policy.record_classes import RecordClass
from resolvers import alerts, persons
from resolvers.alerts import SOURCE
from resolvers.codes.alert import GangCriterion, ViolentCriterion
from resolvers.codes.entry import IN_FORCE
from resolvers.codes.person import Caution
from resolvers.codes.safety import SafetyAct, SafetyKind, SafetySubject
from resolvers.safety import CAUTIONS, Line, SafetyPart, Values
from schema.directives import know
from schema.entered import Entered
from schema.enums import enum
from schema.extensions import extend
from schema.fields import column, edge, json_list
from schema.persons import Person
from schema.scalars import Date

enum(ViolentCriterion, "ViolentCriterion", "Why a person is in the violent person file.")
enum(GangCriterion, "GangCriterion", "Why a person is in the gang file.")

_C = ViolentCriterion
# Violence against law enforcement comes first.
ORDER = (_C.ASSAULT_ON_LAW_ENFORCEMENT, _C.THREAT_TO_LAW_ENFORCEMENT, _C.HOMICIDE, _C.VIOLENT_CRIME_WITH_WEAPON)


@strawberry.type(
    description="An entry of the violent person file. It is no ground for an arrest or a detention.",
    directives=know(RecordClass.VIOLENT_PERSON),
)
class ViolentPerson(Entered):
    criterion: ViolentCriterion | None = column("criterion", "Why the person is in the file.")
    cautions: list[Caution | None] | None = json_list("cautions", "Cautions before approaching.")
    subject: Person | None = edge(persons.by_fbi, "The person.", via=("subject_fbi",), know=RecordClass.IDENTITY)


@strawberry.type(
    description="An entry of the gang file. It is gone on its purge date, and never is a line of a safety banner.",
    directives=know(RecordClass.GANG),
)
class GangMembership(Entered):
    group: str | None = column("group_name", "The group.")
    criteria: list[GangCriterion | None] | None = json_list("criteria", "Why the person is in the file.")
    purge_on: Date | None = column("purge_on", "The day from which on it is not shown any more.")
    subject: Person | None = edge(persons.by_fbi, "The person.", via=("subject_fbi",), know=RecordClass.IDENTITY)


@extend(Person)
class PersonFields:
    violent_person: ViolentPerson | None = edge(
        alerts.violent_by_person,
        "The entry of the violent person file; of several the one in force, the gravest first.",
        via=("fbi_number",),
        know=RecordClass.VIOLENT_PERSON,
    )
    gang_memberships: list[GangMembership] | None = edge(
        alerts.gangs_by_person,
        "Entries of the gang file before their purge date, newest first.",
        via=("fbi_number",),
        know=RecordClass.GANG,
    )


def safety_lines(person: Values, about: SafetySubject) -> Iterator[Line]:
    """The line of a safety banner about an entry of the violent person file. The gang file gives none."""
    entry = person["violentPerson"]
    if not entry or entry["state"] not in IN_FORCE:
        return
    criterion = entry["criterion"] and ViolentCriterion[entry["criterion"]]
    yield Line(
        kind=SafetyKind.VIOLENT,
        words=f"VIOLENT PERSON, {criterion.meaning.upper() if criterion else 'CRITERION NOT KNOWN'}",
        code=criterion.value if criterion else None,
        source=SOURCE,
        number=entry["number"],
        since=entry["enteredAt"] and entry["enteredAt"][:10],
        about=about,
        act=SafetyAct.NO_ARREST_ON_THIS,
        # After the caution of the same kind.
        order=len(CAUTIONS) + (ORDER.index(criterion) if criterion else len(ORDER)),
    )


SAFETY = SafetyPart(Person, "violentPerson { number state criterion enteredAt }", safety_lines)

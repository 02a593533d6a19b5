"""Missing and unidentified persons: their GraphQL types, the edges from a person, and their root fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import strawberry
from strawberry import UNSET, argument

from engine.declarations import Arguments, Edge, Lookup, Row
from policy.record_classes import RecordClass
from resolvers import missing_persons, persons
from resolvers.codes.entry import IN_FORCE
from resolvers.codes.missing import (
    BloodType,
    BodyParts,
    FoundReason,
    MannerOfDeath,
    MissingCategory,
    MissingCircumstance,
    MissingKind,
    UnidentifiedCategory,
    XRays,
)
from resolvers.codes.person import Caution, Race, Sex
from resolvers.codes.safety import SafetyAct, SafetyKind, SafetySubject
from resolvers.missing_persons import SOURCE
from resolvers.missing_search import by_description, by_finding
from resolvers.numbers.number_format import MISSING, UNIDENTIFIED
from resolvers.numbers.plate import stored_plate
from resolvers.safety import Line, SafetyPart, Values, caution_line
from schema.context import Context
from schema.directives import know
from schema.entered import Entered
from schema.entities import EntityKey
from schema.enums import enum
from schema.extensions import extend
from schema.fields import boolean, column, computed, declared_field, edge, embedded, json_list
from schema.missing_search import (
    MissingPersonConnection,
    MissingPersonSearch,
    UnidentifiedPersonConnection,
    UnidentifiedPersonSearch,
    missing_person_search,
    unidentified_person_search,
)
from schema.persons import Person
from schema.query import Query
from schema.root_fields import (
    DEFAULT_PAGE_SIZE,
    SEARCH_COST,
    After,
    First,
    by_number,
    never_resolved,
    record_field,
    search_edge,
)
from schema.scalars import Date
from schema.vehicles import Vehicle

OPEN_FIELDS = {"Query": "searchMissingPersons unidentifiedPersons"}

enum(MissingKind, "MissingKind", "The kind of a report of a missing person.")
enum(FoundReason, "FoundReason", "How a report of a missing person ended.")
enum(BloodType, "BloodType", "Blood type.")
enum(XRays, "XRays", "X-rays on file.")
enum(MannerOfDeath, "MannerOfDeath", "Manner of death.")
enum(BodyParts, "BodyParts", "The parts of a body that were recovered, and their state.")


def is_amber_alert(kind: str | None) -> bool | None:
    """Whether a report has an Amber Alert. An unknown kind is an error at the field, and never no."""
    return None if kind is None else MissingKind(kind) is MissingKind.AMBER_ALERT


@strawberry.type(
    description="How a report of a missing person ended. Closed reports are a confidential record (PC 14201).",
    directives=know(RecordClass.MISSING_HISTORY),
)
class Found:
    found_on: Date | None = column("found_on", "The day on which the person was found.")
    how: FoundReason | None = column("found_how", "How the report ended.")
    agency_ori: str | None = column("found_by_ori", "The agency that found the person.")


@strawberry.type(
    description="Means on file to identify a missing person by, and who reported them.",
    directives=know(RecordClass.MISSING_DETAIL),
)
class MissingDetail:
    blood_type: BloodType | None = column("blood_type", "Blood type.")
    xrays: XRays | None = column("xrays", "X-rays on file.")
    dental_on_file: bool | None = boolean("dental_on_file", "Whether dental records are on file.")
    dna_on_file: bool | None = boolean("dna_on_file", "Whether a DNA profile is on file.")
    fingerprint_class: str | None = column("fingerprint_class", "Fingerprint class, 20 characters.")
    medical: str | None = column("medical", "Medical condition and medicines.")
    reported_by: str | None = column("reported_by", "Who reported the person missing.")


@strawberry.type(
    description="An unidentified person: a body, or a living person who cannot say who they are.",
    directives=know(RecordClass.MISSING_PERSON),
)
class UnidentifiedPerson(Entered):
    category: UnidentifiedCategory | None = column("category", "Whether a body or a living person.")
    found_on: Date | None = column("found_on", "The day of the finding.")
    sex: Sex | None = column("sex", "Sex; null if it is not known.")
    race: Race | None = column("race", "Race; null if it is not known.")
    age_from: int | None = column("age_from", "Least age, by estimate.")
    age_to: int | None = column("age_to", "Greatest age, by estimate.")
    height_inches: int | None = column("height_inches", "Height in inches.")
    body_parts: BodyParts | None = column("body_parts", "The parts that were recovered; null for a living person.")
    manner: MannerOfDeath | None = column("manner", "Manner of death; null for a living person.")


@strawberry.type(
    description="A report of a missing person. A juvenile's is no juvenile record. Confirm it before acting on it.",
    directives=know(RecordClass.MISSING_PERSON),
)
class MissingPerson(Entered):
    category: MissingCategory | None = column("category", "The category of the report.")
    kind: MissingKind | None = column("kind", "The kind of report.")
    circumstance: MissingCircumstance | None = column(
        "circumstance", "The circumstances under which the person went missing; null if none of these."
    )
    declared_on: Date | None = column("declared_on", "The day of the report.")
    last_seen_on: Date | None = column("last_seen_on", "The day on which the person was last seen.")
    last_seen_city: str | None = column("last_seen_city", "City in which the person was last seen.")
    last_seen_state: str | None = column("last_seen_state", "State in which the person was last seen.")
    sex: Sex | None = column("sex", "Sex as reported.")
    age_last_seen: int | None = column("age", "Age on the day on which the person was last seen.")
    is_at_risk: bool | None = boolean("is_at_risk", "Whether the person is at risk (PC 14213).")
    amber_alert: bool | None = computed(("kind",), is_amber_alert, "Whether there is an Amber Alert.")
    cautions: list[Caution | None] | None = json_list("cautions", "Cautions before approaching.")
    plate: str | None = column("plate", "Plate of the vehicle that the person was last seen with.")
    plate_state: str | None = column("plate_state", "The state that issued the plate.")
    subject: Person | None = edge(
        persons.by_mups, "The missing person.", via=("subject_mups",), know=RecordClass.IDENTITY
    )
    found: Found | None = embedded(
        "How it ended; null if the person is still missing.",
        required_column="found_on",
        know=RecordClass.MISSING_HISTORY,
    )
    detail: MissingDetail | None = embedded("Means on file to identify the person by.", know=RecordClass.MISSING_DETAIL)
    possible_matches: list[UnidentifiedPerson] | None = edge(
        missing_persons.unidentified_by_match,
        "Unidentified persons who are being compared with this one.",
        via=("number",),
        know=RecordClass.MISSING_DETAIL,
    )


@extend(Person)
class PersonFields:
    missing_reports: list[MissingPerson] | None = edge(
        missing_persons.by_person,
        "Reports that this person is missing, open ones first, then newest; only those that the caller may know of.",
        via=("mups_number",),
        know=RecordClass.MISSING_PERSON,
    )


def _reports_of_vehicle(row: Row, _arguments: Arguments, _context: Context) -> Lookup | None:
    plate = stored_plate(row)
    return missing_persons.by_plate.of(plate) if plate else None


@extend(Vehicle)
class VehicleFields:
    missing_reports: list[MissingPerson] | None = declared_field(
        Edge(
            (missing_persons.by_plate,),
            _reports_of_vehicle,
            ("plate", "plate_state"),
            when_no_key=missing_persons.by_plate.when_missing,
        ),
        "Reports of missing persons who were last seen with this plate, open ones first, then newest; only those that"
        " the caller may know of.",
        RecordClass.MISSING_PERSON,
    )


def safety_lines(subject: Values, about: SafetySubject) -> Iterator[Line]:
    """The lines of a safety banner about open reports on a person or a plate; a closed one never enters it."""
    words = "LAST SEEN WITH A MISSING PERSON" if about is SafetySubject.VEHICLE else "MISSING PERSON"
    for report in subject["missingReports"] or ():
        if report["state"] in IN_FORCE:
            cautions = (code for code in report["cautions"] or () if code)
            yield from (caution_line(code, SOURCE, about, report, since="lastSeenOn") for code in cautions)
            category = report["category"] and MissingCategory[report["category"]]
            at_risk = ["AT RISK"] if report["isAtRisk"] else []
            yield Line(
                kind=SafetyKind.MISSING,
                words=", ".join([words, *at_risk, *([category.name.replace("_", " ")] if category else [])]),
                code=category.value if category else None,
                source=SOURCE,
                number=report["number"],
                since=report["lastSeenOn"],
                agency_ori=report["agencyOri"],
                about=about,
                act=SafetyAct.CONFIRM_FIRST,
                order=0 if report["isAtRisk"] else 1,
            )


SAFETY = SafetyPart(
    (Person, Vehicle), "missingReports { number state category isAtRisk lastSeenOn agencyOri cautions }", safety_lines
)


ENTITIES = (
    EntityKey(MissingPerson, "number", missing_persons.by_number, MISSING.parse),
    EntityKey(UnidentifiedPerson, "number", missing_persons.unidentified_by_number, UNIDENTIFIED.parse),
)


@extend(Query)
class QueryFields:
    @record_field(
        by_number(missing_persons.by_number, "number", MISSING),
        "A report of a missing person by number; null if there is none that the caller may know of.",
        RecordClass.MISSING_PERSON,
    )
    def missing_person(
        self, number: Annotated[strawberry.ID, argument("M and nine digits.")]
    ) -> MissingPerson | None: ...

    @record_field(
        search_edge(by_description, lookup=missing_person_search, search_cost=SEARCH_COST),
        "Search of missing persons by plate or place and more, a page at a time. By name: search the person.",
    )
    def search_missing_persons(
        self,
        by: Annotated[MissingPersonSearch, argument("The search terms.")],
        first: First = DEFAULT_PAGE_SIZE,
        after: After = UNSET,
    ) -> MissingPersonConnection:
        never_resolved()

    @record_field(
        by_number(missing_persons.unidentified_by_number, "number", UNIDENTIFIED),
        "An unidentified person by number; null if there is none that the caller may know of.",
        RecordClass.MISSING_PERSON,
    )
    def unidentified_person(
        self, number: Annotated[strawberry.ID, argument("U and nine digits.")]
    ) -> UnidentifiedPerson | None: ...

    @record_field(
        search_edge(by_finding, lookup=unidentified_person_search, search_cost=SEARCH_COST),
        "Search of unidentified persons by description, a page at a time.",
    )
    def unidentified_persons(
        self,
        by: Annotated[UnidentifiedPersonSearch, argument("The search terms.")],
        first: First = DEFAULT_PAGE_SIZE,
        after: After = UNSET,
    ) -> UnidentifiedPersonConnection:
        never_resolved()

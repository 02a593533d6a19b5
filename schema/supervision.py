"""Supervised release: its GraphQL types, the edge from a person, and its root field."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import argument

from policy.record_classes import RecordClass
from resolvers import persons, supervision
from resolvers.codes.entry import IN_FORCE
from resolvers.codes.history import SupervisionKind, SupervisionStatus
from resolvers.codes.safety import SafetyKind, SafetySubject
from resolvers.numbers.number_format import SUPERVISED
from resolvers.safety import Line, SafetyPart, Values
from schema.directives import know
from schema.entered import Entered, instant
from schema.entities import EntityKey
from schema.extensions import extend
from schema.fields import column, computed, edge, json_list
from schema.persons import Person
from schema.query import Query
from schema.root_fields import by_number, record_field
from schema.scalars import Date


@strawberry.type(
    description="A contact of an agency with a supervised person.", directives=know(RecordClass.SUPERVISION)
)
class SupervisionContact:
    at: datetime | None = computed(("at",), instant, "Time of the contact, UTC.")
    agency_ori: str | None = column("agency_ori", "The agency that met the person.")
    narrative: str | None = column("narrative", "An account of the contact.")


@strawberry.type(
    description="An entry of the supervised release file: probation or parole, whom to call, and its terms.",
    directives=know(RecordClass.SUPERVISION),
)
class SupervisedRelease(Entered):
    kind: SupervisionKind | None = column("kind", "Probation or parole.")
    status: SupervisionStatus | None = column("status", "The state of supervision.")
    cdc_number: strawberry.ID | None = column("cdc_number", "The state prison's number: two letters and four digits.")
    agent_name: str | None = column("agent_name", "The parole agent or probation officer.")
    agent_phone: str | None = column("agent_phone", "Their telephone. Tell them of a contact.")
    starts_on: Date | None = column("starts_on", "First day.")
    ends_on: Date | None = column("ends_on", "Last day, as ordered.")
    search_terms: list[str | None] | None = json_list("search_terms", "The terms that permit a search; none if empty.")
    terms: list[str | None] | None = json_list("terms", "The other terms.")
    contacts: list[SupervisionContact] | None = edge(
        supervision.contacts_by_release, "Contacts with the person, newest first.", via=("number",)
    )
    subject: Person | None = edge(
        persons.by_cii, "The supervised person.", via=("cii_number",), know=RecordClass.IDENTITY
    )


@extend(Person)
class PersonFields:
    supervised_releases: list[SupervisedRelease] | None = edge(
        supervision.by_person,
        "Entries of the supervised release file about this person, newest first; of no sealed or juvenile arrest.",
        via=("cii_number",),
        know=RecordClass.SUPERVISION,
    )


def safety_lines(person: Values, about: SafetySubject) -> Iterator[Line]:
    """The lines of a safety banner about supervision. An arrest and a conviction never enter one."""
    for release in person["supervisedReleases"] or ():
        is_at_large = release["status"] == "AT_LARGE"
        has_search_term = bool(release["searchTerms"])
        is_active = is_at_large or (release["status"] == "ACTIVE" and has_search_term)
        if is_active and release["state"] in IN_FORCE:
            kind = release["kind"] and SupervisionKind[release["kind"]]
            words = [kind.meaning.upper() if kind else "SUPERVISED"]
            words += ["AT LARGE"] if is_at_large else []
            words += ["SEARCH TERM"] if has_search_term else []
            yield Line(
                kind=SafetyKind.SUPERVISED,
                words=", ".join(words),
                source=supervision.SOURCE,
                number=release["number"],
                since=release["startsOn"],
                agency_ori=release["agencyOri"],
                about=about,
                order=int(not is_at_large),
            )


SAFETY = SafetyPart(
    Person, "supervisedReleases { number state kind status startsOn agencyOri searchTerms }", safety_lines
)


ENTITIES = (EntityKey(SupervisedRelease, "number", supervision.by_number, SUPERVISED.parse),)


@extend(Query)
class QueryFields:
    @record_field(
        by_number(supervision.by_number, "number", SUPERVISED),
        "An entry of the supervised release file by number; null if there is none.",
        RecordClass.SUPERVISION,
    )
    def supervised_release(
        self, number: Annotated[strawberry.ID, argument("C and nine digits.")]
    ) -> SupervisedRelease | None: ...

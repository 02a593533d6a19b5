"""Criminal histories: their GraphQL types, from arrest to release.

The containers carry the least restricted class of their contents, SUPERVISION (decision 0014). Their rows depend on
what the caller may know: a cycle that is visible only for its supervision shows nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import strawberry
from strawberry import argument

from policy.record_classes import RecordClass
from resolvers import criminal_history, persons
from resolvers.codes import Code
from resolvers.codes.history import (
    CustodyStatus,
    CycleStatus,
    DispositionKind,
    SentenceKind,
    Severity,
    SupervisionKind,
    SupervisionStatus,
)
from resolvers.codes.safety import SafetyKind, SafetySubject
from resolvers.numbers.number_format import CII
from resolvers.safety import Line, SafetyPart, Values
from schema.common import Court
from schema.directives import know
from schema.enums import enum
from schema.extensions import extend
from schema.fields import column, computed, edge, embedded, json_list
from schema.persons import Person
from schema.query import Query
from schema.root_fields import by_number, record_field
from schema.scalars import Date


class Standing(Code):
    """The standing of a charge, so that an accusation is not taken for a conviction."""

    CONVICTED = "CONVICTED", "Found guilty, or pleaded guilty or no contest: a conviction"
    NOT_CONVICTED = "NOT_CONVICTED", "Ended without a conviction"
    UNDECIDED = "UNDECIDED", "No disposition on record: an accusation, and no more"


STANDINGS: dict[str | None, Standing] = {
    None: Standing.UNDECIDED,
    **{each.value: Standing.NOT_CONVICTED for each in DispositionKind},
    DispositionKind.CONVICTED.value: Standing.CONVICTED,
}
"""By disposition. An unknown one raises KeyError: it is neither a conviction nor none."""


def standing(disposition: str | None, code: str | None) -> Standing | None:
    """The standing of a charge; None if the charge itself is not shown."""
    return None if code is None else STANDINGS[disposition]


enum(Standing, "ChargeStanding", "Whether a charge became a conviction. A charge alone is an accusation.")
enum(CycleStatus, "CycleStatus", "The progress of the case that followed an arrest.")
enum(Severity, "ChargeSeverity", "How grave the charge is.")
enum(DispositionKind, "DispositionKind", "How a charge ended.")
enum(SentenceKind, "SentenceKind", "A sentence that a court imposed.")
enum(CustodyStatus, "CustodyStatus", "Whether the person is held.")
enum(SupervisionKind, "SupervisionKind", "The kind of probation or parole.")
enum(SupervisionStatus, "SupervisionStatus", "The state of supervision.")


@strawberry.type(description="How a charge ended.", directives=know(RecordClass.CONVICTION))
class Disposition:
    kind: DispositionKind | None = column("disposition_kind", "How it ended. Only CONVICTED is a conviction.")
    decided_on: Date | None = column("decided_on", "The court's local date.")
    court: Court | None = embedded("The court that decided; null if no court did.", required_column="court_ori")


@strawberry.type(description="A sentence that a court imposed.", directives=know(RecordClass.CONVICTION))
class Sentence:
    kind: SentenceKind | None = column("sentence_kind", "The kind of sentence.")
    days: int | None = column("sentence_days", "Length in days; null if it has none.")


@strawberry.type(
    description="One charge of an arrest. It is an accusation; `standing` says whether it became a conviction.",
    directives=know(RecordClass.CONVICTION),
)
class Charge:
    code: str | None = column("code", "NCIC offence code, four digits.")
    offense: str | None = column("offense", "The offence as text.")
    severity: Severity | None = column("severity", "How grave it is.")
    standing: Standing | None = computed(("disposition_kind", "code"), standing, "Whether it became a conviction.")
    disposition: Disposition | None = embedded(
        "How it ended; null: no disposition on record.", required_column="disposition_kind"
    )
    sentence: Sentence | None = embedded("The sentence; null if there is none.", required_column="sentence_kind")


@strawberry.type(description="Time held.", directives=know(RecordClass.CONVICTION))
class Custody:
    status: CustodyStatus | None = column("custody_status", "Whether this person is held.")
    facility_ori: str | None = column("custody_facility_ori", "The facility's agency identifier.")
    received_on: Date | None = column("custody_received_on", "First day.")
    released_on: Date | None = column("custody_released_on", "Last day; null while held.")


@strawberry.type(description="Probation or parole, and its terms.", directives=know(RecordClass.SUPERVISION))
class Supervision:
    kind: SupervisionKind | None = column("supervision_kind", "Probation or parole.")
    status: SupervisionStatus | None = column("supervision_status", "Its state.")
    starts_on: Date | None = column("supervision_starts_on", "First day.")
    ends_on: Date | None = column("supervision_ends_on", "Last day, as ordered.")
    terms: list[str | None] | None = json_list("supervision_terms", "Its terms, such as search without a warrant.")


@strawberry.type(
    description="One arrest and all that followed it. Any step may be missing, because records are incomplete.",
    directives=know(RecordClass.CONVICTION),
)
class Cycle:
    arrested_on: Date | None = column("arrested_on", "Day of the arrest.")
    agency_ori: str | None = column("agency_ori", "The agency that arrested.")
    booking_number: str | None = column("booking_number", "The jail's number for it.")
    status: CycleStatus | None = column("status", "The progress of the case.")
    charges: list[Charge] | None = edge(
        criminal_history.charges_by_cycle,
        "The charges, in booking order. A charge is not a conviction.",
        via=("id",),
        know=RecordClass.CONVICTION,
    )
    custody: Custody | None = embedded("Time held; null if none is on record.", required_column="custody_status")
    supervision: Supervision | None = embedded(
        "Probation or parole; null if there is none.",
        required_column="supervision_kind",
        know=RecordClass.SUPERVISION,
    )


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


SEARCH = "search"
"""The first word of a term of supervision that permits a search."""


def safety_lines(person: Values, about: SafetySubject) -> Iterator[Line]:
    """The lines of a safety banner about supervision. An arrest and a conviction never enter one."""
    for supervision in person["supervision"] or ():
        yield from _supervised(supervision, about)


def _supervised(supervision: Values, about: SafetySubject) -> Iterator[Line]:
    is_at_large = supervision["status"] == "AT_LARGE"
    has_search_term = any(term and term.casefold().startswith(SEARCH) for term in supervision["terms"] or ())
    if is_at_large or (supervision["status"] == "ACTIVE" and has_search_term):
        kind = supervision["kind"] and SupervisionKind[supervision["kind"]]
        words = [kind.meaning.upper() if kind else "SUPERVISED"]
        words += ["AT LARGE"] if is_at_large else []
        words += ["SEARCH TERM"] if has_search_term else []
        yield Line(
            kind=SafetyKind.SUPERVISED,
            words=", ".join(words),
            source=criminal_history.SOURCE,
            since=supervision["startsOn"],
            about=about,
            order=int(not is_at_large),
        )


SAFETY = SafetyPart(Person, "supervision { kind status startsOn terms }", safety_lines)


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

"""Criminal histories: the types a client sees, from arrest to release.

The containers are labelled with the least that can be found in them, supervision, and their rows are bound to
what the caller may know: a cycle seen only for its supervision shows nothing else of itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

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
from schema.common import Court
from schema.directives import know
from schema.enums import enum
from schema.fields import column, edge, items, made, part
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.persons import Person


class Standing(Code):
    """What a charge amounts to, so that nobody takes an accusation for a conviction."""

    CONVICTED = "CONVICTED", "Found guilty, or pleaded guilty or no contest: a conviction"
    NOT_CONVICTED = "NOT_CONVICTED", "Ended without a conviction"
    UNDECIDED = "UNDECIDED", "No disposition on record: an accusation, and no more"


def standing(disposition: str | None, code: str | None) -> Standing | None:
    """What a charge amounts to; null where the charge itself is not shown."""
    if code is None:
        return None
    if disposition is None:
        return Standing.UNDECIDED
    return Standing.CONVICTED if disposition == DispositionKind.CONVICTED.value else Standing.NOT_CONVICTED


enum(Standing, "ChargeStanding", "What a charge amounts to. A charge is not a conviction.")
enum(CycleStatus, "CycleStatus", "How far the case that followed an arrest has come.")
enum(Severity, "ChargeSeverity", "How grave the charge is.")
enum(DispositionKind, "DispositionKind", "How a charge ended.")
enum(SentenceKind, "SentenceKind", "What a court imposed.")
enum(CustodyStatus, "CustodyStatus", "Whether somebody is held.")
enum(SupervisionKind, "SupervisionKind", "Probation or parole, and of which kind.")
enum(SupervisionStatus, "SupervisionStatus", "How supervision stands.")


@strawberry.type(description="How a charge ended.", directives=know(RecordClass.CONVICTION))
class Disposition:
    kind: DispositionKind | None = column("disposition_kind", "How it ended. Only CONVICTED is a conviction.")
    decided_on: Date | None = column("decided_on", "The court's local date.")
    court: Court | None = part("court_ori", "The court that decided; null where no court did.")


@strawberry.type(description="What a court imposed.", directives=know(RecordClass.CONVICTION))
class Sentence:
    kind: SentenceKind | None = column("sentence_kind", "What was imposed.")
    days: int | None = column("sentence_days", "How long, in days; null where it has no length.")


@strawberry.type(
    description="One charge of an arrest. It is an accusation; `standing` says what became of it.",
    directives=know(RecordClass.CONVICTION),
)
class Charge:
    code: str | None = column("code", "NCIC offence code, four digits.")
    offense: str | None = column("offense", "The offence in words.")
    severity: Severity | None = column("severity", "How grave it is.")
    standing: Standing | None = made(
        ("disposition_kind", "code"), standing, "What it amounts to: a charge is not a conviction."
    )
    disposition: Disposition | None = part("disposition_kind", "How it ended; null: no disposition on record.")
    sentence: Sentence | None = part("sentence_kind", "What was imposed; null where nothing was.")


@strawberry.type(description="Time held.", directives=know(RecordClass.CONVICTION))
class Custody:
    status: CustodyStatus | None = column("custody_status", "Whether this person is held.")
    facility_ori: str | None = column("custody_facility_ori", "The facility's agency identifier.")
    received_on: Date | None = column("custody_received_on", "First day.")
    released_on: Date | None = column("custody_released_on", "Last day; null while held.")


@strawberry.type(description="Probation or parole, and its terms.", directives=know(RecordClass.SUPERVISION))
class Supervision:
    kind: SupervisionKind | None = column("supervision_kind", "Probation or parole.")
    status: SupervisionStatus | None = column("supervision_status", "How it stands.")
    starts_on: Date | None = column("supervision_starts_on", "First day.")
    ends_on: Date | None = column("supervision_ends_on", "Last day set.")
    terms: list[str] | None = items("supervision_terms", "What it demands, such as search without a warrant.")


@strawberry.type(
    description="One arrest and all that followed. Any step may be missing, because records are.",
    directives=know(RecordClass.CONVICTION),
)
class Cycle:
    arrested_on: Date | None = column("arrested_on", "Day of the arrest.")
    agency_ori: str | None = column("agency_ori", "The agency that arrested.")
    booking_number: str | None = column("booking_number", "The jail's number for it.")
    status: CycleStatus | None = column("status", "How far the case has come.")
    charges: list[Charge] | None = edge(
        criminal_history.charges_by_cycle,
        "What was charged, in the order booked. A charge is not a conviction.",
        via=("id",),
        know=(RecordClass.CONVICTION,),
    )
    custody: Custody | None = part("custody_status", "Time held; null where none is on record.")
    supervision: Supervision | None = part(
        "supervision_kind", "Probation or parole; null where there is none.", know=(RecordClass.SUPERVISION,)
    )


@strawberry.type(
    description="A criminal history, as much of it as the caller may know.", directives=know(RecordClass.SUPERVISION)
)
class CriminalHistory:
    cii_number: strawberry.ID | None = column(
        "cii_number", "The state's fingerprint number.", know=(RecordClass.IDENTITY,)
    )
    fbi_number: strawberry.ID | None = column(
        "fbi_number", "The FBI's fingerprint number.", know=(RecordClass.IDENTITY,)
    )
    subject: Annotated[Person, strawberry.lazy("schema.persons")] | None = edge(
        persons.by_cii, "Whose history it is.", via=("cii_number",), know=(RecordClass.IDENTITY,)
    )
    cycles: list[Cycle] | None = edge(
        criminal_history.cycles_by_cii,
        "Arrest events, newest first, those that the caller may know of.",
        via=("cii_number",),
    )

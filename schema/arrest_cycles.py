"""Arrest cycles: the GraphQL types of what follows an arrest besides its charges, from bail to parole."""

from __future__ import annotations

import strawberry

from policy.record_classes import RecordClass
from resolvers import criminal_history
from resolvers.codes.history import (
    CustodyStatus,
    CycleStatus,
    DiversionKind,
    DiversionStatus,
    HousingLevel,
    PretrialRelease,
    SupervisionKind,
    SupervisionStatus,
)
from schema.charges import Charge
from schema.directives import know
from schema.enums import enum
from schema.fields import boolean, column, edge, embedded, json_list
from schema.scalars import Cents, Date

enum(CycleStatus, "CycleStatus", "The progress of the case that followed an arrest.")
enum(PretrialRelease, "PretrialRelease", "How a person was released before trial, or that they were not.")
enum(DiversionKind, "DiversionKind", "The law under which a case was diverted.")
enum(DiversionStatus, "DiversionStatus", "The progress of a diversion.")
enum(CustodyStatus, "CustodyStatus", "Whether the person is held.")
enum(HousingLevel, "HousingLevel", "The security of the housing of a person in custody.")
enum(SupervisionKind, "SupervisionKind", "The kind of probation or parole.")
enum(SupervisionStatus, "SupervisionStatus", "The state of supervision.")


@strawberry.type(
    description="Bail, release before trial, and hearings. No score of risk is on record.",
    directives=know(RecordClass.PRETRIAL),
)
class Pretrial:
    arraigned_on: Date | None = column("pretrial_arraigned_on", "Day of the arraignment; null: none yet.")
    bail_set_cents: Cents | None = column("pretrial_bail_set_cents", "Bail in whole US cents; null: none was set.")
    bail_posted: bool | None = boolean("pretrial_bail_posted", "Whether it was posted.")
    release: PretrialRelease | None = column("pretrial_release", "How the person was released, or was not.")
    conditions: list[str | None] | None = json_list("pretrial_conditions", "Conditions of the release.")
    next_appearance_on: Date | None = column("pretrial_next_appearance_on", "Day of the next hearing; null: none set.")
    failed_to_appear: bool | None = boolean("pretrial_failed_to_appear", "Whether a hearing was missed.")


@strawberry.type(
    description="A programme in place of judgment. Once it is completed, the arrest is sealed: a caller who may not"
    " know of sealed arrests sees neither.",
    directives=know(RecordClass.REHABILITATION),
)
class Diversion:
    kind: DiversionKind | None = column("diversion_kind", "The law under which the case was diverted.")
    status: DiversionStatus | None = column("diversion_status", "Its progress.")
    program: str | None = column("diversion_program", "The programme.")
    started_on: Date | None = column("diversion_started_on", "First day.")
    due_on: Date | None = column("diversion_due_on", "The day by which it must be completed.")
    ended_on: Date | None = column("diversion_ended_on", "The day on which it ended; null while under way.")
    conditions: list[str | None] | None = json_list("diversion_conditions", "Its conditions.")


@strawberry.type(description="Time held.", directives=know(RecordClass.CONVICTION))
class Custody:
    status: CustodyStatus | None = column("custody_status", "Whether this person is held.")
    facility_ori: str | None = column("custody_facility_ori", "The facility's agency identifier.")
    facility_name: str | None = column("custody_facility_name", "The facility's name.")
    received_on: Date | None = column("custody_received_on", "First day.")
    released_on: Date | None = column("custody_released_on", "Last day; null while held.")
    projected_release_on: Date | None = column(
        "custody_projected_release_on", "The day on which release is expected; null: none is computed, or released."
    )
    housing_level: HousingLevel | None = column(
        "custody_housing_level", "Security of the housing; null: not assigned, or released."
    )


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
    pretrial: Pretrial | None = embedded(
        "Bail, release before trial, and hearings; null if none is on record.",
        required_column="pretrial_release",
        know=RecordClass.PRETRIAL,
    )
    diversion: Diversion | None = embedded(
        "A programme in place of judgment; null if there is none.",
        required_column="diversion_kind",
        know=RecordClass.REHABILITATION,
    )
    custody: Custody | None = embedded("Time held; null if none is on record.", required_column="custody_status")
    supervision: Supervision | None = embedded(
        "Probation or parole; null if there is none.",
        required_column="supervision_kind",
        know=RecordClass.SUPERVISION,
    )

"""People: their GraphQL types, and the edges from a person to other records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from policy.record_classes import RecordClass
from resolvers import criminal_history, protective_orders, vehicles, warrants
from resolvers.codes.person import Caution, Ethnicity, EyeColor, HairColor, LicenseClass, LicenseStatus, Race, Sex
from schema.common import PersonName, Residence
from schema.directives import know
from schema.enums import enum
from schema.fields import column, edge, embedded, json_list
from schema.safety import Safety, person_safety
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.criminal_history import CriminalHistory, Supervision
    from schema.protective_orders import ProtectiveOrder
    from schema.vehicles import Vehicle
    from schema.warrants import Warrant

enum(Sex, "Sex", "Sex as it is recorded.")
enum(Race, "Race", "Race as it is recorded.")
enum(Ethnicity, "Ethnicity", "Ethnicity as it is recorded.")
enum(EyeColor, "EyeColor", "Colour of the eyes.")
enum(HairColor, "HairColor", "Colour of the hair.")
enum(Caution, "Caution", "Caution and medical conditions that an officer should know of before approaching.")
enum(LicenseStatus, "LicenseStatus", "Whether a driver licence is valid.")
enum(LicenseClass, "LicenseClass", "The vehicles that a driver licence permits.")


@strawberry.type(description="A driver licence.", directives=know(RecordClass.DMV_RECORD))
class DriverLicense:
    number: str | None = column("license_number", "In California a letter and seven digits.", know=RecordClass.IDENTITY)
    state: str | None = column("license_state", "The state that issued it.", know=RecordClass.IDENTITY)
    license_class: LicenseClass | None = column("license_class", "The vehicles that it permits.", name="class")
    status: LicenseStatus | None = column("license_status", "Whether it is valid.")
    expires_on: Date | None = column("license_expires_on", "Its last day.")


@strawberry.type(
    description="A person in the master name index and the DMV's records.", directives=know(RecordClass.IDENTITY)
)
class Person:
    id: strawberry.ID | None = column("id", "The index number: P and seven digits.")
    name: PersonName | None = embedded("The name on record.")
    aliases: list[PersonName | None] | None = json_list("aliases", "Other names that this person has used.")
    birth_date: Date | None = column("birth_date", "Date of birth.")
    sex: Sex | None = column("sex", "Sex as recorded.")
    race: Race | None = column("race", "Race as recorded.")
    ethnicity: Ethnicity | None = column("ethnicity", "Ethnicity as recorded.")
    height_inches: int | None = column("height_inches", "Height in whole inches.")
    weight_pounds: int | None = column("weight_pounds", "Weight in whole pounds.")
    eye_color: EyeColor | None = column("eye_color", "Colour of the eyes.")
    hair_color: HairColor | None = column("hair_color", "Colour of the hair.")
    scars_marks_tattoos: list[str | None] | None = json_list("scars_marks_tattoos", "Identifying marks.")
    cautions: list[Caution | None] | None = json_list(
        "cautions", "Cautions before approaching.", know=RecordClass.WANTS
    )
    ssn: str | None = column(
        "ssn",
        "Social security number. Masked to its last four digits if the caller may see no more.",
        know=RecordClass.SSN,
    )
    driver_license: DriverLicense | None = embedded(
        "Driver licence; null if there is none.", required_column="license_number"
    )
    cii_number: strawberry.ID | None = column(
        "cii_number", "The state's fingerprint number. Applicants have one too: it is no sign of a record."
    )
    fbi_number: strawberry.ID | None = column(
        "fbi_number", "The FBI's fingerprint number. Applicants have one too: it is no sign of a record."
    )
    residence: Residence | None = embedded("Home address on the licence.", know=RecordClass.DMV_ADDRESS)
    vehicles: list[Annotated[Vehicle, strawberry.lazy("schema.vehicles")]] | None = edge(
        vehicles.by_owner,
        "Vehicles registered to this person, newest model first.",
        via=("license_state", "license_number"),
        know=RecordClass.DMV_RECORD,
    )
    warrants: list[Annotated[Warrant, strawberry.lazy("schema.warrants")]] | None = edge(
        warrants.by_person,
        "Warrants for this person, newest first. A hit alone is not probable cause: confirm it with the agency.",
        via=("fbi_number",),
        know=RecordClass.WANTS,
    )
    protective_orders: list[Annotated[ProtectiveOrder, strawberry.lazy("schema.protective_orders")]] | None = edge(
        protective_orders.by_restrained,
        "Orders that restrain this person, newest first.",
        via=("carpos_number",),
        know=RecordClass.PROTECTIVE_ORDER,
    )
    supervision: list[Annotated[Supervision, strawberry.lazy("schema.criminal_history")]] | None = edge(
        criminal_history.supervision_by_cii,
        "Probation and parole, newest first, without the arrest that led to it; of no sealed or juvenile arrest.",
        via=("cii_number",),
        know=RecordClass.SUPERVISION,
    )
    criminal_history: Annotated[CriminalHistory, strawberry.lazy("schema.criminal_history")] | None = edge(
        criminal_history.by_cii,
        "Criminal history, as much of it as the caller may know; null if that is nothing.",
        via=("cii_number",),
        know=RecordClass.SUPERVISION,
    )
    safety: Safety | None = person_safety()

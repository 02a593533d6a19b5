"""Accident reports: their GraphQL types, the edges from a driver and from a vehicle, and their root field."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import argument

from policy.record_classes import RecordClass
from resolvers import accidents, persons, vehicles
from resolvers.codes.accident import AccidentSeverity, CollisionManner, Fault, Injury, PartyRole, VehicleDamage
from resolvers.numbers.number_format import ACCIDENT
from schema.common import PersonName
from schema.directives import know
from schema.entered import instant
from schema.entities import EntityKey
from schema.enums import enum
from schema.extensions import extend
from schema.fields import column, computed, edge, embedded
from schema.persons import Person
from schema.query import Query
from schema.root_fields import by_number, record_field
from schema.vehicles import Vehicle

enum(AccidentSeverity, "AccidentSeverity", "The gravest injury of an accident.")
enum(CollisionManner, "CollisionManner", "How two vehicles met.")
enum(VehicleDamage, "VehicleDamage", "How badly a vehicle was damaged.")
enum(PartyRole, "PartyRole", "The role of a person in an accident.")
enum(Injury, "Injury", "The injury of one person.")
enum(Fault, "Fault", "Whether the investigation found a person at fault.")


@strawberry.type(description="A vehicle in an accident, as the report has it.", directives=know(RecordClass.ACCIDENT))
class AccidentVehicle:
    vin: strawberry.ID | None = column("vin", "Its vehicle identification number; null if the report has none.")
    plate: str | None = column("plate", "The plate that it had.")
    plate_state: str | None = column("plate_state", "The state that issued the plate.")
    damage: VehicleDamage | None = column("damage", "How badly it was damaged.")
    vehicle: Vehicle | None = edge(
        vehicles.by_vin, "The vehicle as it is registered today.", via=("vin",), know=RecordClass.DMV_RECORD
    )


@strawberry.type(
    description="A person in an accident, as the report has them. To be listed is no sign of fault.",
    directives=know(RecordClass.ACCIDENT_PARTY),
)
class AccidentParty:
    role: PartyRole | None = column("role", "The person's role.")
    name: PersonName | None = embedded("The name in the report.")
    injury: Injury | None = column("injury", "The person's injury.")
    fault: Fault | None = column(
        "fault", "Whether the investigation found the person at fault; null for those who did not drive."
    )
    person: Person | None = edge(
        persons.by_license,
        "The person whose licence the report has; null if it has none.",
        via=("license_state", "license_number"),
        know=RecordClass.IDENTITY,
    )


@strawberry.type(
    description="A report of a traffic accident. It is confidential: VC 20012.", directives=know(RecordClass.ACCIDENT)
)
class Accident:
    number: strawberry.ID | None = column("number", "Its number: 12 digits, of county, year and report.")
    occurred_at: datetime | None = computed(("occurred_at",), instant, "Time of the accident, UTC.")
    city: str | None = column("city", "The city where it was.")
    county: str | None = column("county", "The county where it was.")
    severity: AccidentSeverity | None = column("severity", "The gravest injury.")
    manner: CollisionManner | None = column("manner", "How the vehicles met.")
    vehicles: list[AccidentVehicle] | None = edge(
        accidents.vehicles_by_accident, "The vehicles, in the order of the report.", via=("number",)
    )
    parties: list[AccidentParty] | None = edge(
        accidents.parties_by_accident,
        "The people, in the order of the report, also those on whose record it is not.",
        via=("number",),
    )


@extend(Person)
class PersonFields:
    accidents: list[Accident] | None = edge(
        accidents.by_driver,
        "The accidents on this driver's record, newest first. One in which another was at fault is not on it: VC 1806.",
        via=("license_state", "license_number"),
        know=RecordClass.ACCIDENT,
    )


@extend(Vehicle)
class VehicleFields:
    accidents: list[Accident] | None = edge(
        accidents.by_vehicle,
        "The accidents of this vehicle, newest first, with any driver at fault.",
        via=("vin",),
        know=RecordClass.ACCIDENT,
    )


ENTITIES = (EntityKey(Accident, "number", accidents.by_number, ACCIDENT.parse),)


@extend(Query)
class QueryFields:
    @record_field(
        by_number(accidents.by_number, "number", ACCIDENT),
        "An accident report by number; null if there is none.",
        RecordClass.ACCIDENT,
    )
    def accident(self, number: Annotated[strawberry.ID, argument("12 digits.")]) -> Accident | None: ...

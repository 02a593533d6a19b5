"""Vehicles: their GraphQL types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from policy.record_classes import RecordClass
from resolvers import persons
from resolvers.codes.vehicle import PlateType, RegistrationStatus, VehicleColor, VehicleMake, VehicleStyle
from schema.common import Residence
from schema.directives import know
from schema.enums import enum
from schema.fields import boolean, column, edge, embedded
from schema.safety import Safety, vehicle_safety
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.persons import Person

enum(PlateType, "PlateType", "The kind of plate.")
enum(RegistrationStatus, "RegistrationStatus", "Whether a registration is valid.")
enum(VehicleMake, "VehicleMake", "Manufacturer.")
enum(VehicleStyle, "VehicleStyle", "Body style.")
enum(VehicleColor, "VehicleColor", "Colour.")


@strawberry.type(description="A vehicle's registration.", directives=know(RecordClass.DMV_RECORD))
class Registration:
    status: RegistrationStatus | None = column("registration_status", "Whether it is valid.")
    expires_on: Date | None = column("registration_expires_on", "Its last day.")


@strawberry.type(
    description="A vehicle in the DMV's and the stolen vehicle system's records.",
    directives=know(RecordClass.DMV_RECORD),
)
class Vehicle:
    vin: strawberry.ID | None = column("vin", "Vehicle identification number, 17 characters.")
    plate: str | None = column("plate", "Licence plate.")
    plate_state: str | None = column("plate_state", "The state that issued the plate.")
    plate_type: PlateType | None = column("plate_type", "The kind of plate.")
    year: int | None = column("year", "Model year.")
    make: VehicleMake | None = column("make", "Manufacturer.")
    model: str | None = column("model", "Model.")
    style: VehicleStyle | None = column("style", "Body style.")
    color: VehicleColor | None = column("color", "Colour.")
    registration: Registration | None = embedded("Its registration.", required_column="registration_status")
    stolen: bool | None = boolean(
        "is_stolen", "Whether it is reported stolen. Confirm with the agency before acting on it."
    )
    owner: Annotated[Person, strawberry.lazy("schema.persons")] | None = edge(
        persons.by_license,
        "The registered owner; null if the registration names no licence.",
        via=("owner_license_state", "owner_license"),
        know=RecordClass.IDENTITY,
    )
    residence: Residence | None = embedded("The address of its registration.", know=RecordClass.DMV_ADDRESS)
    safety: Safety | None = vehicle_safety()

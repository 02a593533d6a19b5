"""Vehicles: their GraphQL types, the edge from their owner, and their root fields."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry import UNSET, argument

from engine.declarations import Arguments, Derived, Edge, Lookup, Row
from policy.record_classes import RecordClass
from resolvers import persons, vehicles
from resolvers.codes.safety import SafetySubject
from resolvers.codes.vehicle import PlateType, RegistrationStatus, VehicleColor, VehicleMake, VehicleStyle
from resolvers.numbers.plate import plate_number
from resolvers.numbers.vin import vin_number
from resolvers.reported_vehicles import is_stolen
from resolvers.safety import Line, SafetyPart, Values
from resolvers.vehicle_search import by_description
from schema.common import Residence
from schema.context import Context
from schema.directives import know
from schema.entities import EntityKey
from schema.enums import enum
from schema.extensions import extend
from schema.fields import column, declared_field, edge, embedded
from schema.persons import Person
from schema.query import Query
from schema.root_fields import (
    DEFAULT_PAGE_SIZE,
    SEARCH_COST,
    After,
    First,
    never_resolved,
    record_field,
    search_edge,
)
from schema.scalars import Date
from schema.subscription import DEFAULT_EVERY_S, Every, Subscription, Until
from schema.vehicle_search import VehicleConnection, VehicleKey, VehicleSearch, plate_key, vehicle_search

OPEN_FIELDS = {"Query": "searchVehicles"}

enum(PlateType, "PlateType", "The kind of plate.")
enum(RegistrationStatus, "RegistrationStatus", "Whether a registration is valid.")
enum(VehicleStyle, "VehicleStyle", "Body style.")


@strawberry.type(description="A vehicle's registration.", directives=know(RecordClass.DMV_RECORD))
class Registration:
    status: RegistrationStatus | None = column("registration_status", "Whether it is valid.")
    expires_on: Date | None = column("registration_expires_on", "Its last day.")


@strawberry.type(
    description="A vehicle in the DMV's records, with the reports on it in the stolen vehicle system.",
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
    stolen: bool | None = declared_field(
        Derived("{ reports { file status state } }", is_stolen),
        "Whether a report in force says that the vehicle or its plate is stolen or was used in a felony. `reports` has"
        " the number and the agency to confirm it with.",
        RecordClass.PROPERTY,
    )
    owner: Person | None = edge(
        persons.by_license,
        "The registered owner; null if the registration names no licence.",
        via=("owner_license_state", "owner_license"),
        know=RecordClass.IDENTITY,
    )
    residence: Residence | None = embedded("The address of its registration.", know=RecordClass.DMV_ADDRESS)


@extend(Person)
class PersonFields:
    vehicles: list[Vehicle] | None = edge(
        vehicles.by_owner,
        "Vehicles registered to this person, newest model first.",
        via=("license_state", "license_number"),
        know=RecordClass.DMV_RECORD,
    )


def vehicle_by_key(_row: Row, arguments: Arguments, _context: Context) -> Lookup:
    """The lookup of one vehicle, by VIN or plate. Raises InvalidSearch."""
    ((name, key),) = arguments["by"].items()
    return vehicles.by_vin.of(vin_number(key)) if name == "vin" else vehicles.by_plate.of(plate_key(key))


def vehicles_by_plate(_row: Row, arguments: Arguments, _context: Context) -> Lookup:
    """The lookup of the vehicles with a plate of one number. Raises: InvalidSearch."""
    return vehicles.by_plate_of_any_state.of(plate_number(arguments["number"]))


def no_lines(_vehicle: Values, _about: SafetySubject) -> tuple[Line, ...]:
    """A registration says nothing to know before approaching."""
    return ()


SAFETY = SafetyPart(Vehicle, "vin", no_lines)
"""The VIN, by which parts of other sources know whether a report is on this vehicle."""


ENTITIES = (EntityKey(Vehicle, "vin", vehicles.by_vin, lambda vin, _name: vin_number(vin)),)


@extend(Subscription)
class SubscriptionFields:
    @record_field(
        Edge((vehicles.by_vin, vehicles.by_plate), vehicle_by_key),
        "A vehicle: an event when anything selected has changed, such as a report that it is stolen.",
        RecordClass.DMV_RECORD,
    )
    def watch_vehicle(
        self,
        by: Annotated[VehicleKey, argument("A VIN or a plate.")],
        every: Every = DEFAULT_EVERY_S,
        until: Until = UNSET,
    ) -> Vehicle | None: ...


@extend(Query)
class QueryFields:
    @record_field(
        Edge((vehicles.by_vin, vehicles.by_plate), vehicle_by_key),
        "A vehicle by VIN or plate; null if there is none.",
        RecordClass.DMV_RECORD,
    )
    def vehicle(self, by: Annotated[VehicleKey, argument("A VIN or a plate.")]) -> Vehicle | None: ...

    @record_field(
        Edge((vehicles.by_plate_of_any_state,), vehicles_by_plate, when_no_key=list),
        "Vehicles whose plate has this number, one for each state that issued it: for a plate whose state nobody read."
        " They are candidates, and at most one is the vehicle that was seen.",
        RecordClass.DMV_RECORD,
    )
    def vehicles_by_plate(
        self, number: Annotated[str, argument("The plate; spaces, hyphens and symbols do not matter.")]
    ) -> list[Vehicle] | None: ...

    @record_field(
        search_edge(by_description, lookup=vehicle_search, search_cost=SEARCH_COST),
        "Search of vehicles by part of a plate or a VIN, or by description, a page at a time.",
    )
    def search_vehicles(
        self,
        by: Annotated[VehicleSearch, argument("The search terms.")],
        first: First = DEFAULT_PAGE_SIZE,
        after: After = UNSET,
    ) -> VehicleConnection:
        never_resolved()

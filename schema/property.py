"""Reports on property: their GraphQL types, the edge from a vehicle, and their root field."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry import argument

from engine.declarations import Arguments, Edge, Lookup, Row
from policy.record_classes import RecordClass
from resolvers import property, vehicles
from resolvers.codes.property import PropertyFile, PropertyStatus, RecoveryCondition
from resolvers.numbers.hull import hull_number
from resolvers.numbers.number_format import PROPERTY_REPORT
from resolvers.numbers.plate import issuer_code, plate_number, stored_plate
from resolvers.numbers.serial import serial_number
from resolvers.numbers.vin import reported_vin
from resolvers.reported_vehicles import stolen_lines
from resolvers.safety import SafetyPart
from schema.context import Context
from schema.directives import OneOf, know
from schema.entered import Entered
from schema.entities import EntityKey
from schema.enums import enum
from schema.extensions import extend
from schema.fields import alternative, boolean, column, declared_field, embedded, embedded_union, optional
from schema.property_items import TYPES, PropertyItem
from schema.query import Query
from schema.root_fields import record_field
from schema.scalars import Date
from schema.vehicles import Vehicle

enum(PropertyFile, "PropertyFile", "The file that a report is in, and so the kind of thing.")
enum(PropertyStatus, "PropertyStatus", "The agency's reason for a report on a thing.")
enum(RecoveryCondition, "RecoveryCondition", "The condition of a thing that was recovered.")


@strawberry.type(
    description="The recovery of a thing. Its report is then no longer in force.", directives=know(RecordClass.PROPERTY)
)
class Recovery:
    on: Date | None = column("recovered_on", "The day of recovery.")
    agency_ori: str | None = column("recovery_agency_ori", "The agency that recovered it.")
    condition: RecoveryCondition | None = column("recovery_condition", "Its condition.")


def _vehicle_of_report(row: Row, _arguments: Arguments, _context: Context) -> Lookup | None:
    if row.get("vin"):
        return vehicles.by_vin.of(row["vin"])
    plate = stored_plate(row)
    return vehicles.by_plate.of(plate) if plate else None


def _reports_of_vehicle(row: Row, _arguments: Arguments, _context: Context) -> Lookup:
    """By the VIN and by the plate, if it has one: one lookup, so that a report on both is there once."""
    return property.by_vehicle.of((row.get("vin"), *(stored_plate(row) or (None, None))))


@strawberry.type(
    description="A report on one thing: stolen, lost, used in a felony, found or held. It does not say whose it is."
    " Confirm it with the agency before acting on it.",
    directives=know(RecordClass.PROPERTY),
)
class PropertyReport(Entered):
    file: PropertyFile | None = column("file", "The file that it is in, and so the kind of thing.")
    status: PropertyStatus | None = column(
        "status", "The agency's reason for the report. It counts only while `state` is ACTIVE or PENDING_CHECK."
    )
    occurred_on: Date | None = column("occurred_on", "The day of the theft, loss or finding.")
    owner_applied_number: str | None = column("owner_applied_number", "A number that the owner engraved.")
    serial: str | None = column("serial", "The maker's number, as it was entered.")
    hold_for_prints: bool | None = boolean("hold_for_prints", "Whether to keep hands off: it is to be fingerprinted.")
    occupants_armed: bool | None = boolean("occupants_armed", "Whether occupants of the vehicle may be armed.")
    recovery: Recovery | None = embedded("Its recovery; null if there was none.", required_column="recovered_on")
    item: PropertyItem | None = embedded_union("The thing.", type_column="file", types=TYPES)
    vehicle: Vehicle | None = declared_field(
        Edge((vehicles.by_vin, vehicles.by_plate), _vehicle_of_report, ("vin", "plate", "plate_state")),
        "The registered vehicle, by its VIN or, of a plate, by plate and state; null if none is registered here.",
        RecordClass.DMV_RECORD,
    )


@extend(Vehicle)
class VehicleFields:
    reports: list[PropertyReport] | None = declared_field(
        Edge(
            (property.by_vehicle,),
            _reports_of_vehicle,
            ("vin", "plate", "plate_state"),
            when_no_key=property.by_vehicle.when_missing,
        ),
        "Reports on this vehicle by its VIN, and on its plate by number and state; newest first, also those that have"
        " ended.",
        RecordClass.PROPERTY,
    )


SAFETY = SafetyPart(
    Vehicle,
    "reports { number file status state occurredOn agencyOri occupantsArmed item { ... on StolenVehicle { vin } } }",
    stolen_lines,
)


@strawberry.input(description="A licence plate of one state or of any.")
class ReportedPlateKey:
    number: str = strawberry.field(description="The plate; spaces, hyphens and symbols do not matter.")
    state: str | None = optional("Two-letter state. Without it: reports on this number in every state.")


@strawberry.input(directives=[OneOf()], description="Key of reports on property: exactly one of these.")
class PropertyKey:
    serial: str | None = alternative(
        "By the maker's number; spaces and punctuation do not matter, and the letter O is the digit 0."
    )
    hin: str | None = alternative(
        "By hull identification number, compared in the same way; US before it may be left out."
    )
    owner_applied: str | None = alternative("By a number that the owner engraved, compared in the same way.")
    number: strawberry.ID | None = alternative("By the report's own number: V, P, B, A or S and nine digits.")
    plate: ReportedPlateKey | None = alternative("By licence plate: of a vehicle, or entered alone.")
    vin: strawberry.ID | None = alternative("By vehicle identification number; its check digit may be wrong.")


def reports_by_key(_row: Row, arguments: Arguments, _context: Context) -> Lookup:
    """The lookup of reports. Raises: InvalidSearch."""
    ((name, key),) = arguments["by"].items()
    match name:
        case "serial":
            return property.by_serial.of(serial_number(key, "serial"))
        case "hin":
            return property.by_hull.of(hull_number(key))
        case "ownerApplied":
            return property.by_owner_applied.of(serial_number(key, "ownerApplied"))
        case "number":
            return property.by_number.of(PROPERTY_REPORT.parse(key, "number"))
        case "vin":
            return property.by_vin.of(reported_vin(key))
    number, state = plate_number(key["number"]), key.get("state")
    if state is None:
        return property.by_plate_of_any_state.of(number)
    return property.by_plate.of((issuer_code(state), number))


ROOT_FETCHES = tuple(
    each for each in property.SPEC.fetches if each not in {property.by_vehicle, property.by_own_number}
)


ENTITIES = (EntityKey(PropertyReport, "number", property.by_own_number, PROPERTY_REPORT.parse),)


@extend(Query)
class QueryFields:
    @record_field(
        Edge(ROOT_FETCHES, reports_by_key, when_no_key=list),
        "Reports on property by a number of the thing or of the report, newest first. Several things may have one"
        " serial number, and several states one plate: compare `item` before acting.",
        RecordClass.PROPERTY,
    )
    def property(self, by: Annotated[PropertyKey, argument("A number.")]) -> list[PropertyReport] | None: ...

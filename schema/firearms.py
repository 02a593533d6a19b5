"""Firearms: their GraphQL types, the edges from a person, and their root field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import strawberry
from strawberry import argument

from engine.declarations import Arguments, Edge, Lookup, Row
from policy.record_classes import RecordClass
from resolvers import firearms, persons
from resolvers.codes.firearm import (
    FirearmCaliber,
    FirearmCategory,
    FirearmMake,
    FirearmReportStatus,
    FirearmTransferKind,
)
from resolvers.codes.safety import SafetyKind, SafetySubject
from resolvers.firearms import by_owner, prohibited_by_license
from resolvers.numbers.number_format import GUN
from resolvers.numbers.serial import serial_number
from resolvers.safety import Line, SafetyPart, Values
from schema.context import Context
from schema.directives import OneOf, know
from schema.entered import Entered
from schema.enums import enum
from schema.extensions import extend
from schema.fields import alternative, column, edge, optional
from schema.persons import Person
from schema.query import Query
from schema.root_fields import record_field
from schema.scalars import Date

enum(FirearmMake, "FirearmMake", "Maker of a firearm.")
enum(FirearmCaliber, "FirearmCaliber", "Calibre of a firearm.")
enum(FirearmCategory, "FirearmCategory", "The kind of firearm.")
enum(FirearmReportStatus, "FirearmReportStatus", "The reason why a firearm is in the national file.")
enum(FirearmTransferKind, "FirearmTransferKind", "The kind of record from which a transfer is known.")


@strawberry.type(description="A report on a firearm in the national file.", directives=know(RecordClass.FIREARM_STATUS))
class FirearmReport(Entered):
    status: FirearmReportStatus | None = column("status", "The reason for the report.")
    occurred_on: Date | None = column("occurred_on", "The day on which it was stolen, lost, found or taken.")


@strawberry.type(
    description="A transfer of a firearm to an owner. Permits to carry are not among them, for any caller.",
    directives=know(RecordClass.FIREARM_OWNERSHIP),
)
class FirearmTransfer:
    kind: FirearmTransferKind | None = column("kind", "The kind of record.")
    transferred_on: Date | None = column("transferred_on", "The day from which this owner had it.")
    owner: Person | None = edge(
        persons.by_license,
        "The person who got it.",
        via=("owner_license_state", "owner_license"),
        know=RecordClass.IDENTITY,
    )


@strawberry.type(description="A firearm.", directives=know(RecordClass.FIREARM_STATUS))
class Firearm:
    id: strawberry.ID | None = column("firearm_id", "Its number in the firearms system: AF and eight digits.")
    serial: str | None = column("serial", "Serial number, as it was entered. Different makers use the same one.")
    make: FirearmMake | None = column("make", "Maker.")
    model: str | None = column("model", "Model.")
    caliber: FirearmCaliber | None = column("caliber", "Calibre, or gauge.")
    category: FirearmCategory | None = column("category", "The kind of firearm.")
    reports: list[FirearmReport] | None = edge(
        firearms.reports_by_firearm,
        "Reports on it, newest first. A hit alone is not probable cause: confirm it with the agency.",
        via=("firearm_id",),
    )
    transfers: list[FirearmTransfer] | None = edge(
        firearms.transfers_by_firearm,
        "Transfers of it, newest first. The first is to its present holder.",
        via=("firearm_id",),
        know=RecordClass.FIREARM_OWNERSHIP,
    )


@extend(Person)
class PersonFields:
    armed_and_prohibited: bool | None = edge(
        prohibited_by_license,
        "Whether the file of prohibited armed persons has this person: has had a firearm, and may have none. False is"
        " an answer of that file; if it does not answer, this is null with an error.",
        via=("license_state", "license_number"),
        know=RecordClass.FIREARM_PROHIBITION,
    )
    firearms: list[Firearm] | None = edge(
        by_owner,
        "Firearms that this person holds, last acquired first, as far as the state knows. There may be others.",
        via=("license_state", "license_number"),
        know=RecordClass.FIREARM_OWNERSHIP,
    )


def safety_lines(person: Values, about: SafetySubject) -> Iterator[Line]:
    """The line of a safety banner about somebody who is armed and prohibited."""
    if person["armedAndProhibited"]:
        yield Line(
            kind=SafetyKind.ARMED_AND_PROHIBITED,
            words="ARMED AND PROHIBITED: MAY HAVE NO FIREARM",
            source=firearms.SOURCE,
            about=about,
        )


SAFETY = SafetyPart(Person, "armedAndProhibited", safety_lines)


@strawberry.input(description="A serial number, and its maker if it is known.")
class FirearmSerial:
    number: str = strawberry.field(
        description="The number as stamped. Spaces and punctuation do not matter, and O counts as 0."
    )
    make: FirearmMake | None = optional("Its maker; without one, firearms of every maker with this number are found.")


@strawberry.input(directives=[OneOf()], description="Key of firearms: exactly one of these.")
class FirearmKey:
    serial: FirearmSerial | None = alternative("By serial number.")
    number: strawberry.ID | None = alternative("By the number of a report on it: G and nine digits.")


def firearms_by_key(_row: Row, arguments: Arguments, _context: Context) -> Lookup:
    """The lookup of firearms, by serial number or by a report. Raises InvalidSearch."""
    ((name, key),) = arguments["by"].items()
    if name == "number":
        return firearms.by_report.of(GUN.parse(key, "number"))
    number, make = serial_number(key["number"]), key.get("make")
    if make is None:
        return firearms.by_serial.of(number)
    return firearms.by_serial_and_make.of((make.value, number))


@extend(Query)
class QueryFields:
    @record_field(
        Edge((firearms.by_serial, firearms.by_serial_and_make, firearms.by_report), firearms_by_key),
        "Firearms by serial number, or by the number of a report. Makers use the same serial numbers, so there may be"
        " several: compare make and calibre with the one in hand.",
        RecordClass.FIREARM_STATUS,
    )
    def firearm(
        self, by: Annotated[FirearmKey, argument("A serial number or a report's number.")]
    ) -> list[Firearm] | None: ...

# mypy: disable-error-code="valid-type, call-overload"
"""Strawberry types of the benchmark that lead to no other rows; `from_row` builds each from a row."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Any, NewType

import strawberry
from graphql import EnumTypeDefinitionNode, parse

from bench.peers.files import Row
from bench.peers.statements import full_name, standing

SDL = parse(Path(__file__).with_name("schema.graphql").read_text())
ENUMS: dict[str, Any] = {
    node.name.value: strawberry.enum(Enum(node.name.value, [(value.name.value,) * 2 for value in node.values]))
    for node in SDL.definitions
    if isinstance(node, EnumTypeDefinitionNode)
}
MatchReason = ENUMS["MatchReason"]
Sex = ENUMS["Sex"]
Race = ENUMS["Race"]
LicenseClass = ENUMS["LicenseClass"]
LicenseStatus = ENUMS["LicenseStatus"]
VehicleMake = ENUMS["VehicleMake"]
VehicleColor = ENUMS["VehicleColor"]
RegistrationStatus = ENUMS["RegistrationStatus"]
WarrantCategory = ENUMS["WarrantCategory"]
WarrantStatus = ENUMS["WarrantStatus"]
OrderKind = ENUMS["OrderKind"]
OrderStatus = ENUMS["OrderStatus"]
CycleStatus = ENUMS["CycleStatus"]
ChargeSeverity = ENUMS["ChargeSeverity"]
ChargeStanding = ENUMS["ChargeStanding"]
DispositionKind = ENUMS["DispositionKind"]
SentenceKind = ENUMS["SentenceKind"]
SupervisionKind = ENUMS["SupervisionKind"]
SupervisionStatus = ENUMS["SupervisionStatus"]

Date = NewType("Date", str)
DATE = strawberry.scalar(name="Date", serialize=lambda value: value, parse_value=lambda value: value)


def optional(kind: Any, value: str | None) -> Any:
    return None if value is None else kind(value)


@strawberry.type
class PersonName:
    given: str | None
    middle: str | None
    surname: str | None
    suffix: str | None

    @strawberry.field
    def full(self) -> str | None:
        return full_name(self.given, self.middle, self.surname, self.suffix)

    @classmethod
    def from_row(cls, row: Row) -> PersonName:
        return cls(given=row["given"], middle=row["middle"], surname=row["surname"], suffix=row["suffix"])


@strawberry.type
class DriverLicense:
    number: str | None
    state: str | None
    license_class: LicenseClass | None = strawberry.field(name="class")
    status: LicenseStatus | None
    expires_on: Date | None

    @classmethod
    def from_row(cls, row: Row) -> DriverLicense | None:
        if row["license_number"] is None:
            return None
        return cls(
            number=row["license_number"],
            state=row["license_state"],
            license_class=optional(LicenseClass, row["license_class"]),
            status=optional(LicenseStatus, row["license_status"]),
            expires_on=row["license_expires_on"],
        )


@strawberry.type
class Residence:
    street: str | None
    city: str | None
    state: str | None
    postal_code: str | None
    confidential: bool | None

    @classmethod
    def from_row(cls, row: Row) -> Residence:
        return cls(
            street=row["street"],
            city=row["city"],
            state=row["state"],
            postal_code=row["postal_code"],
            confidential=bool(row["is_confidential"]),
        )


@strawberry.type
class Court:
    ori: str | None
    name: str | None

    @classmethod
    def from_row(cls, row: Row) -> Court | None:
        return None if row["court_ori"] is None else cls(ori=row["court_ori"], name=row["court_name"])


@strawberry.type
class Registration:
    status: RegistrationStatus | None
    expires_on: Date | None


@strawberry.type
class Warrant:
    number: strawberry.ID | None
    category: WarrantCategory | None
    status: WarrantStatus | None
    issued_on: Date | None
    court: Court | None
    offense: str | None
    bail_cents: int | None

    @classmethod
    def from_row(cls, row: Row) -> Warrant:
        return cls(
            number=row["number"],
            category=optional(WarrantCategory, row["category"]),
            status=optional(WarrantStatus, row["status"]),
            issued_on=row["issued_on"],
            court=Court.from_row(row),
            offense=row["offense"],
            bail_cents=row["bail_cents"],
        )


@strawberry.type
class ProtectedParty:
    name: PersonName | None
    residence: Residence | None
    phone: str | None

    @classmethod
    def from_row(cls, row: Row) -> ProtectedParty:
        return cls(name=PersonName.from_row(row), residence=Residence.from_row(row), phone=row["phone"])


@strawberry.type
class Disposition:
    kind: DispositionKind | None
    decided_on: Date | None
    court: Court | None


@strawberry.type
class Sentence:
    kind: SentenceKind | None
    days: int | None


@strawberry.type
class Charge:
    code: str | None
    offense: str | None
    severity: ChargeSeverity | None
    standing: ChargeStanding | None
    disposition: Disposition | None
    sentence: Sentence | None

    @classmethod
    def from_row(cls, row: Row) -> Charge:
        kind, sentence = row["disposition_kind"], row["sentence_kind"]
        return cls(
            code=row["code"],
            offense=row["offense"],
            severity=optional(ChargeSeverity, row["severity"]),
            standing=ChargeStanding(standing(kind)),
            disposition=Disposition(kind=DispositionKind(kind), decided_on=row["decided_on"], court=Court.from_row(row))
            if kind
            else None,
            sentence=Sentence(kind=SentenceKind(sentence), days=row["sentence_days"]) if sentence else None,
        )


@strawberry.type
class Supervision:
    kind: SupervisionKind | None
    status: SupervisionStatus | None
    starts_on: Date | None
    ends_on: Date | None

    @classmethod
    def from_row(cls, row: Row) -> Supervision | None:
        if row["supervision_kind"] is None:
            return None
        return cls(
            kind=SupervisionKind(row["supervision_kind"]),
            status=optional(SupervisionStatus, row["supervision_status"]),
            starts_on=row["supervision_starts_on"],
            ends_on=row["supervision_ends_on"],
        )


@strawberry.input
class NameSearchInput:
    surname: str
    given: str | None = None


@strawberry.input(one_of=True)
class PersonSearch:
    name: NameSearchInput | None = strawberry.UNSET


@strawberry.input
class PlateKey:
    number: str
    state: str = "CA"


@strawberry.input(one_of=True)
class VehicleKey:
    plate: PlateKey | None = strawberry.UNSET

# mypy: disable-error-code="valid-type, call-overload"
"""Strawberry as usual, code first, with its own DataLoader: https://strawberry.rocks/docs/guides/dataloaders.

`of` builds objects from rows; fields that lead to other rows are resolvers with a loader.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum
from pathlib import Path
from typing import Any, NewType

import strawberry
from graphql import EnumTypeDefinitionNode, parse
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig

from bench.peers.files import Files, Row
from bench.peers.statements import full_name, standing, why
from resolvers.names import normalized, phonetic_code

SDL = parse(Path(__file__).with_name("schema.graphql").read_text())
ENUMS: dict[str, Any] = {
    node.name.value: strawberry.enum(Enum(node.name.value, [(each.name.value,) * 2 for each in node.values]))
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
Info = strawberry.Info[dict[str, Any], None]


def maybe(kind: Any, value: str | None) -> Any:
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
    def of(cls, row: Row) -> PersonName:
        return cls(given=row["given"], middle=row["middle"], surname=row["surname"], suffix=row["suffix"])


@strawberry.type
class DriverLicense:
    number: str | None
    state: str | None
    license_class: LicenseClass | None = strawberry.field(name="class")
    status: LicenseStatus | None
    expires_on: Date | None

    @classmethod
    def of(cls, row: Row) -> DriverLicense | None:
        if row["license_number"] is None:
            return None
        return cls(
            number=row["license_number"],
            state=row["license_state"],
            license_class=maybe(LicenseClass, row["license_class"]),
            status=maybe(LicenseStatus, row["license_status"]),
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
    def of(cls, row: Row) -> Residence:
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
    def of(cls, row: Row) -> Court | None:
        return None if row["court_ori"] is None else cls(ori=row["court_ori"], name=row["court_name"])


@strawberry.type
class Registration:
    status: RegistrationStatus | None
    expires_on: Date | None


@strawberry.type
class Vehicle:
    vin: strawberry.ID | None
    plate: str | None
    plate_state: str | None
    year: int | None
    make: VehicleMake | None
    model: str | None
    color: VehicleColor | None
    registration: Registration | None
    stolen: bool | None
    owner_key: strawberry.Private[tuple[str, str] | None]

    @strawberry.field
    async def owner(self, info: Info) -> Person | None:
        row = await info.context["persons_by_license"].load(self.owner_key) if self.owner_key else None
        return Person.of(row) if row else None

    @classmethod
    def of(cls, row: Row) -> Vehicle:
        return cls(
            vin=row["vin"],
            plate=row["plate"],
            plate_state=row["plate_state"],
            year=row["year"],
            make=maybe(VehicleMake, row["make"]),
            model=row["model"],
            color=maybe(VehicleColor, row["color"]),
            registration=Registration(
                status=maybe(RegistrationStatus, row["registration_status"]), expires_on=row["registration_expires_on"]
            ),
            stolen=bool(row["is_stolen"]),
            owner_key=(row["owner_license_state"], row["owner_license"]) if row["owner_license"] else None,
        )


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
    def of(cls, row: Row) -> Warrant:
        return cls(
            number=row["number"],
            category=maybe(WarrantCategory, row["category"]),
            status=maybe(WarrantStatus, row["status"]),
            issued_on=row["issued_on"],
            court=Court.of(row),
            offense=row["offense"],
            bail_cents=row["bail_cents"],
        )


@strawberry.type
class ProtectedParty:
    name: PersonName | None
    residence: Residence | None
    phone: str | None

    @classmethod
    def of(cls, row: Row) -> ProtectedParty:
        return cls(name=PersonName.of(row), residence=Residence.of(row), phone=row["phone"])


@strawberry.type
class ProtectiveOrder:
    number: strawberry.ID | None
    kind: OrderKind | None
    status: OrderStatus | None
    issued_on: Date | None
    expires_on: Date | None
    court: Court | None
    firearms_prohibited: bool | None
    served: bool | None

    @strawberry.field
    async def protected_parties(self, info: Info) -> list[ProtectedParty] | None:
        return [ProtectedParty.of(row) for row in await info.context["parties_by_order"].load(self.number)]

    @classmethod
    def of(cls, row: Row) -> ProtectiveOrder:
        return cls(
            number=row["number"],
            kind=maybe(OrderKind, row["kind"]),
            status=maybe(OrderStatus, row["status"]),
            issued_on=row["issued_on"],
            expires_on=row["expires_on"],
            court=Court.of(row),
            firearms_prohibited=bool(row["firearms_prohibited"]),
            served=bool(row["served"]),
        )


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
    def of(cls, row: Row) -> Charge:
        kind, sentence = row["disposition_kind"], row["sentence_kind"]
        return cls(
            code=row["code"],
            offense=row["offense"],
            severity=maybe(ChargeSeverity, row["severity"]),
            standing=ChargeStanding(standing(kind)),
            disposition=Disposition(kind=DispositionKind(kind), decided_on=row["decided_on"], court=Court.of(row))
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
    def of(cls, row: Row) -> Supervision | None:
        if row["supervision_kind"] is None:
            return None
        return cls(
            kind=SupervisionKind(row["supervision_kind"]),
            status=maybe(SupervisionStatus, row["supervision_status"]),
            starts_on=row["supervision_starts_on"],
            ends_on=row["supervision_ends_on"],
        )


@strawberry.type
class Cycle:
    id: strawberry.Private[int]
    arrested_on: Date | None
    agency_ori: str | None
    booking_number: str | None
    status: CycleStatus | None
    supervision: Supervision | None

    @strawberry.field
    async def charges(self, info: Info) -> list[Charge] | None:
        return [Charge.of(row) for row in await info.context["charges_by_cycle"].load(self.id)]

    @classmethod
    def of(cls, row: Row) -> Cycle:
        return cls(
            id=row["id"],
            arrested_on=row["arrested_on"],
            agency_ori=row["agency_ori"],
            booking_number=row["booking_number"],
            status=maybe(CycleStatus, row["status"]),
            supervision=Supervision.of(row),
        )


@strawberry.type
class CriminalHistory:
    cii_number: strawberry.ID | None
    fbi_number: strawberry.ID | None

    @strawberry.field
    async def cycles(self, info: Info) -> list[Cycle] | None:
        return [Cycle.of(row) for row in await info.context["cycles_by_cii"].load(self.cii_number)]


@strawberry.type
class Person:
    id: strawberry.ID | None
    name: PersonName | None
    birth_date: Date | None
    sex: Sex | None
    race: Race | None
    height_inches: int | None
    weight_pounds: int | None
    ssn: str | None
    driver_license: DriverLicense | None
    residence: Residence | None
    license_key: strawberry.Private[tuple[str, str] | None]
    cii_number: strawberry.Private[str | None]
    fbi_number: strawberry.Private[str | None]
    carpos_number: strawberry.Private[str | None]

    @strawberry.field
    async def vehicles(self, info: Info) -> list[Vehicle] | None:
        rows = await info.context["vehicles_by_owner"].load(self.license_key) if self.license_key else []
        return [Vehicle.of(row) for row in rows]

    @strawberry.field
    async def warrants(self, info: Info) -> list[Warrant] | None:
        rows = await info.context["warrants_by_fbi"].load(self.fbi_number) if self.fbi_number else []
        return [Warrant.of(row) for row in rows]

    @strawberry.field
    async def protective_orders(self, info: Info) -> list[ProtectiveOrder] | None:
        rows = await info.context["orders_by_carpos"].load(self.carpos_number) if self.carpos_number else []
        return [ProtectiveOrder.of(row) for row in rows]

    @strawberry.field
    async def criminal_history(self, info: Info) -> CriminalHistory | None:
        row = await info.context["subjects_by_cii"].load(self.cii_number) if self.cii_number else None
        return CriminalHistory(cii_number=row["cii_number"], fbi_number=row["fbi_number"]) if row else None

    @classmethod
    def of(cls, row: Row) -> Person:
        return cls(
            id=row["id"],
            name=PersonName.of(row),
            birth_date=row["birth_date"],
            sex=maybe(Sex, row["sex"]),
            race=maybe(Race, row["race"]),
            height_inches=row["height_inches"],
            weight_pounds=row["weight_pounds"],
            ssn=row["ssn"],
            driver_license=DriverLicense.of(row),
            residence=Residence.of(row),
            license_key=(row["license_state"], row["license_number"]) if row["license_number"] else None,
            cii_number=row["cii_number"],
            fbi_number=row["fbi_number"],
            carpos_number=row["carpos_number"],
        )


@strawberry.type
class PersonEdge:
    node: Person | None
    score: int | None
    why: list[MatchReason] | None


@strawberry.type
class PersonConnection:
    edges: list[PersonEdge] | None
    total: int | None


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


@strawberry.type
class Query:
    @strawberry.field
    async def persons(self, info: Info, ids: list[strawberry.ID]) -> list[Person | None]:
        return [Person.of(row) if row else None for row in await info.context["persons_by_id"].load_many(ids)]

    @strawberry.field
    async def search_persons(self, info: Info, by: PersonSearch, first: int | None = 20) -> PersonConnection:
        asked = by.name
        assert asked
        found = await info.context["files"].rows(
            "persons_by_name",
            surname_letters=normalized(asked.surname),
            surname_sound=phonetic_code(asked.surname),
            given_letters=normalized(asked.given or ""),
            given_sound=phonetic_code(asked.given or ""),
            first=first,
        )
        edges = [
            PersonEdge(node=Person.of(row), score=row["score"], why=[MatchReason(each) for each in why(row["reasons"])])
            for row in found
        ]
        return PersonConnection(edges=edges, total=found[0]["total"] if found else 0)

    @strawberry.field
    async def vehicle(self, info: Info, by: VehicleKey) -> Vehicle | None:
        assert by.plate
        for row in await info.context["files"].rows("vehicle_by_plate", state=by.plate.state, number=by.plate.number):
            return Vehicle.of(row)
        return None


def create(data: Path, *extensions: type[SchemaExtension]) -> Starlette:
    files = Files(data)

    class App(GraphQL[dict[str, Any], None]):
        async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
            return {
                "request": request,
                "response": response,
                "files": files,
                "persons_by_id": DataLoader(files.one("persons_by_id", "id")),
                "persons_by_license": DataLoader(files.one("persons_by_license", "license_state", "license_number")),
                "vehicles_by_owner": DataLoader(
                    files.many("vehicles_by_owner", "owner_license_state", "owner_license")
                ),
                "warrants_by_fbi": DataLoader(files.many("warrants_by_fbi", "subject_fbi")),
                "orders_by_carpos": DataLoader(files.many("orders_by_carpos", "restrained_carpos")),
                "parties_by_order": DataLoader(files.many("parties_by_order", "order_number")),
                "subjects_by_cii": DataLoader(files.one("subjects_by_cii", "cii_number")),
                "cycles_by_cii": DataLoader(files.many("cycles_by_cii", "cii_number")),
                "charges_by_cycle": DataLoader(files.many("charges_by_cycle", "cycle")),
            }

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await files.open()
        yield
        await files.close()

    schema = strawberry.Schema(
        query=Query, config=StrawberryConfig(scalar_map={Date: DATE}), extensions=list(extensions)
    )
    return Starlette(routes=[Route("/graphql", App(schema))], lifespan=lifespan)

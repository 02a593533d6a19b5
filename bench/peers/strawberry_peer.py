# mypy: disable-error-code="valid-type, call-overload"
"""Strawberry as usual, code first, with its own DataLoader: https://strawberry.rocks/docs/guides/dataloaders.

Fields that lead to other rows are resolvers with a loader.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import strawberry
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig

from bench.peers.files import Files, Row
from bench.peers.strawberry_types import (
    DATE,
    Charge,
    Court,
    CycleStatus,
    Date,
    DriverLicense,
    MatchReason,
    OrderKind,
    OrderStatus,
    PersonName,
    PersonSearch,
    ProtectedParty,
    Race,
    Registration,
    RegistrationStatus,
    Residence,
    Sex,
    Supervision,
    VehicleColor,
    VehicleKey,
    VehicleMake,
    Warrant,
    optional,
)
from resolvers.name_score import reasons_of

Info = strawberry.Info[dict[str, Any], None]


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
    owner_key: strawberry.Private[tuple[str, str] | None]

    @strawberry.field
    async def owner(self, info: Info) -> Person | None:
        row = await info.context["persons_by_license"].load(self.owner_key) if self.owner_key else None
        return Person.from_row(row) if row else None

    @classmethod
    def from_row(cls, row: Row) -> Vehicle:
        return cls(
            vin=row["vin"],
            plate=row["plate"],
            plate_state=row["plate_state"],
            year=row["year"],
            make=optional(VehicleMake, row["make"]),
            model=row["model"],
            color=optional(VehicleColor, row["color"]),
            registration=Registration(
                status=optional(RegistrationStatus, row["registration_status"]),
                expires_on=row["registration_expires_on"],
            ),
            owner_key=(row["owner_license_state"], row["owner_license"]) if row["owner_license"] else None,
        )


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
        return [ProtectedParty.from_row(row) for row in await info.context["parties_by_order"].load(self.number)]

    @classmethod
    def from_row(cls, row: Row) -> ProtectiveOrder:
        return cls(
            number=row["number"],
            kind=optional(OrderKind, row["kind"]),
            status=optional(OrderStatus, row["status"]),
            issued_on=row["issued_on"],
            expires_on=row["expires_on"],
            court=Court.from_row(row),
            firearms_prohibited=optional(bool, row["firearms_prohibited"]),
            served=bool(row["served"]),
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
        return [Charge.from_row(row) for row in await info.context["charges_by_cycle"].load(self.id)]

    @classmethod
    def from_row(cls, row: Row) -> Cycle:
        return cls(
            id=row["id"],
            arrested_on=row["arrested_on"],
            agency_ori=row["agency_ori"],
            booking_number=row["booking_number"],
            status=optional(CycleStatus, row["status"]),
            supervision=Supervision.from_row(row),
        )


@strawberry.type
class CriminalHistory:
    cii_number: strawberry.ID | None
    fbi_number: strawberry.ID | None

    @strawberry.field
    async def cycles(self, info: Info) -> list[Cycle] | None:
        return [Cycle.from_row(row) for row in await info.context["cycles_by_cii"].load(self.cii_number)]


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
        return [Vehicle.from_row(row) for row in rows]

    @strawberry.field
    async def warrants(self, info: Info) -> list[Warrant] | None:
        rows = await info.context["warrants_by_fbi"].load(self.fbi_number) if self.fbi_number else []
        return [Warrant.from_row(row) for row in rows]

    @strawberry.field
    async def protective_orders(self, info: Info) -> list[ProtectiveOrder] | None:
        rows = await info.context["orders_by_carpos"].load(self.carpos_number) if self.carpos_number else []
        return [ProtectiveOrder.from_row(row) for row in rows]

    @strawberry.field
    async def criminal_history(self, info: Info) -> CriminalHistory | None:
        row = await info.context["subjects_by_cii"].load(self.cii_number) if self.cii_number else None
        return CriminalHistory(cii_number=row["cii_number"], fbi_number=row["fbi_number"]) if row else None

    @classmethod
    def from_row(cls, row: Row) -> Person:
        return cls(
            id=row["id"],
            name=PersonName.from_row(row),
            birth_date=row["birth_date"],
            sex=optional(Sex, row["sex"]),
            race=optional(Race, row["race"]),
            height_inches=row["height_inches"],
            weight_pounds=row["weight_pounds"],
            ssn=row["ssn"],
            driver_license=DriverLicense.from_row(row),
            residence=Residence.from_row(row),
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


@strawberry.type
class Query:
    @strawberry.field
    async def persons(self, info: Info, ids: list[strawberry.ID]) -> list[Person | None]:
        return [Person.from_row(row) if row else None for row in await info.context["persons_by_id"].load_many(ids)]

    @strawberry.field
    async def search_persons(self, info: Info, by: PersonSearch, first: int | None = 20) -> PersonConnection:
        assert by.name
        rows = await info.context["files"].rows(
            "persons_by_name", surname=by.name.surname, given=by.name.given or "", first=first
        )
        edges = [
            PersonEdge(
                node=Person.from_row(row),
                score=row["score"],
                why=[MatchReason(reason) for reason in reasons_of(row["reasons"])],
            )
            for row in rows
        ]
        return PersonConnection(edges=edges, total=rows[0]["total"] if rows else 0)

    @strawberry.field
    async def vehicle(self, info: Info, by: VehicleKey) -> Vehicle | None:
        assert by.plate
        for row in await info.context["files"].rows("vehicle_by_plate", state=by.plate.state, number=by.plate.number):
            return Vehicle.from_row(row)
        return None


def create(data: Path, *extensions: type[SchemaExtension]) -> Starlette:
    files = Files(data)

    class App(GraphQL[dict[str, Any], None]):
        async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
            return {"request": request, "response": response, "files": files, **files.loaders(DataLoader)}

    schema = strawberry.Schema(
        query=Query, config=StrawberryConfig(scalar_map={Date: DATE}), extensions=list(extensions)
    )
    return Starlette(routes=[Route("/graphql", App(schema))], lifespan=files.lifespan)

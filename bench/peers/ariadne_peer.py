"""Ariadne, schema first, with aiodataloader: https://ariadnegraphql.org/docs/dataloaders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiodataloader import DataLoader
from ariadne import ObjectType, QueryType, load_schema_from_path, make_executable_schema
from ariadne.asgi import GraphQL
from starlette.applications import Starlette
from starlette.routing import Route

from bench.peers.files import Files, Row
from bench.peers.statements import full_name, standing
from resolvers.name_score import reasons_of

query = QueryType()
edge = ObjectType("PersonEdge")
person = ObjectType("Person")
name = ObjectType("PersonName")
license_ = ObjectType("DriverLicense")
residence = ObjectType("Residence")
vehicle = ObjectType("Vehicle")
registration = ObjectType("Registration")
court = ObjectType("Court")
warrant = ObjectType("Warrant")
order = ObjectType("ProtectiveOrder")
party = ObjectType("ProtectedParty")
history = ObjectType("CriminalHistory")
cycle = ObjectType("Cycle")
charge = ObjectType("Charge")
disposition = ObjectType("Disposition")
sentence = ObjectType("Sentence")
supervision = ObjectType("Supervision")
TYPES = [
    *(query, edge, person, name, license_, residence, vehicle, registration, court, warrant, order, party, history),
    *(cycle, charge, disposition, sentence, supervision),
]


def columns(object_type: ObjectType, **fields: str) -> None:
    """Resolvers for columns: a row is not a mapping, so Ariadne's default resolver cannot read it."""
    for field, column in fields.items():
        object_type.set_field(field, lambda row, _info, column=column: row[column])


columns(person, id="id", birthDate="birth_date", sex="sex", race="race", ssn="ssn")
columns(person, heightInches="height_inches", weightPounds="weight_pounds")
columns(name, given="given", middle="middle", surname="surname", suffix="suffix")
columns(license_, number="license_number", state="license_state", status="license_status")
columns(license_, expiresOn="license_expires_on", **{"class": "license_class"})
columns(residence, street="street", city="city", state="state", postalCode="postal_code")
columns(vehicle, vin="vin", plate="plate", plateState="plate_state", year="year", make="make", model="model")
columns(vehicle, color="color")
columns(registration, status="registration_status", expiresOn="registration_expires_on")
columns(court, ori="court_ori", name="court_name")
columns(warrant, number="number", category="category", status="status", issuedOn="issued_on", offense="offense")
columns(warrant, bailCents="bail_cents")
columns(order, number="number", kind="kind", status="status", issuedOn="issued_on", expiresOn="expires_on")
columns(party, phone="phone")
columns(history, ciiNumber="cii_number", fbiNumber="fbi_number")
columns(cycle, arrestedOn="arrested_on", agencyOri="agency_ori", bookingNumber="booking_number", status="status")
columns(charge, code="code", offense="offense", severity="severity")
columns(disposition, kind="disposition_kind", decidedOn="decided_on")
columns(sentence, kind="sentence_kind", days="sentence_days")
columns(supervision, kind="supervision_kind", status="supervision_status", startsOn="supervision_starts_on")
columns(supervision, endsOn="supervision_ends_on")


@query.field("persons")
async def persons(_root: None, info: Any, ids: list[str]) -> list[Row | None]:
    rows: list[Row | None] = await info.context["persons_by_id"].load_many(ids)
    return rows


@query.field("searchPersons")
async def search_persons(_root: None, info: Any, by: dict[str, Any], first: int) -> dict[str, Any]:
    rows = await info.context["files"].rows("persons_by_name", first=first, **by["name"])
    return {"edges": rows, "total": rows[0]["total"] if rows else 0}


@query.field("vehicle")
async def vehicle_by_plate(_root: None, info: Any, by: dict[str, Any]) -> Any:
    for row in await info.context["files"].rows("vehicle_by_plate", **by["plate"]):
        return row
    return None


@edge.field("node")
@person.field("name")
@person.field("residence")
@party.field("name")
@party.field("residence")
@vehicle.field("registration")
def same_row(row: Row, _info: Any) -> Row:
    return row


columns(edge, score="score")


@edge.field("why")
def reasons(row: Row, _info: Any) -> list[str]:
    return reasons_of(row["reasons"])


@name.field("full")
def full(row: Row, _info: Any) -> str | None:
    return full_name(row["given"], row["middle"], row["surname"], row["suffix"])


@residence.field("confidential")
def confidential(row: Row, _info: Any) -> bool:
    return bool(row["is_confidential"])


@person.field("driverLicense")
def driver_license(row: Row, _info: Any) -> Row | None:
    return row if row["license_number"] is not None else None


@person.field("vehicles")
async def vehicles(row: Row, info: Any) -> Any:
    if row["license_number"] is None:
        return []
    return await info.context["vehicles_by_owner"].load((row["license_state"], row["license_number"]))


@person.field("warrants")
async def warrants(row: Row, info: Any) -> Any:
    return await info.context["warrants_by_fbi"].load(row["fbi_number"]) if row["fbi_number"] is not None else []


@person.field("protectiveOrders")
async def orders(row: Row, info: Any) -> Any:
    return await info.context["orders_by_carpos"].load(row["carpos_number"]) if row["carpos_number"] is not None else []


@person.field("criminalHistory")
async def criminal_history(row: Row, info: Any) -> Any:
    return await info.context["subjects_by_cii"].load(row["cii_number"]) if row["cii_number"] is not None else None


@vehicle.field("owner")
async def owner(row: Row, info: Any) -> Any:
    if row["owner_license"] is None:
        return None
    return await info.context["persons_by_license"].load((row["owner_license_state"], row["owner_license"]))


@warrant.field("court")
@order.field("court")
@disposition.field("court")
def court_of(row: Row, _info: Any) -> Row | None:
    return row if row["court_ori"] is not None else None


@order.field("firearmsProhibited")
def firearms_prohibited(row: Row, _info: Any) -> bool | None:
    return None if row["firearms_prohibited"] is None else bool(row["firearms_prohibited"])


@order.field("served")
def served(row: Row, _info: Any) -> bool:
    return bool(row["served"])


@order.field("protectedParties")
async def protected_parties(row: Row, info: Any) -> Any:
    return await info.context["parties_by_order"].load(row["number"])


@history.field("cycles")
async def cycles(row: Row, info: Any) -> Any:
    return await info.context["cycles_by_cii"].load(row["cii_number"])


@cycle.field("charges")
async def charges(row: Row, info: Any) -> Any:
    return await info.context["charges_by_cycle"].load(row["id"])


@cycle.field("supervision")
def supervision_of(row: Row, _info: Any) -> Row | None:
    return row if row["supervision_kind"] is not None else None


@charge.field("standing")
def standing_of(row: Row, _info: Any) -> str:
    return standing(row["disposition_kind"])


@charge.field("disposition")
def disposition_of(row: Row, _info: Any) -> Row | None:
    return row if row["disposition_kind"] is not None else None


@charge.field("sentence")
def sentence_of(row: Row, _info: Any) -> Row | None:
    return row if row["sentence_kind"] is not None else None


def create(data: Path) -> Starlette:
    files = Files(data)
    schema = make_executable_schema(load_schema_from_path(str(Path(__file__).with_name("schema.graphql"))), *TYPES)

    def context(request: Any, _data: Any = None) -> dict[str, Any]:
        return {"request": request, "files": files, **files.loaders(DataLoader)}

    return Starlette(routes=[Route("/graphql", GraphQL(schema, context_value=context))], lifespan=files.lifespan)

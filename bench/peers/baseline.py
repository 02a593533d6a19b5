"""Baseline: the benchmark's workloads served by hand-written code without GraphQL.

sqlite3 runs in the event loop, which a production server cannot afford, and each response is built from rows in one
pass. Any other operation gets no data.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.peers.statements import CACHE, SOURCES, STATEMENTS, full_name, standing
from resolvers.name_score import reasons_of

Row = dict[str, Any]
Rows = Callable[..., list[Any]]


def create(folder: Path) -> Starlette:
    rows = open_rows(folder)

    async def graphql(request: Request) -> Response:
        variables = orjson.loads(await request.body())["variables"]
        return Response(orjson.dumps({"data": answer(rows, variables)}), media_type="application/json")

    return Starlette(routes=[Route("/graphql", graphql, methods=["POST"])])


def open_rows(folder: Path) -> Rows:
    """A function of a statement's name and parameters that returns its rows."""
    connections = {
        source: sqlite3.connect(f"{(folder / source).absolute().as_uri()}.db?mode=ro", uri=True) for source in SOURCES
    }

    for connection in connections.values():
        connection.execute(CACHE)

    def rows(name: str, **parameters: Any) -> list[Any]:
        source, sql = STATEMENTS[name]
        return connections[source].execute(sql, parameters).fetchall()

    return rows


def answer(rows: Rows, variables: Row) -> Row:
    """The data of one of the workloads, which its variables tell apart."""
    if "ids" in variables:
        return {"persons": everything(rows, variables["ids"])}
    if "surname" in variables:
        return {"searchPersons": by_name(rows, variables["surname"], variables["given"])}
    return {"vehicle": by_plate(rows, variables["number"])}


def everything(rows: Rows, ids: list[str]) -> list[Row | None]:
    people = {row[0]: row for row in rows("persons_by_id", keys=keys(ids))}
    vehicles = grouped(
        rows("vehicles_by_owner", keys=keys((row[12], row[11]) for row in people.values() if row[11])), 10, 9
    )
    warrants = grouped(rows("warrants_by_fbi", keys=keys(row[17] for row in people.values() if row[17])), 8)
    orders = grouped(rows("orders_by_carpos", keys=keys(row[18] for row in people.values() if row[18])), 9)
    parties = grouped(rows("parties_by_order", keys=keys(order[0] for group in orders.values() for order in group)), 0)
    ciis = keys(row[16] for row in people.values() if row[16])
    histories = {row[0] for row in rows("subjects_by_cii", keys=ciis)}
    cycles = grouped(rows("cycles_by_cii", keys=ciis), 1)
    charges = grouped(rows("charges_by_cycle", keys=keys(cycle[0] for group in cycles.values() for cycle in group)), 0)

    def with_everything(row: Any) -> Row:
        return {
            **person(row),
            "ssn": row[10],
            "driverLicense": None
            if row[11] is None
            else {"number": row[11], "state": row[12], "class": row[13], "status": row[14], "expiresOn": row[15]},
            "residence": residence(row),
            "vehicles": [vehicle(owned) for owned in vehicles[row[12], row[11]]],
            "warrants": [warrant(each, {"ori": each[4], "name": each[5]}) for each in warrants[row[17]]],
            "protectiveOrders": [order(each, parties[each[0]]) for each in orders[row[18]]],
            "criminalHistory": {
                "ciiNumber": row[16],
                "cycles": [cycle(each, charges[each[0]]) for each in cycles[row[16]]],
            }
            if row[16] in histories
            else None,
        }

    return [with_everything(people[id]) if id in people else None for id in ids]


def by_name(rows: Rows, surname: str, given: str) -> Row:
    hits = rows("persons_by_name", surname=surname, given=given, first=20)
    edges = [{"score": score, "why": reasons_of(reasons), "node": person(row)} for _, score, reasons, *row in hits]
    return {"total": hits[0][0] if hits else 0, "edges": edges}


def by_plate(rows: Rows, plate: str) -> Row | None:
    for car in rows("vehicle_by_plate", state="CA", number=plate):
        owner = None
        for row in rows("persons_by_license", keys=keys([(car[10], car[9])])) if car[9] else ():
            warrants = rows("warrants_by_fbi", keys=keys([row[17]])) if row[17] else []
            owner = {
                **{name: value for name, value in person(row).items() if name not in {"heightInches", "weightPounds"}},
                "residence": residence(row),
                "warrants": [warrant(each, {"name": each[5]}) for each in warrants],
            }
        return {**vehicle(car), "owner": owner}
    return None


def person(row: Sequence[Any]) -> Row:
    return {
        "id": row[0],
        "name": {"full": full_name(*row[1:5])},
        "birthDate": row[5],
        "sex": row[6],
        "race": row[7],
        "heightInches": row[8],
        "weightPounds": row[9],
    }


def residence(row: Sequence[Any]) -> Row:
    return {
        "street": row[19],
        "city": row[20],
        "state": row[21],
        "postalCode": row[22],
        "confidential": bool(row[23]),
    }


def vehicle(row: Sequence[Any]) -> Row:
    return {
        "vin": row[0],
        "plate": row[1],
        "plateState": row[2],
        "year": row[3],
        "make": row[4],
        "model": row[5],
        "color": row[6],
        "registration": {"status": row[7], "expiresOn": row[8]},
    }


def warrant(row: Sequence[Any], court: Row) -> Row:
    return {
        "number": row[0],
        "category": row[1],
        "status": row[2],
        "issuedOn": row[3],
        "offense": row[6],
        "bailCents": row[7],
        "court": court,
    }


def order(row: Sequence[Any], parties: Iterable[Sequence[Any]]) -> Row:
    return {
        "number": row[0],
        "kind": row[1],
        "status": row[2],
        "issuedOn": row[3],
        "expiresOn": row[4],
        "firearmsProhibited": None if row[7] is None else bool(row[7]),
        "served": bool(row[8]),
        "protectedParties": [
            {
                "name": {"full": full_name(*party[1:5])},
                "residence": {"street": party[5], "city": party[6], "state": party[7], "postalCode": party[8]},
                "phone": party[9],
            }
            for party in parties
        ],
    }


def cycle(row: Sequence[Any], charges: Iterable[Sequence[Any]]) -> Row:
    return {
        "arrestedOn": row[2],
        "agencyOri": row[3],
        "bookingNumber": row[4],
        "status": row[5],
        "charges": [charge(each) for each in charges],
        "supervision": None
        if row[6] is None
        else {"kind": row[6], "status": row[7], "startsOn": row[8], "endsOn": row[9]},
    }


def charge(row: Sequence[Any]) -> Row:
    return {
        "code": row[1],
        "offense": row[2],
        "severity": row[3],
        "standing": standing(row[4]),
        "disposition": None
        if row[4] is None
        else {"kind": row[4], "decidedOn": row[5], "court": None if row[6] is None else {"name": row[7]}},
        "sentence": None if row[8] is None else {"kind": row[8], "days": row[9]},
    }


def keys(values: Iterable[Any]) -> str:
    return orjson.dumps(list(values)).decode()


def grouped(rows: Iterable[Sequence[Any]], *columns: int) -> defaultdict[Any, list[Any]]:
    """Rows grouped by the values in these columns, in order."""
    groups: defaultdict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[column] for column in columns) if len(columns) > 1 else row[columns[0]]].append(row)
    return groups

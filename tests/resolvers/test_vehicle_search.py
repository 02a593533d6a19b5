"""Searching vehicles, against the same conditions written again in plain Python over every vehicle in the file."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resolvers import vehicle_search
from resolvers.paging import Cursors, Page
from resolvers.vehicle_search import VehicleSearch, by_looks, statement
from resolvers.vehicles import VEHICLE
from tests.resolvers.conftest import MakeGrant
from tests.resolvers.seen import seen

CURSORS = Cursors(bytes(32))
NOTHING: dict[str, Any] = dict.fromkeys(
    ("plate_start", "plate_state", "make", "color", "model", "year_from", "year_to", "is_stolen")
)


class File:
    """A source file asked without threads, so that hypothesis can ask it often."""

    name, answered_at = "vehicles", None

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path)
        self.connection.row_factory = sqlite3.Row

    async def fetch(self, asked: Any) -> list[Any]:
        ((answer,),) = self.connection.execute(asked.text, asked.parameters)
        return orjson.loads(answer)

    async def close(self) -> None:
        self.connection.close()


def vin(edge: Any) -> Any:
    return edge["node"][VEHICLE.layout["vin"]]


@pytest.fixture(scope="session")
def garage(seeded: Path) -> Iterator[File]:
    file = File(seeded / "vehicles.db")
    yield file
    file.connection.close()


@pytest.fixture(scope="session")
def vehicles(garage: File) -> list[dict[str, Any]]:
    return [dict(row) for row in garage.connection.execute("SELECT * FROM vehicle")]


@pytest.fixture(scope="session")
def walk(garage: File, grant: MakeGrant) -> Any:
    """Every page one after the other: VINs, each page's total, and the flags."""

    def walk(asked: dict[str, Any], first: int = 100, **scope: Any) -> Any:
        granted = grant(**scope)
        found: list[str] = []
        totals, flags, more, after = set(), set(), True, None
        while more:
            search = VehicleSearch(**NOTHING | asked, page=Page(first, after, b"", CURSORS))
            batch = asyncio.run(by_looks.ask(garage, granted, [search], seen(["vin"])))
            page = batch.found.get(search) or by_looks.absent()
            edges, more = page["edges"], page["has_next_page"]
            assert [f"vehicles/{vin(edge)}" for edge in edges] == batch.records
            found += [vin(edge) for edge in edges]
            totals.add(page["total"])
            flags |= batch.flags
            after = edges[-1]["position"] if edges else None
        return found, totals, flags

    return walk


def expected(vehicles: list[dict[str, Any]], asked: dict[str, Any]) -> list[str]:
    def fits(vehicle: dict[str, Any]) -> bool:
        return all(
            value is None
            or (name == "plate_start" and (vehicle["plate"] or "").startswith(value))
            or (name == "plate_state" and vehicle["plate_state"] == value.upper())
            or (name == "model" and vehicle["model"].upper() == value.upper())
            or (name == "year_from" and vehicle["year"] >= value)
            or (name == "year_to" and vehicle["year"] <= value)
            or vehicle.get(name, ...) == value != ...
            for name, value in asked.items()
        )

    order = ("plate", "plate_state") if asked.get("plate_start") else ("vin",)
    found = sorted(filter(fits, vehicles), key=lambda vehicle: [vehicle[name] for name in order])
    return [vehicle["vin"] for vehicle in found]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_every_search_finds_what_fits_in_order_page_by_page(
    vehicles: list[dict[str, Any]], walk: Any, data: Any
) -> None:
    like = data.draw(st.sampled_from([vehicle for vehicle in vehicles if vehicle["plate"]]))
    plate = like["plate"][: data.draw(st.integers(1, 8))]
    by_plate, by_make = {"plate_start": plate}, {"make": like["make"]}
    asked = data.draw(st.sampled_from([by_plate, by_make, by_plate | by_make]))
    more = {
        "plate_state": like["plate_state"].lower(),
        "color": like["color"],
        "model": data.draw(st.sampled_from([like["model"], like["model"].upper(), "Nothing"])),
        "year_from": like["year"],
        "year_to": like["year"] + 3,
        "is_stolen": bool(like["is_stolen"]),
    }
    asked = asked | {name: more[name] for name in data.draw(st.sets(st.sampled_from(sorted(more)), max_size=3))}

    found, totals, _ = walk(asked, data.draw(st.sampled_from([1, 2, 5, 100])), is_stepped_up=True)

    assert found == expected(vehicles, asked)
    assert totals == {len(found)}


def test_the_count_stops_where_nobody_would_read_on(walk: Any, vehicles: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vehicle_search, "COUNTED", 5)
    found, totals, _ = walk({"make": "TOYT"}, 10)

    assert found == expected(vehicles, {"make": "TOYT"})
    assert len(found) > 5
    assert totals == {5}


@pytest.mark.parametrize("is_stepped_up", [False, True])
@pytest.mark.parametrize("scope", ["user", "surname", "ori"])
def test_what_belongs_to_those_out_of_sight_is_in_neither_hits_nor_totals(
    vehicles: list[dict[str, Any]], walk: Any, scope: str, is_stepped_up: bool
) -> None:
    about = f"subject_{scope}"
    one = next(vehicle for vehicle in vehicles if vehicle[about] is not None and vehicle["plate"])
    found, totals, flags = walk({"make": one["make"]}, 7, is_stepped_up=is_stepped_up, **{scope: one[about]})
    is_hidden = scope == "user" or not is_stepped_up
    seen = [vehicle for vehicle in vehicles if not (is_hidden and vehicle[about] == one[about])]

    assert found == expected(seen, {"make": one["make"]})
    assert (one["vin"] in found) is not is_hidden
    assert totals == {len(found)}
    marks = {"user": "OWN_RECORD", "surname": "SAME_SURNAME", "ori": "COLLEAGUE"}
    assert flags == ({marks[scope]} if scope == "user" or is_stepped_up else set())


@pytest.mark.parametrize(
    ("asked", "way"),
    [
        ({"plate_start": "7A"}, "USING INDEX vehicle_plate (plate>? AND plate<?)"),
        ({"plate_start": "7A", "make": "TOYT", "is_stolen": True}, "USING INDEX vehicle_plate (plate>? AND plate<?)"),
        ({"make": "TOYT"}, "USING COVERING INDEX vehicle_looks (make=?)"),
        ({"make": "TOYT", "color": "PNK", "year_from": 1990}, "USING COVERING INDEX vehicle_looks (make=?)"),
    ],
    ids=str,
)
def test_a_search_runs_on_an_index_in_the_order_of_its_hits(
    garage: File, grant: MakeGrant, asked: Any, way: str
) -> None:
    made = statement(VehicleSearch(**NOTHING | asked, page=Page(20, None, b"", CURSORS)), seen(["style"]), grant())
    plan = [row[3] for row in garage.connection.execute(f"EXPLAIN QUERY PLAN {made.text}", made.parameters)]
    ways = [step for step in plan if "SEARCH vehicle" in step or "SCAN vehicle" in step]

    assert ways == [
        f"SEARCH vehicle {way}",
        "SEARCH vehicle USING INDEX vehicle_subject_user (subject_user=?)",
        f"SEARCH vehicle {way.replace('COVERING ', '')}",
    ]
    # Once over the few hits of the page, and never over all that match.
    assert [step for step in plan if "TEMP B-TREE" in step] == ["USE TEMP B-TREE FOR ORDER BY"]
    assert plan[-2:] == ["USE TEMP B-TREE FOR ORDER BY", "SCAN answer"]

"""Search of vehicles, compared with the same conditions in plain Python over every vehicle in the file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers import page_query
from resolvers.errors import RelatedSubject
from resolvers.paging import Page
from resolvers.vehicle_search import VehicleSearch, by_description, request
from resolvers.vehicles import VEHICLE
from tests.resolvers.columns import granted
from tests.resolvers.conftest import MakeGrant
from tests.resolvers.searching import CURSORS, InlineSource, all_pages, find_page, query_plan

NO_TERMS: dict[str, Any] = dict.fromkeys(
    "plate_start vin_start vin_end plate_state make color model year_from year_to is_stolen".split()
)


def search_for(terms: dict[str, Any], first: int = 20, after: Any = None) -> VehicleSearch:
    return VehicleSearch(**NO_TERMS | terms, page=Page(first, after, b"", CURSORS))


def vin(edge: dict[str, Any]) -> Any:
    """The VIN of a hit; None if its record is withheld."""
    return None if isinstance(edge["node"], RelatedSubject) else edge["node"][VEHICLE.layout["vin"]]


@pytest.fixture(scope="session")
def source(seeded: Path) -> Iterator[InlineSource]:
    source = InlineSource(seeded / "vehicles.db")
    yield source
    source.connection.close()


@pytest.fixture(scope="session")
def vehicles(source: InlineSource) -> list[dict[str, Any]]:
    names = [row[1] for row in source.rows("PRAGMA table_info(vehicle)")]
    return [dict(zip(names, row, strict=True)) for row in source.rows("SELECT * FROM vehicle")]


@pytest.fixture(scope="session")
def find_all(source: InlineSource, grant: MakeGrant) -> Any:
    """Read all pages: VINs, the totals that they state, and the flags."""

    def find_all(terms: dict[str, Any], first: int = 100, **scope: Any) -> Any:
        given = grant(**scope)
        found, totals, flags = [], set(), set()
        for page in all_pages(
            lambda after: find_page(source, by_description, search_for(terms, first, after), given, "vin")
        ):
            vins = [vin(edge) for edge in page.edges]
            assert [f"vehicles/{each}" for each in vins if each] == page.records
            found += vins
            totals.add(page.total)
            flags |= page.flags
        return found, totals, flags

    return find_all


def expected(vehicles: list[dict[str, Any]], terms: dict[str, Any]) -> list[str]:
    def fits(vehicle: dict[str, Any]) -> bool:
        return all(
            value is None
            or (name == "plate_start" and (vehicle["plate"] or "").startswith(value))
            or (name == "plate_start" and len(value) >= 5 and form(vehicle["plate"] or "").startswith(form(value)))
            or (name == "vin_end" and vehicle["vin"].endswith(value))
            or (name == "vin_start" and vehicle["vin"].startswith(value))
            or (name == "plate_state" and vehicle["plate_state"] == value)
            or (name == "model" and vehicle["model"].upper() == value.upper())
            or (name == "year_from" and vehicle["year"] >= value)
            or (name == "year_to" and vehicle["year"] <= value)
            or vehicle.get(name, ...) == value != ...
            for name, value in terms.items()
        )

    def position(vehicle: dict[str, Any]) -> list[Any]:
        if start := terms.get("plate_start"):
            return [not vehicle["plate"].startswith(start), vehicle["plate"], vehicle["plate_state"]]
        return [vehicle["vin"]]

    return [vehicle["vin"] for vehicle in sorted(filter(fits, vehicles), key=position)]


def form(plate: str) -> str:
    """A plate as one who mistakes letters for digits reads it."""
    return plate.replace("O", "0").replace("I", "1").replace("B", "8").replace("Z", "2")


@given(data=st.data())
def test_every_search_finds_what_fits_in_order_page_by_page(
    vehicles: list[dict[str, Any]], find_all: Any, data: Any
) -> None:
    like = data.draw(st.sampled_from([vehicle for vehicle in vehicles if vehicle["plate"]]))
    plate = like["plate"][: data.draw(st.integers(1, 8))]
    by_plate, by_make = {"plate_start": plate}, {"make": like["make"]}
    by_vin = {"vin_start": like["vin"][: data.draw(st.integers(8, 17))]}
    by_end = {"vin_end": like["vin"][-data.draw(st.integers(6, 17)) :]}
    single = [by_plate, by_make, by_vin, by_end]
    terms = data.draw(st.sampled_from([*single, *(one | other for one, other in combinations(single, 2))]))
    more = {
        "plate_state": like["plate_state"],
        "color": like["color"],
        "model": data.draw(st.sampled_from([like["model"], like["model"].upper(), "Nothing"])),
        "year_from": like["year"],
        "year_to": like["year"] + 3,
        "is_stolen": bool(like["is_stolen"]),
    }
    terms = terms | {name: more[name] for name in data.draw(st.sets(st.sampled_from(sorted(more)), max_size=3))}

    found, totals, _ = find_all(terms, data.draw(st.sampled_from([1, 2, 5, 100])))

    assert found == expected(vehicles, terms)
    assert totals == {len(found)}


def test_hits_are_counted_up_to_the_limit(find_all: Any, vehicles: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_query, "COUNT_LIMIT", 5)
    found, totals, _ = find_all({"make": "TOYT"}, 10)

    assert found == expected(vehicles, {"make": "TOYT"})
    assert len(found) > 5
    assert totals == {5}


@pytest.mark.parametrize("sees_related", [False, True])
@pytest.mark.parametrize("scope", ["user", "surname", "ori"])
def test_only_own_vehicles_are_in_neither_hits_nor_totals(
    vehicles: list[dict[str, Any]], find_all: Any, scope: str, sees_related: bool
) -> None:
    column = f"subject_{scope}"
    one = next(vehicle for vehicle in vehicles if vehicle[column] is not None and vehicle["plate"])
    found, totals, flags = find_all({"make": one["make"]}, 7, sees_related=sees_related, **{scope: one[column]})
    is_own, is_withheld = scope == "user", scope != "user" and not sees_related
    close = {vehicle["vin"] for vehicle in vehicles if vehicle[column] == one[column]}
    visible = [vehicle for vehicle in vehicles if not (is_own and vehicle["vin"] in close)]
    right = expected(visible, {"make": one["make"]})

    assert found == [None if is_withheld and each in close else each for each in right]
    assert (one["vin"] in found) is not (is_own or is_withheld)
    assert totals == {len(found)}
    relations = {"user": "OWN_RECORD", "surname": "SAME_SURNAME", "ori": "COLLEAGUE"}
    assert flags == ({relations[scope]} if is_own or sees_related else set())


# Of the steps of a plan: the caller's own vehicle, and the records of the page.
OWN = "SEARCH vehicle USING INDEX vehicle_subject_user (<expr>=?)"
SHOWN = "SEARCH vehicle USING INDEX sqlite_autoindex_vehicle_1 (vin=?) LEFT-JOIN"


@pytest.mark.parametrize(
    ("terms", "index"),
    [
        ({"plate_start": "7A"}, "USING INDEX vehicle_plate_number (<expr>>? AND <expr><?)"),
        (
            {"plate_start": "7A", "make": "TOYT", "is_stolen": True},
            "USING INDEX vehicle_plate_number (<expr>>? AND <expr><?)",
        ),
        ({"plate_start": "7A", "vin_start": "1HGCR2F8"}, "USING INDEX vehicle_plate_number (<expr>>? AND <expr><?)"),
        ({"vin_end": "000002"}, "USING INDEX vehicle_vin_end (<expr>=?)"),
        ({"vin_end": "000002", "vin_start": "1HGCR2F8"}, "USING INDEX vehicle_vin_end (<expr>=?)"),
        ({"vin_end": "000002", "make": "HOND"}, "USING INDEX vehicle_vin_end (<expr>=?)"),
        (
            {"plate_start": "7A", "vin_end": "000002"},
            "USING INDEX vehicle_plate_number (<expr>>? AND <expr><?)",
        ),
        ({"vin_start": "1HGCR2F8"}, "USING INDEX sqlite_autoindex_vehicle_1 (vin>? AND vin<?)"),
        ({"vin_start": "1HGCR2F8", "make": "HOND"}, "USING COVERING INDEX vehicle_looks (make=? AND vin>? AND vin<?)"),
        ({"make": "TOYT"}, "USING COVERING INDEX vehicle_looks (make=?)"),
        ({"make": "TOYT", "color": "PNK", "year_from": 1990}, "USING COVERING INDEX vehicle_looks (make=?)"),
    ],
    ids=str,
)
def test_a_search_reads_an_index_in_the_order_of_its_hits(
    source: InlineSource, grant: MakeGrant, terms: dict[str, Any], index: str
) -> None:
    plan = query_plan(source.connection, request(search_for(terms), granted(["style"]), grant()))
    steps = [step for step in plan if "SEARCH vehicle" in step or "SCAN vehicle" in step]

    assert steps == [f"SEARCH vehicle {index}", OWN, f"SEARCH vehicle {index}", SHOWN]
    # One sort, of the few hits of the page, and none of all matches.
    assert [step for step in plan if "TEMP B-TREE" in step] == ["USE TEMP B-TREE FOR ORDER BY"]
    assert plan[-2:] == ["USE TEMP B-TREE FOR ORDER BY", "SCAN found"]


def test_a_search_for_lookalikes_reads_the_index_of_their_form(source: InlineSource, grant: MakeGrant) -> None:
    plan = query_plan(source.connection, request(search_for({"plate_start": "1NTK0"}), granted(["style"]), grant()))
    steps = [step for step in plan if "SEARCH vehicle" in step or "SCAN vehicle" in step]

    index = "SEARCH vehicle USING INDEX vehicle_plate_lookalike (<expr>>? AND <expr><?)"
    assert steps == [index, OWN, index, SHOWN]


# The index of users as it was, and none: folders that are older, or from elsewhere.
OLDER = {
    "unfolded": "CREATE INDEX vehicle_subject_user ON vehicle (subject_user) WHERE subject_user IS NOT NULL",
    "none": "SELECT 1",
}


@pytest.mark.parametrize("index", OLDER.values(), ids=OLDER)
def test_an_own_vehicle_is_found_by_an_index_in_older_folders_too(data: Path, grant: MakeGrant, index: str) -> None:
    source = InlineSource(data / "vehicles.db")
    source.connection.executescript(f"DROP INDEX vehicle_subject_user; {index}; ANALYZE")
    source.connection.execute("UPDATE vehicle SET subject_user = ' U-1' WHERE plate = '1NTK009'")
    for terms in ({"plate_start": "1NTK009"}, {"vin_end": "000009"}, {"vin_start": "19XFC2F5"}, {"make": "HOND"}):
        page = find_page(source, by_description, search_for(terms, 100), grant(), "plate")
        plan = query_plan(source.connection, request(search_for(terms), granted(["style"]), grant()))

        assert page.flags == {"OWN_RECORD"}
        assert "1NTK009" not in [edge["node"][VEHICLE.layout["plate"]] for edge in page.edges]
        assert [step for step in plan if step.startswith("SCAN vehicle")] == []
    source.connection.close()


@pytest.mark.parametrize("terms", [{"plate_start": "1B8O"}, {"plate_start": "IB80"}, {"plate_start": "18"}], ids=str)
def test_no_spelling_of_a_plate_lifts_its_challenge(terms: dict[str, Any]) -> None:
    assert search_for(terms).index_keys == ("18",)

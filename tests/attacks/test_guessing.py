"""A hidden record and the same world without it are indistinguishable. Attacks 14, 15 and 27.

Every document is run on one data folder while the record is hidden, and again after it was deleted. The documents are
generated from the schema, over each edge in both directions.
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from api.auth.demo_issuer import DEMO_CALLERS
from policy.caller import Assurance
from policy.grants import Grant
from policy.record_classes import RecordClass
from policy.roles import Role
from tests.attacks.data_files import SUBJECT_TABLES, change, delete_subject, set_subject
from tests.attacks.entry_paths import (
    ENTRY_PATHS,
    LARGEST_DOCUMENT,
    documents,
    edges,
    edges_in,
    root_edges,
    search_keys,
)
from tests.attacks.observations import Observation, differing_requests, observe
from tests.attacks.planted_person import plant_person
from tests.attacks.positions import CASE, EVERY_ROLE, INQUIRY, OPERATION_HEAD, Position
from tests.diagonal import combinations
from tests.harness import World

# The parsed documents and plans of the first world, shared by all: neither depends on the data.
PLANNED: dict[str, Any] = {}


@pytest.fixture
def world(world: World) -> World:
    world.allow_fields(LARGEST_DOCUMENT)
    pipeline = world.pipeline
    for each in ("documents", "planner"):
        setattr(pipeline, each, PLANNED.setdefault(each, getattr(pipeline, each)))
    return world


COURT, RECORDS = Position(Role.COURT, Assurance.AAL2, CASE), Position(Role.RECORDS)
STEPPED_UP = Position(Role.RECORDS, Assurance.AAL2, CASE)


def test_the_entry_paths_include_every_root_and_search_key() -> None:
    assert ENTRY_PATHS.keys() == root_edges()
    assert search_keys() >= {"name", "ssn", "vin"}
    assert {key for key in search_keys() if f"{key}:" not in str(ENTRY_PATHS)} == set()


@pytest.mark.slow
async def test_every_entry_path_and_edge_leads_to_a_visible_record(world: World) -> None:
    """Otherwise the tests below could pass without comparing anything."""
    plant_person(world.folder)
    selected: set[str] = set()
    for path, document in documents().items():
        response = await world.execute(document, token=STEPPED_UP.token(world), variables=STEPPED_UP.variables)
        assert any(each in response.text for each in ("Vanterpool", "P0000002", "U000000002")), path
        selected |= edges_in(response.data)

    assert edges() - selected == set()


# Callers from whom their own record is hidden. Role `records` sees nearly everything with one factor.
RELATIONS = {
    role.value: (caller, {"user": DEMO_CALLERS[role].user})
    for role, caller in {
        Role.INVESTIGATOR: Position(Role.INVESTIGATOR, Assurance.AAL2, CASE),
        Role.RECORDS: RECORDS,
    }.items()
}
for_each_relation = pytest.mark.parametrize(("caller", "relation"), RELATIONS.values(), ids=RELATIONS)


def delete_planted_person(world: World, relation: dict[str, str], *sources: str) -> None:
    delete_subject(world.folder, relation.get("surname", "VANTERPOOL"), sources or SUBJECT_TABLES)


@pytest.mark.slow
@pytest.mark.attack(14)
@combinations(close=RELATIONS, sources={each: [each] for each in SUBJECT_TABLES} | {"all": list(SUBJECT_TABLES)})
async def test_the_callers_own_record_looks_absent(
    world: World, close: tuple[Position, dict[str, str]], sources: list[str]
) -> None:
    """In one source alone, so that each edge is tested from a visible record and to one; and in all sources."""
    caller, relation = close
    plant_person(world.folder)
    set_subject(world.folder, "VANTERPOOL", **relation, sources=sources)
    hidden = await observe(world, caller, documents())
    delete_planted_person(world, relation, *sources)
    absent = await observe(world, caller, documents())

    assert differing_requests(hidden, absent) == []


# By name she is one of four; by make and year her vehicle is one of several.
ALIKE = (
    "UPDATE name_key SET surname = 'VANTERPOLE' WHERE person IN (1, 3, 4) AND NOT is_alias",
    "INSERT INTO surname_key VALUES ('LVANTERPOOL', 'VANTERPOLE')",
)
SEARCHES = {
    'searchPersons(by: {name: {surname: "Vanterpool"}}': "score why node { id aliases { surname } }",
    "searchVehicles(by: {make: HOND, yearFrom: 2019, yearTo: 2020}": "node { vin plate }",
}
PAGE = "total edges { cursor %s } pageInfo { hasNextPage endCursor }"


async def pages(world: World, caller: Position, search: str, selection: str) -> list[Observation]:
    """All pages of a search, with one hit on each."""
    head, hit = OPERATION_HEAD.replace(")", ", $after: String)"), PAGE % selection
    document = {search: f"{head} {INQUIRY} {{ page: {search}, first: 1, after: $after) {{ {hit} }} }}"}
    observed: list[Observation] = []
    after = None
    while not observed or after is not None:
        observed.append(await observe(world, caller, document, after=after))
        info = orjson.loads(observed[-1][search][2])["data"]["page"]["pageInfo"]
        after = info["endCursor"] if info["hasNextPage"] else None
    return observed


@pytest.mark.attack(15)
@pytest.mark.parametrize("search", SEARCHES)
@for_each_relation
async def test_pages_of_a_search_are_those_without_the_hidden_subject(
    world: World, caller: Position, relation: dict[str, str], search: str
) -> None:
    """Counts, scores, reasons, order, cursors and page ends."""
    plant_person(world.folder)
    change(world.folder, "persons", *ALIKE)
    visible = await pages(world, caller, search, SEARCHES[search])
    set_subject(world.folder, "VANTERPOOL", **relation)
    hidden = await pages(world, caller, search, SEARCHES[search])
    delete_planted_person(world, relation)
    absent = await pages(world, caller, search, SEARCHES[search])

    assert hidden == absent
    assert len(visible) - 1 == len(hidden) > 2


@pytest.mark.attack(27)
@for_each_relation
async def test_hidden_rows_do_not_count_towards_the_row_limit(
    world: World, caller: Position, relation: dict[str, str]
) -> None:
    plant_person(world.folder)
    document = f'{OPERATION_HEAD} {INQUIRY} {{ person(id: "P0000002") {{ vehicles {{ vin }} warrants {{ number }} }} }}'
    world.reconfigure(row_limit=2)  # she and her vehicle; the warrant is one more
    before = await world.execute(document, token=caller.token(world), variables=caller.variables)
    set_subject(world.folder, "VANTERPOOL", **relation, sources=["warrants"])
    hidden = await world.execute(document, token=caller.token(world), variables=caller.variables)

    assert before.codes == ["TOO_COMPLEX"]
    assert hidden.data == {"person": {"vehicles": [{"vin": "1HGCR2F88KZ000002"}], "warrants": []}}
    assert hidden.errors == []


# Statements that make her only arrest, or a charge of it, hidden; and statements that delete it.
EXPUNGED = [
    *(f"DELETE FROM {table} WHERE cycle = 2001" for table in ("charge", "relief", "program")),
    "DELETE FROM cycle WHERE id = 2001",
]
HIDDEN_FROM_SOME = {
    RecordClass.SEALED: (
        [
            "UPDATE cycle SET is_sealed = 1, has_conviction = 0 WHERE id = 2001",
            "UPDATE charge SET disposition_kind = 'DISMISSED' WHERE cycle = 2001",
        ],
        EXPUNGED,
    ),
    RecordClass.JUVENILE: (["UPDATE cycle SET is_juvenile = 1 WHERE id = 2001"], EXPUNGED),
    RecordClass.ARREST_ONLY: (
        [
            "UPDATE cycle SET status = 'PARTLY_DISPOSED' WHERE id = 2001",
            """INSERT INTO charge (id, cycle, sequence, code, offense, severity)
            VALUES (20012, 2001, 2, '5707', 'TRESPASSING', 'MISDEMEANOR')""",
        ],
        ["UPDATE cycle SET status = 'DISPOSED' WHERE id = 2001", "DELETE FROM charge WHERE id = 20012"],
    ),
}
# A conviction beside it, visible to every caller with access to any history.
BESIDE = [
    """INSERT INTO cycle (id, cii_number, sequence, arrested_on, agency_ori, status, is_sealed, is_juvenile,
    has_conviction, supervision_terms)
    VALUES (2002, 'A00000002', 2, '2014-04-04', 'CA9198800', 'OPEN', 0, 0, 1, '[]')""",
    """INSERT INTO charge (id, cycle, sequence, code, offense, severity, disposition_kind)
    VALUES (20021, 2002, 1, '2404', 'VEHICLE THEFT', 'FELONY', 'CONVICTED')""",
]
EACH_HISTORY = ("person", "criminalHistory")
KNOW_PEOPLE = [each for each in EVERY_ROLE if isinstance(each.verdicts()[RecordClass.IDENTITY], Grant)]


@pytest.mark.slow
@pytest.mark.attack(14)
@combinations(
    record_class={each.name: each for each in HIDDEN_FROM_SOME}, beside={"alone": [], "beside a conviction": BESIDE}
)
async def test_a_hidden_arrest_looks_absent(world: World, record_class: RecordClass, beside: list[str]) -> None:
    """For callers without access: the first on every path, the others on two."""
    plant_person(world.folder)
    insert, delete = HIDDEN_FROM_SOME[record_class]
    change(world.folder, "criminal_history", *insert, *beside)
    callers = [each for each in KNOW_PEOPLE if not isinstance(each.verdicts()[record_class], Grant)]
    entry_points = [documents(), *[documents(EACH_HISTORY)] * (len(callers) - 1)]
    hidden = [await observe(world, *each) for each in zip(callers, entry_points, strict=True)]
    history = documents(EACH_HISTORY)
    seen_by_court = await observe(world, COURT, history)
    change(world.folder, "criminal_history", *delete)
    absent = [await observe(world, *each) for each in zip(callers, entry_points, strict=True)]

    assert len(callers) > 3
    assert [differing_requests(*each) for each in zip(hidden, absent, strict=True)] == [[]] * len(callers)
    assert history.keys() <= set(differing_requests(seen_by_court, await observe(world, COURT, history)))


OF_MISSING = ("person", "missingPerson", "searchMissingPersons", "unidentifiedPerson", "unidentifiedPersons")
PLANTED_NUMBER = "number LIKE '_000000002'"
CLOSED_PAGES = {
    f"closed {root}": f"{OPERATION_HEAD} {INQUIRY} {{ {root}(by: {{{terms}, closed: true}})"
    " { total pageInfo { hasNextPage endCursor } edges { cursor node { number state } } } }"
    for root, terms in {
        "searchMissingPersons": 'lastSeenState: "NV"',
        "unidentifiedPersons": 'foundFrom: "2025-08-08", foundTo: "2025-08-08"',
    }.items()
}


@pytest.mark.slow
@pytest.mark.attack(14)
@pytest.mark.parametrize("state", ["CLEARED", "CANCELLED", "EXPIRED", "LOCATED", "GONE", ""])
async def test_a_closed_report_of_a_missing_person_looks_absent(world: World, state: str) -> None:
    """On every path, in pages, counts and cursors, and in the status of the source. An unknown state hides it too."""
    plant_person(world.folder)
    tables = ("missing_person", "unidentified_person")
    closed = (f"UPDATE {each} SET state = '{state}' WHERE {PLANTED_NUMBER}" for each in tables)
    change(world.folder, "missing_persons", *closed)
    callers = [each for each in KNOW_PEOPLE if not each.verdicts().scope.sees_missing_history]
    asked = documents(OF_MISSING) | CLOSED_PAGES
    hidden = [await observe(world, each, asked) for each in callers]
    seen_by_records = await observe(world, RECORDS, asked)
    change(world.folder, "missing_persons", *(f"DELETE FROM {each} WHERE {PLANTED_NUMBER}" for each in tables))
    absent = [await observe(world, each, asked) for each in callers]

    assert len(callers) > 5
    assert [differing_requests(*each) for each in zip(hidden, absent, strict=True)] == [[]] * len(callers)
    differing = differing_requests(seen_by_records, await observe(world, RECORDS, asked))
    assert {each.split("(")[0] for each in differing} >= {
        "person",
        "missingPerson",
        "unidentifiedPerson",
        *CLOSED_PAGES,
    }


ADDRESSES = {"persons": "person", "vehicles": "vehicle", "protective_orders": "protected_party"}
WITH_ADDRESSES = documents(("person", "vehicle", "protectiveOrder"))


@pytest.mark.slow
@pytest.mark.attack(14)
async def test_a_masked_address_shows_only_that_it_is_confidential(world: World) -> None:
    """The DMV itself answers that it is confidential. The address, or its absence, is not visible."""
    plant_person(world.folder)
    callers = [each for each in KNOW_PEOPLE if not each.verdicts().scope.sees_confidential]
    for source, table in ADDRESSES.items():
        change(world.folder, source, f"UPDATE {table} SET is_confidential = 1")
    masked = [await observe(world, each, WITH_ADDRESSES) for each in callers]
    for source, table in ADDRESSES.items():
        change(world.folder, source, f"UPDATE {table} SET street = NULL, city = NULL, state = NULL, postal_code = NULL")
    change(world.folder, "protective_orders", "UPDATE protected_party SET phone = NULL")
    nothing = [await observe(world, each, WITH_ADDRESSES) for each in callers]

    assert len(callers) > 6
    assert [differing_requests(*each) for each in zip(masked, nothing, strict=True)] == [[]] * len(callers)
    assert "ADDRESS CONFIDENTIAL" in str(masked)

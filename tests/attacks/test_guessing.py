"""A record that may not be known, and the same world without it: nothing that comes back tells which it is.

Every question is asked of one data folder while the record is there and hidden, and again after it was deleted. The
questions are walked from the schema, over each edge in both directions. Attacks 14, 15 and 27.
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from api.auth.demo_issuer import DEMO_CALLERS
from engine.limits import Limits
from policy.caller import Assurance
from policy.grants import Grant
from policy.record_classes import RecordClass
from policy.roles import Role
from resolvers.names import normalized
from tests.attacks.files import ABOUT_SOMEBODY, belongs_to, change, take_out
from tests.attacks.planted import plant
from tests.attacks.positions import ASKED, CASE, EVERY_ROLE, INQUIRY, Position
from tests.attacks.seen import Seen, seen, told_apart
from tests.attacks.ways import ENTRANCES, documents, edges, edges_in, keys_to_choose_from, root_edges
from tests.diagonal import combinations
from tests.harness import World

# The documents and plans of the first of these worlds, which serve them all: neither holds anything of a world.
PLANNED: dict[str, Any] = {}


@pytest.fixture
def world(world: World) -> World:
    pipeline = world.resources.pipeline
    for each in ("documents", "planner"):
        setattr(pipeline, each, PLANNED.setdefault(each, getattr(pipeline, each)))
    return world


COURT, RECORDS = Position(Role.COURT, Assurance.AAL2, CASE), Position(Role.RECORDS)


def test_every_root_and_every_key_that_leads_to_a_record_is_among_the_ways() -> None:
    assert ENTRANCES.keys() == root_edges()
    assert keys_to_choose_from() >= {"name", "ssn", "vin"}
    assert {key for key in keys_to_choose_from() if f"{key}:" not in str(ENTRANCES)} == set()


async def test_every_way_leads_to_her_and_every_edge_to_something_while_nothing_is_hidden(world: World) -> None:
    """Or what follows would compare nothing with nothing."""
    plant(world.folder)
    followed: set[str] = set()
    for way, document in documents().items():
        caller = RECORDS if "ssn" in way else COURT
        reply = await world.execute(document, token=caller.token(world), variables=caller.variables)
        assert "Vanterpool" in reply.text, way
        followed |= edges_in(reply.data)

    assert edges() - followed == set()


# From whom somebody close is hidden: `records` may see nearly everything with one factor.
OWN, CLERK = DEMO_CALLERS[Role.INVESTIGATOR], DEMO_CALLERS[Role.RECORDS]
CLOSE = {
    "own record": (Position(Role.INVESTIGATOR, Assurance.AAL2, CASE), {"user": OWN.user}),
    "same surname": (RECORDS, {"surname": normalized(CLERK.name.split()[-1])}),
    "colleague": (RECORDS, {"ori": CLERK.ori}),
}
for_everybody_close = pytest.mark.parametrize(("caller", "tie"), CLOSE.values(), ids=CLOSE)


def take_her_out(world: World, tie: dict[str, str], *sources: str) -> None:
    take_out(world.folder, tie.get("surname", "VANTERPOOL"), sources or ABOUT_SOMEBODY)


@combinations(close=CLOSE, sources={each: [each] for each in ABOUT_SOMEBODY} | {"all": list(ABOUT_SOMEBODY)})
async def test_14_somebody_close_to_the_caller_is_as_good_as_not_on_file(
    world: World, close: tuple[Position, dict[str, str]], sources: list[str]
) -> None:
    """In one source alone, so that each edge is tried both from a record that shows and to one; and in all."""
    caller, tie = close
    plant(world.folder)
    belongs_to(world.folder, "VANTERPOOL", **tie, sources=sources)
    hidden = await seen(world, caller, documents())
    take_her_out(world, tie, *sources)
    absent = await seen(world, caller, documents())

    assert told_apart(hidden, absent) == []


# By sound she is one of four; by make, colour and year her car is one of several.
ALIKE = "UPDATE name_key SET surname_sound = 'VANTARPAL' WHERE person IN (1, 3, 4) AND NOT is_alias"
SEARCHES = {
    'searchPersons(by: {name: {surname: "Vanterpool"}}': "score why node { id aliases { surname } }",
    "searchVehicles(by: {make: HOND, yearFrom: 2019, yearTo: 2020}": "node { vin plate }",
}
PAGE = "total edges { cursor %s } pageInfo { hasNextPage endCursor }"


async def pages(world: World, caller: Position, search: str) -> list[Seen]:
    """All that a search shows, one hit a page."""
    asked, hit = ASKED.replace(")", ", $after: String)"), PAGE % SEARCHES[search]
    question = {search: f"{asked} {INQUIRY} {{ page: {search}, first: 1, after: $after) {{ {hit} }} }}"}
    told: list[Seen] = []
    after = None
    while not told or after is not None:
        told.append(await seen(world, caller, question, after=after))
        info = orjson.loads(told[-1][search][2])["data"]["page"]["pageInfo"]
        after = info["endCursor"] if info["hasNextPage"] else None
    return told


@pytest.mark.parametrize("search", SEARCHES)
@for_everybody_close
async def test_15_page_by_page_a_search_is_that_of_a_world_without_somebody_close(
    world: World, caller: Position, tie: dict[str, str], search: str
) -> None:
    """Counts, scores, reasons, order, cursors, and where the pages end."""
    plant(world.folder)
    change(world.folder, "persons", ALIKE)
    everything = await pages(world, caller, search)
    belongs_to(world.folder, "VANTERPOOL", **tie)
    hidden = await pages(world, caller, search)
    take_her_out(world, tie)
    absent = await pages(world, caller, search)

    assert hidden == absent
    assert len(everything) - 1 == len(hidden) > 2


@for_everybody_close
async def test_27_what_is_hidden_does_not_count_towards_too_much(
    world: World, caller: Position, tie: dict[str, str]
) -> None:
    plant(world.folder)
    document = f'{ASKED} {INQUIRY} {{ person(id: "P0000002") {{ vehicles {{ vin }} warrants {{ number }} }} }}'
    world.reconfigure(limits=Limits(rows=2))  # she and her vehicle; the warrant is one more
    before = await world.execute(document, token=caller.token(world), variables=caller.variables)
    belongs_to(world.folder, "VANTERPOOL", **tie, sources=["warrants"])
    hidden = await world.execute(document, token=caller.token(world), variables=caller.variables)

    assert before.codes == ["TOO_COMPLEX"]
    assert hidden.data == {"person": {"vehicles": [{"vin": "1HGCR2F88KZ000002"}], "warrants": []}}
    assert hidden.errors == []


# What makes her only arrest, or a charge of it, one of these; and what there is without it.
EXPUNGED = ["DELETE FROM charge WHERE cycle = 2001", "DELETE FROM cycle WHERE id = 2001"]
KEPT_FROM_SOME = {
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
# A conviction beside it: whoever may know of any history may know of this.
BESIDE = [
    """INSERT INTO cycle (id, cii_number, sequence, arrested_on, agency_ori, status, is_sealed, is_juvenile,
    has_conviction, supervision_terms)
    VALUES (2002, 'A00000002', 2, '2014-04-04', 'CA0198800', 'OPEN', 0, 0, 1, '[]')""",
    """INSERT INTO charge (id, cycle, sequence, code, offense, severity, disposition_kind)
    VALUES (20021, 2002, 1, '2404', 'VEHICLE THEFT', 'FELONY', 'CONVICTED')""",
]
KNOW_PEOPLE = [each for each in EVERY_ROLE if isinstance(each.verdicts()[RecordClass.IDENTITY], Grant)]


@combinations(
    record_class={each.name: each for each in KEPT_FROM_SOME}, beside={"alone": [], "beside a conviction": BESIDE}
)
async def test_14_an_arrest_that_may_not_be_known_is_as_good_as_not_on_file(
    world: World, record_class: RecordClass, beside: list[str]
) -> None:
    """For whoever may not know of it: one of them by every way, the others by two."""
    plant(world.folder)
    there, gone = KEPT_FROM_SOME[record_class]
    change(world.folder, "criminal_history", *there, *beside)
    callers = [each for each in KNOW_PEOPLE if not isinstance(each.verdicts()[record_class], Grant)]
    ways = [documents(), *[documents(("person", "criminalHistory"))] * (len(callers) - 1)]
    hidden = [await seen(world, *each) for each in zip(callers, ways, strict=True)]
    seen_by_court = await seen(world, COURT, documents())
    change(world.folder, "criminal_history", *gone)
    absent = [await seen(world, *each) for each in zip(callers, ways, strict=True)]

    assert len(callers) > 3
    assert [told_apart(*each) for each in zip(hidden, absent, strict=True)] == [[]] * len(callers)
    assert len(told_apart(seen_by_court, await seen(world, COURT, documents()))) > 10


ADDRESSES = {"persons": "person", "vehicles": "vehicle", "protective_orders": "protected_party"}
WITH_ADDRESSES = documents(("person", "vehicle", "protectiveOrder"))


async def test_14_of_an_address_that_is_masked_nothing_shows_but_that_it_is_confidential(world: World) -> None:
    """That the DMV itself says; where it is, and whether there is one on file at all, nobody can tell."""
    plant(world.folder)
    callers = [each for each in KNOW_PEOPLE if not each.verdicts().scope.sees_confidential]
    for source, table in ADDRESSES.items():
        change(world.folder, source, f"UPDATE {table} SET is_confidential = 1")
    masked = [await seen(world, each, WITH_ADDRESSES) for each in callers]
    for source, table in ADDRESSES.items():
        change(world.folder, source, f"UPDATE {table} SET street = NULL, city = NULL, state = NULL, postal_code = NULL")
    change(world.folder, "protective_orders", "UPDATE protected_party SET phone = NULL")
    nothing = [await seen(world, each, WITH_ADDRESSES) for each in callers]

    assert len(callers) > 6
    assert [told_apart(*each) for each in zip(masked, nothing, strict=True)] == [[]] * len(callers)
    assert "ADDRESS CONFIDENTIAL" in str(masked)

"""Timing side channel: a hidden record takes as long as an absent one. Part of attack 14.

Both are requested 2,000 times in random order, in one process and without a network: no client can measure better.
Each pair is timed by the wall clock, as a client would, and by the processor time of all threads, on which other
programs have less influence.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import pytest

from policy.caller import Assurance
from policy.roles import Role
from tests.attacks.data_files import change
from tests.attacks.mann_whitney import Comparison, compare
from tests.attacks.positions import CASE, INQUIRY, OPERATION_HEAD, Position
from tests.attacks.responses import normalized_body
from tests.harness import World

pytestmark = pytest.mark.alone
TIMES = 2_000
WARM_UP = 100
SEED = 1
# At this effect, the hidden response is the slower one 55 times in a hundred, or 45. With 2,000 of each, chance alone
# gives it once in thirty million comparisons.
VISIBLE = 0.1

OFFICER = Position(Role.PATROL)
STEPPED_UP = Position(Role.INVESTIGATOR, Assurance.AAL2, CASE)


@dataclass(frozen=True, slots=True)
class Pair:
    """One query with two keys: of a record hidden from this caller, and of none."""

    caller: Position
    query: str
    hidden: str
    absent: str
    changes: Sequence[tuple[str, str]] = ()


BY_ID = "person(id: $key) { id name { full } residence { street } warrants { number } }"
BY_PLATE = "vehicle(by: {plate: {number: $key}}) { vin owner { id } }"
BY_CII = "criminalHistory(ciiNumber: $key) { subject { id } cycles { arrestedOn supervision { kind } } }"
HISTORY = "person(id: $key) { criminalHistory { cycles { arrestedOn supervision { kind } } } }"
RESIDENCE = "person(id: $key) { residence { street city state postalCode confidential } }"

UNKNOWN_ADDRESS = """UPDATE person SET is_confidential = 1, street = NULL, city = NULL, state = NULL, postal_code = NULL
WHERE id = 'P0000006'"""

PAIRS = {
    "own record by id": Pair(STEPPED_UP, BY_ID, "P0000008", "P9999999"),
    "own record by plate": Pair(STEPPED_UP, BY_PLATE, "1NTK008", "9ZZZ999"),
    "sealed arrest by number": Pair(OFFICER, BY_CII, "A00000015", "A99999999"),
    "juvenile arrest by id": Pair(OFFICER, HISTORY, "P0000005", "P0000003"),
    "22 juvenile arrests": Pair(
        OFFICER,
        BY_CII,
        "A00000016",
        "A99999999",
        [("criminal_history", "UPDATE cycle SET is_juvenile = 1 WHERE cii_number = 'A00000016'")],
    ),
    "confidential address": Pair(
        OFFICER,
        RESIDENCE,
        "P0000003",
        "P0000006",
        [("persons", UNKNOWN_ADDRESS)],
    ),
}
# A visible record against none: it takes longer, since there are more records to fetch.
FOUND = Pair(STEPPED_UP, BY_ID, "P0000016", "P9999999")

CLOCKS = {"wall clock": time.perf_counter_ns, "processor": time.process_time_ns}


async def compared(world: World, pair: Pair, *, alike: bool = True) -> dict[str, Comparison]:
    """Compare the times for both keys by each clock. The responses must be equal if `alike`."""
    for source, statement in pair.changes:
        change(world.folder, source, statement)
    kind = "String" if pair.query.startswith(("search", "vehicle")) else "ID"
    document = f"{OPERATION_HEAD.replace(')', f', $key: {kind}!)')} {INQUIRY} {{ {pair.query} }}"
    token = pair.caller.token(world)
    order = [pair.hidden, pair.absent] * (WARM_UP + TIMES)
    Random(SEED).shuffle(order)
    durations: dict[tuple[str, str], list[int]] = defaultdict(list)
    bodies: dict[str, set[bytes]] = {pair.hidden: set(), pair.absent: set()}
    for key in order:
        started = {clock: now() for clock, now in CLOCKS.items()}
        response = await world.execute(document, token=token, variables=pair.caller.variables | {"key": key})
        for clock, now in CLOCKS.items():
            durations[clock, key].append(now() - started[clock])
        bodies[key].add(normalized_body(response))
    assert (bodies[pair.hidden] == bodies[pair.absent]) is alike
    return {clock: compare(*(durations[clock, key][-TIMES:] for key in bodies)) for clock in CLOCKS}


@pytest.mark.attack(14)
@pytest.mark.parametrize(("name", "pair"), PAIRS.items(), ids=PAIRS)
async def test_hidden_takes_as_long_as_absent(
    world: World, name: str, pair: Pair, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await compared(world, pair)
    with capsys.disabled():
        figures = "; ".join(f"{clock}: effect {each.effect:+.3f}, p {each.p:.2g}" for clock, each in found.items())
        print(f"\n{name}, {TIMES:,} of each: {figures}")  # noqa: T201

    assert {clock: each for clock, each in found.items() if abs(each.effect) >= VISIBLE} == {}


async def test_the_same_comparison_distinguishes_found_from_absent(world: World) -> None:
    """Otherwise the test above could pass without detecting anything."""
    found = await compared(world, FOUND, alike=False)

    assert found["processor"].effect > VISIBLE

"""How long an answer takes: a record that may not be known as long as one that there is not.

Both are asked for 2,000 times, in an order drawn by lot, in one process and without a network: nearer than any client
comes. Each pair is timed by the wall clock, which is what a client has, and by the processor time of all threads, which
other programs on the machine do not blur. Part of attack 14.
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

TIMES = 2_000
WARM_UP = 100
SEED = 1
# Of two single answers, the hidden one is the slower 55 times in a hundred, or 45. By chance alone, over 2,000 of each,
# it would be that once in thirty million comparisons.
VISIBLE = 0.1

OFFICER, SERGEANT = Position(Role.PATROL), Position(Role.INVESTIGATOR)
STEPPED_UP = Position(Role.INVESTIGATOR, Assurance.AAL2, CASE)


@dataclass(frozen=True, slots=True)
class Pair:
    """One question, and the keys of what is hidden from this caller and of what is not there."""

    caller: Position
    question: str
    hidden: str
    absent: str
    changes: Sequence[tuple[str, str]] = ()


BY_ID = "person(id: $key) { id name { full } residence { street } warrants { number } }"
BY_NAME = "searchPersons(by: {name: {surname: $key}}) { total edges { why node { id } } pageInfo { endCursor } }"
BY_LICENSE = "searchPersons(by: {driverLicense: {number: $key}}) { total edges { node { id } } }"
BY_PLATE = "vehicle(by: {plate: {number: $key}}) { vin owner { id } }"
BY_CII = "criminalHistory(ciiNumber: $key) { subject { id } cycles { arrestedOn supervision { kind } } }"
HISTORY = "person(id: $key) { criminalHistory { cycles { arrestedOn supervision { kind } } } }"
WANTED = "warrant(number: $key) { subject { id } }"
RESIDENCE = "person(id: $key) { residence { street city state postalCode confidential } }"

UNKNOWN_ADDRESS = """UPDATE person SET is_confidential = 1, street = NULL, city = NULL, state = NULL, postal_code = NULL
WHERE id = 'P0000006'"""

PAIRS = {
    "own record by id": Pair(STEPPED_UP, BY_ID, "P0000008", "P9999999"),
    "own record by name": Pair(
        STEPPED_UP,
        BY_NAME,
        "Featherington",
        "Zyxwvutsrqpon",
        [("persons", "UPDATE name_key SET subject_user = 'demo-investigator' WHERE person = 6")],
    ),
    "own record by plate": Pair(STEPPED_UP, BY_PLATE, "1NTK008", "9ZZZ999"),
    "namesake by licence": Pair(SERGEANT, BY_LICENSE, "Z0000014", "Z9999999"),
    "colleague by id": Pair(OFFICER, BY_ID, "P0000012", "P9999999"),
    "colleague by name": Pair(OFFICER, BY_NAME, "Achterberger", "Zyxwvutsrqpo"),
    "colleague by alias": Pair(
        OFFICER,
        BY_NAME,
        "Stonewell",
        "Stonegrave",
        [("persons", "UPDATE name_key SET subject_ori = 'CA0194200' WHERE person = 1")],
    ),
    "colleague who is wanted": Pair(
        OFFICER,
        WANTED,
        "W000000001",
        "W000000009",
        [
            ("persons", "UPDATE person SET subject_ori = 'CA0194200' WHERE id = 'P0000001'"),
            ("persons", "DELETE FROM person WHERE id = 'P0000009'"),
        ],
    ),
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
# Somebody who may be known, and nobody: that takes longer, for there is something to go on with.
FOUND = Pair(STEPPED_UP, BY_ID, "P0000016", "P9999999")

CLOCKS = {"wall clock": time.perf_counter_ns, "processor": time.process_time_ns}


async def compared(world: World, pair: Pair, *, alike: bool = True) -> dict[str, Comparison]:
    """The hidden against the absent, by each clock; and whether the replies are alike is as it should be."""
    for source, statement in pair.changes:
        change(world.folder, source, statement)
    kind = "String" if pair.question.startswith(("search", "vehicle")) else "ID"
    document = f"{OPERATION_HEAD.replace(')', f', $key: {kind}!)')} {INQUIRY} {{ {pair.question} }}"
    token = pair.caller.token(world)
    order = [pair.hidden, pair.absent] * (WARM_UP + TIMES)
    Random(SEED).shuffle(order)
    taken: dict[tuple[str, str], list[int]] = defaultdict(list)
    replies: dict[str, set[bytes]] = {pair.hidden: set(), pair.absent: set()}
    for key in order:
        started = {clock: now() for clock, now in CLOCKS.items()}
        reply = await world.execute(document, token=token, variables=pair.caller.variables | {"key": key})
        for clock, now in CLOCKS.items():
            taken[clock, key].append(now() - started[clock])
        replies[key].add(normalized_body(reply))
    assert (replies[pair.hidden] == replies[pair.absent]) is alike
    return {clock: compare(*(taken[clock, key][-TIMES:] for key in replies)) for clock in CLOCKS}


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
    """Or the test above might see nothing at all."""
    found = await compared(world, FOUND, alike=False)

    assert found["processor"].effect > VISIBLE

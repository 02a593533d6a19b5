"""A field stop in parts beside the same stop as a whole: the document of the measurement, and what is made of times."""

from __future__ import annotations

import pytest

from bench.parts import DEFERRED, HISTORY, STOP, MeasuredPair, Reply, cpu_table, latency_table
from bench.results import Measurement
from tests.attacks.positions import CASE
from tests.harness import World

INQUIRY = f' @inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "{CASE}")'
VARIABLES = {"plate": "1N00001", "driver": "P0000001"}


async def asked(world: World, history: str) -> set[str]:
    response = await world.execute(STOP % (INQUIRY, history), role="investigator", aal=2, variables=VARIABLES)
    assert response.errors == []
    return {each["name"] for each in response.body["extensions"]["inquiry"]["sources"] if "ms" in each}


async def test_the_first_part_asks_all_sources_but_the_history(world: World) -> None:
    alone = await asked(world, "")

    assert {"vehicles", "property", "persons"} < alone
    assert await asked(world, HISTORY) == await asked(world, DEFERRED) == alone | {"criminal_history"}


@pytest.mark.parametrize(
    ("more", "chain"), [({"warrants": 40}, 60), ({"warrants": 40, "alerts": 90}, 110), ({"alerts": 1}, 50)]
)
def test_a_chain_is_the_slower_of_a_vehicle_and_a_person(more: dict[str, int], chain: int) -> None:
    reply = Reply(120, {"vehicles": 30, "property": 20, "persons": 20, **more})

    assert reply.slowest_chain_ms == chain


def test_the_table_compares_each_first_part_with_its_own_sources() -> None:
    sources = {"vehicles": 30, "property": 20, "persons": 50, "warrants": 100}
    stops = [MeasuredPair(1_000, 1_100, Reply(ms, sources), Reply(225, sources)) for ms in (150, 300, 450)]
    table = latency_table("quiet", stops)
    names, medians, p90s = ([*column.cells] for column in table.columns)
    rows = dict(zip(names, zip(medians, p90s, strict=True), strict=True))

    assert rows["first part"] == ("300", "450")
    assert rows["first part / its slowest source"] == ("3.00 x", "4.50 x")
    assert rows["first part / its slowest chain"] == ("2.00 x", "3.00 x")
    assert rows["the same fields alone / their slowest chain"] == ("1.50 x", "1.50 x")
    assert rows["first part / whole reply"] == ("0.30 x", "0.45 x")


def test_cpu_is_compared_with_the_whole_of_the_same_round() -> None:
    measured = [
        Measurement(round_, way, "a stop", 8, 10, 1, cpu_s * speed, ())
        for round_, speed in enumerate((1, 2, 4))
        for way, cpu_s in (("whole, without @defer", 0.01), ("whole, with @defer", 0.01), ("in parts", 0.012))
    ]
    cells = [[*column.cells] for column in cpu_table(measured).columns]

    assert cells[1:] == [["2.00", "2.00", "2.40"], ["1.00 x", "1.00 x", "1.20 x"]]

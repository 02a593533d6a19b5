"""Questions that ask one source more each."""

from __future__ import annotations

import pytest

from bench.by_source import SELECTIONS, document
from resolvers.catalogue import NAMES
from tests.attacks.positions import CASE
from tests.harness import World

STOP = f'@inquiry(purpose: C, reason: INVESTIGATION, caseNumber: "{CASE}")'


def test_a_person_whole_is_asked_of_every_source() -> None:
    assert set(SELECTIONS) == set(NAMES)


@pytest.mark.parametrize("count", range(1, len(SELECTIONS) + 1))
async def test_each_question_asks_one_source_more(world: World, count: int) -> None:
    response = await world.execute(document(count) % STOP, role="records", aal=2, variables={"ids": ["P0000002"]})

    asked = {name for name, status in response.sources.items() if status != "NOT_ASKED"}
    assert asked == set(list(SELECTIONS)[:count])

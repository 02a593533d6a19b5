"""What a lookup leaves behind: nothing that the collector of garbage has to find."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.server import gc_tuning
from api.server.gc_tuning import YOUNG, collect_if_due, collect_when_idle
from engine.response import ResponseBuilder
from tests.harness import INQUIRY_WITH_CASE, World, serving

QUESTIONS = {
    "everything about people": f"""query {INQUIRY_WITH_CASE} {{
      persons(ids: ["P0000001", "P0000002", "P0000003"]) {{
        id ssn vehicles {{ vin }} warrants {{ number }} protectiveOrders {{ number }}
        criminalHistory {{ cycles {{ arrestedOn charges {{ code }} }} }}
      }}
    }}""",
    "a name": f"""query {INQUIRY_WITH_CASE} {{
      searchPersons(by: {{name: {{surname: "Castellanaro"}}}}) {{ total edges {{ node {{ id }} why }} }}
    }}""",
    "what may not be read": "{ person(id: 1) { id } }",
}
SECTIONS = ("api", "audit", "engine", "policy", "resolvers", "schema")


@contextmanager
def garbage() -> Iterator[Counter[str]]:
    """Counts, once it is over, the objects of ours that had been left inside for the collector, by type."""
    left: Counter[str] = Counter()
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        yield left
        gc.collect()
        kinds = (type(each) for each in gc.garbage)
        left.update(
            f"{kind.__module__}.{kind.__qualname__}"
            for kind in kinds
            if kind.__module__.partition(".")[0] in SECTIONS or kind.__name__ in {"Task", "coroutine", "Context"}
        )
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


async def asked(world: World, question: str) -> Any:
    return await world.execute(question, as_="investigator", aal=2)


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
async def test_a_lookup_leaves_nothing_for_the_collector_to_find(world: World, question: str) -> None:
    """It would hold up everybody for as long as it takes to find it, ten milliseconds and more."""
    once = await asked(world, question)

    with garbage() as left:
        again = await asked(world, question)
        assert (again.status, again.data) == (once.status, once.data)

    assert left == {}


async def test_a_traced_lookup_leaves_nothing_either(data: Path, tmp_path: Path) -> None:
    async with serving(data, traces=str(tmp_path / "traces")) as world:
        provider = world.resources.telemetry.provider
        assert provider is not None
        for question in QUESTIONS.values():
            await asked(world, question)
        provider.force_flush()

        with garbage() as left:
            for question in QUESTIONS.values():
                await asked(world, question)
            provider.force_flush()

    assert left == {}


def test_what_goes_in_circles_is_found_by_this_very_count() -> None:
    with garbage() as left:
        answer = ResponseBuilder()
        answer.data = {"answer": answer}
        del answer

    assert left == {"engine.response.ResponseBuilder": 1}


async def test_the_heap_is_looked_through_while_nobody_waits_or_where_far_too_much_has_come_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with collect_when_idle(lambda: True):
        gc.collect()
        assert not collect_if_due(lambda: False)  # there is nothing new

        made = [[each] for each in range(2 * YOUNG)]
        assert not collect_if_due(lambda: True)
        assert collect_if_due(lambda: False)
        assert not collect_if_due(lambda: False)

        monkeypatch.setattr(gc_tuning, "MANY", 3 * YOUNG)
        made += [[each] for each in range(4 * YOUNG)]
        assert collect_if_due(lambda: True)
        assert not gc.isenabled()
    assert gc.isenabled()

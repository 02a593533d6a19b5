"""Garbage collector tuning: lookups leave no reference cycles, and collections wait until the server is idle."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.server import gc_tuning
from api.server.gc_tuning import IDLE_THRESHOLD, collect_if_due, collect_when_idle
from engine.response import ResponseBuilder
from tests.harness import WITH_CASE, World, running_app

QUERIES = {
    "everything about people": f"""query {WITH_CASE} {{
      persons(ids: ["P0000001", "P0000002", "P0000003"]) {{
        id ssn vehicles {{ vin }} warrants {{ number }} protectiveOrders {{ number }}
        criminalHistory {{ cycles {{ arrestedOn charges {{ code }} }} }}
      }}
    }}""",
    "a name": f"""query {WITH_CASE} {{
      searchPersons(by: {{name: {{surname: "Castellanaro"}}}}) {{ total edges {{ node {{ id }} why }} }}
    }}""",
    "an invalid document": "{ person(id: 1) { id } }",
}
PACKAGES = ("api", "audit", "engine", "policy", "resolvers", "schema", "sources", "telemetry")


@contextmanager
def garbage() -> Iterator[Counter[str]]:
    """Counts our objects that the block left in reference cycles, by type. The counts are there after the block."""
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
            if kind.__module__.partition(".")[0] in PACKAGES or kind.__name__ in {"Task", "coroutine", "Context"}
        )
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


async def execute(world: World, query: str) -> Any:
    return await world.execute(query, role="investigator", aal=2)


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
async def test_a_lookup_leaves_no_garbage_cycle(world: World, query: str) -> None:
    """A collection delays every request by ten milliseconds and more."""
    first = await execute(world, query)

    with garbage() as left:
        second = await execute(world, query)
        assert (second.status, second.data) == (first.status, first.data)

    assert left == {}


async def test_a_traced_lookup_leaves_no_garbage_cycle(data: Path, tmp_path: Path) -> None:
    async with running_app(data, traces=str(tmp_path / "traces")) as world:
        telemetry = world.resources.telemetry
        for query in QUERIES.values():
            await execute(world, query)
        telemetry.flush()

        with garbage() as left:
            for query in QUERIES.values():
                await execute(world, query)
            telemetry.flush()

    assert left == {}


def test_the_count_finds_a_garbage_cycle() -> None:
    with garbage() as left:
        response = ResponseBuilder()
        response.data = {"response": response}
        del response

    assert left == {"engine.response.ResponseBuilder": 1}


async def test_garbage_is_collected_when_idle_or_above_the_maximum(monkeypatch: pytest.MonkeyPatch) -> None:
    async with collect_when_idle(lambda: True):
        gc.collect()
        assert not collect_if_due(lambda: False)  # no new objects

        assert not collect_if_due(lambda: True, has_grown=True)
        assert collect_if_due(lambda: False, has_grown=True)

        made = [[each] for each in range(2 * IDLE_THRESHOLD)]
        assert not collect_if_due(lambda: True)
        assert collect_if_due(lambda: False)
        assert not collect_if_due(lambda: False)

        monkeypatch.setattr(gc_tuning, "BUSY_THRESHOLD", 3 * IDLE_THRESHOLD)
        made += [[each] for each in range(4 * IDLE_THRESHOLD)]
        assert collect_if_due(lambda: True)
        assert not gc.isenabled()
    assert gc.isenabled()

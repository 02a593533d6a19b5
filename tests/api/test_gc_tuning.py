"""Garbage collector tuning: lookups leave no reference cycles, and collections wait until the server is idle."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.server.gc_tuning import (
    BUSY_MEMORY_THRESHOLD,
    BUSY_THRESHOLD,
    IDLE_MEMORY_THRESHOLD,
    IDLE_THRESHOLD,
    NEW_OBJECTS,
    collect_if_due,
    collect_when_idle,
)
from engine.document import DocumentCache
from engine.limits import Limits
from engine.response import ResponseBuilder
from schema.build import guarded_schema
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
FULL = 2
"""Generation of a full collection."""
PACKAGES = ("api", "audit", "engine", "policy", "resolvers", "schema", "sources", "telemetry")


@contextmanager
def garbage() -> Iterator[Counter[str]]:
    """Counts our objects, tasks and tokens that the block left in reference cycles, by type, after the block."""
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
            if kind.__module__.partition(".")[0] in PACKAGES
            or kind.__name__ in {"Task", "coroutine", "Context", "Token"}
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
        response = ResponseBuilder.whole()
        response.data = {"response": response}
        del response

    assert left["engine.response.ResponseBuilder"] == 1


@contextmanager
def collections() -> Iterator[list[int]]:
    """The generation of each collection in the block."""
    generations: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            generations.append(info["generation"])

    gc.callbacks.append(note)
    try:
        yield generations
    finally:
        gc.callbacks.remove(note)


@pytest.mark.parametrize(
    ("is_busy", "new_objects", "grown_bytes", "generation"),
    [
        (False, 0, 0, []),
        (False, 2 * IDLE_THRESHOLD, 0, [NEW_OBJECTS]),
        (True, 2 * IDLE_THRESHOLD, 0, []),
        (True, 2 * BUSY_THRESHOLD, 0, [NEW_OBJECTS]),
        (False, 0, 2 * IDLE_MEMORY_THRESHOLD, [FULL]),
        (True, 0, 2 * IDLE_MEMORY_THRESHOLD, []),
        (True, 0, 2 * BUSY_MEMORY_THRESHOLD, [FULL]),
    ],
)
async def test_a_busy_server_collects_later_and_only_new_objects(
    is_busy: bool, new_objects: int, grown_bytes: int, generation: list[int]
) -> None:
    async with collect_when_idle(lambda: is_busy):
        gc.collect()
        made = [[each] for each in range(new_objects)]

        with collections() as generations:
            is_full = collect_if_due(lambda: is_busy, grown_bytes=grown_bytes)

        assert generations == generation
        assert is_full == (generation == [FULL])
        assert len(made) == new_objects
        assert not gc.isenabled()
    assert gc.isenabled()


def test_an_evicted_document_leaves_no_garbage_cycle() -> None:
    documents = DocumentCache(guarded_schema().graphql, Limits(cached=1))
    documents.get("query One { me { role } }")

    with garbage() as left:
        documents.get("query Other { me { role } }")

    assert not documents.has("query One { me { role } }")
    assert left["graphql.language.ast.Token"] == 0

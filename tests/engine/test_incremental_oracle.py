"""Deferred fragments change when data arrives, and not what it is: for any document, any grants and any failure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from graphql import ExecutionResult

from engine.deferral import DeferredPart
from engine.execution import execute
from engine.execution_state import ExecutionState
from engine.response import Path
from tests.engine import hard_schema
from tests.engine.comparison import (
    DOCUMENTS_PER_SCHEMA,
    SEED,
    Tally,
    assert_equal,
    assert_equal_errors,
    errors_by_null,
    uses_oracle,
)
from tests.engine.deferred_documents import DeferredDocumentGenerator
from tests.engine.engine_harness import explained_nulls
from tests.engine.merged_parts import MergedParts, merged_parts
from tests.engine.oracle import Oracle
from tests.engine.random_requests import RandomRequest
from tests.engine.shuffled_state import prepare, shuffled_state


@pytest.fixture
def tally() -> Iterator[Tally]:
    yield from Tally.of("hard")


async def compare(request: RandomRequest) -> MergedParts:
    """Execute a document in parts, as a whole, and by graphql-core in both ways."""
    prepared = prepare(request, in_parts=False)
    authorized = hard_schema.authorize_except(prepared, request.denied)
    whole, oracle = ExecutionState(prepared, authorized, request.loader), Oracle(prepared, authorized, request.loader)
    result = await execute(whole)
    assert_equal(result, await oracle.result())
    with shuffled_state(request) as state:
        merged = await merged_parts(state)
    assert_in_order(merged, state.prepared.plan.parts)
    nulled = list(differences(merged.data, result.data))
    # An error that would null an object from inside a fragment removes the fragment only.
    for path in merged.failed:
        assert any(path[: len(null)] == null for null in nulled)
    for null in nulled:
        assert any(path[: len(null)] == null for path in merged.failed)
    assert_equal_errors(outside(merged.result, nulled), outside(result, nulled))
    if not nulled:
        assert state.failed_fields.keys() == whole.failed_fields.keys()
        assert merged.nulls == await explained_nulls(whole, result.data)
        data, is_whole = await oracle.merged_data()
        if is_whole:
            assert merged.data == data
    return merged


def assert_in_order(merged: MergedParts, parts: Sequence[DeferredPart]) -> None:
    """Each part arrives once, the initial one first, and none before those that it waits for."""
    order = merged.order
    assert order[0] == 0
    assert sorted(order) == list(range(len(parts) + 1))
    for part in parts:
        for other in (part.parent, *part.requires):
            assert order.index(other.number if other else 0) < order.index(part.number)


def differences(ours: Any, whole: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of what is null only in the whole. Nothing else may differ."""
    if whole is None and ours is not None:
        yield path
    elif isinstance(whole, dict):
        assert ours.keys() == whole.keys()
        for key, value in whole.items():
            yield from differences(ours[key], value, (*path, key))
    elif isinstance(whole, list):
        assert len(ours) == len(whole)
        for index, value in enumerate(whole):
            yield from differences(ours[index], value, (*path, index))
    else:
        assert ours == whole


def outside(result: ExecutionResult, nulled: list[Path]) -> Mapping[Path, Any]:
    """The errors by the null that they explain, without those in what is null only in the whole."""
    found = errors_by_null(result)
    return {null: errors for null, errors in found.items() if not any(null[: len(each)] == each for each in nulled)}


async def test_a_denied_edge_in_a_placeholder_is_explained_in_its_own_part() -> None:
    request = RandomRequest("{page(n: 1) {... @defer {next {id}}}}", {}, frozenset({"B"}), hard_schema.NumberLoader())
    merged = await compare(request)

    assert merged.data == {"page": {"next": None}}
    assert [*merged.nulls] == ["page.next"]


@uses_oracle
async def test_parts_make_the_data_and_errors_of_the_whole(tally: Tally) -> None:
    parts = failed = removed = 0
    for number in range(SEED, SEED + DOCUMENTS_PER_SCHEMA):
        request = RandomRequest.of(number, DeferredDocumentGenerator)
        try:
            merged = await compare(request)
        except Exception as error:
            error.add_note(f"ORACLE_SEED={number} ORACLE_DOCUMENTS=1: {request}")
            raise
        tally.count(has_data=any((merged.data or {}).values()), has_errors=bool(merged.errors))
        parts, failed, removed = parts + len(merged.order) - 1, failed + len(merged.failed), removed + merged.removed
    # Without them there would be little to compare.
    assert tally.compared < 100 or min(parts, failed * 10, removed * 100) > tally.compared

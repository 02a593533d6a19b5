"""Comparison of the engine with the oracle, and counts of the compared operations.

`make oracle` compares many more operations than `make test`, and prints their number and seed.
"""

from __future__ import annotations

import gc
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import ExecutionResult

from engine.authorization import AuthorizedPlan
from engine.entities import entity_lists
from engine.execution import execute
from engine.execution_state import ExecutionState, Loader
from engine.limits import Limits
from engine.plan import PreparedOperation
from tests.engine.oracle import Oracle

SEED = int(os.environ.get("ORACLE_SEED", "1"))
DOCUMENTS_PER_SCHEMA = max(1, int(os.environ.get("ORACLE_DOCUMENTS", "200")) // 2)

# Each document is executed once, so a cached one would only burden the garbage collector.
LIMITS = Limits(characters=10**6, tokens=10**6, comparisons=10**7, depth=30, fields=10**5, cost=10**12, cached=1)

Error = tuple[str, tuple[Any, ...], tuple[tuple[int, int], ...]]
ErrorsByNull = Mapping[tuple[Any, ...], set[Error]]


uses_oracle = pytest.mark.filterwarnings(
    "ignore:coroutine .* was never awaited", "ignore::pytest.PytestUnraisableExceptionWarning"
)
"""A test that runs the oracle: if an error nulls a parent, graphql-core drops the coroutines of the rest."""


@dataclass
class Tally:
    """Counts of the operations compared over one schema."""

    schema: str
    compared: int = 0
    with_data: int = 0
    with_errors: int = 0

    @classmethod
    def of(cls, schema: str) -> Iterator[Tally]:
        """The body of a fixture: the tally of one test."""
        tally = cls(schema)
        yield tally
        gc.collect()  # here, or another test gets the warnings that this one ignores
        print(tally, flush=True)  # noqa: T201
        # Without data and without errors there would be little to compare.
        assert tally.compared < 100 or min(tally.with_data, tally.with_errors) > tally.compared / 4

    def count(self, *, has_data: bool, has_errors: bool) -> None:
        """Count one operation with equal results."""
        self.compared += 1
        self.with_data += has_data
        self.with_errors += has_errors
        if self.compared % 1000 == 0:
            print(self, flush=True)  # noqa: T201

    def __str__(self) -> str:
        return (
            f"{self.compared:,} documents over the {self.schema} schema agree, seed {SEED}:"
            f" {self.with_data:,} hold data, {self.with_errors:,} errors"
        )


async def execute_both(
    prepared: PreparedOperation, authorized: AuthorizedPlan[Any], ours: Loader, theirs: Loader, context: Any = None
) -> tuple[ExecutionResult, ExecutionState]:
    """Execute an operation with the engine and with the oracle, and assert that the results are equal."""
    state, oracle = ExecutionState(prepared, authorized, ours, context), Oracle(prepared, authorized, theirs, context)
    result, expected = await execute(state), await oracle.result()
    join_entities(prepared, result)
    assert_equal(result, expected)
    if all(error[1] == null for null, errors in errors_by_null(expected).items() for error in errors):
        # Inside a nulled parent, which fetches ran before the error depends on timing.
        assert state.failed_fields.keys() == oracle.failed_fields.keys()
    return result, state


def join_entities(prepared: PreparedOperation, result: ExecutionResult) -> None:
    """Join the lists of entities, as is done to a reply that is complete."""
    for each in entity_lists(prepared):
        for error in result.errors or ():
            error.path = list(each.path(tuple(error.path or ())))
        if result.data is not None:
            each.join(result.data)


def assert_equal(ours: ExecutionResult, theirs: ExecutionResult) -> None:
    """The same data, and for each null the same errors.

    If several errors null one parent the first one is enough, and which that is depends on timing. Then both must
    explain the null, by at least one equal error or by errors that lie below it.
    """
    assert ours.data == theirs.data
    assert_equal_errors(errors_by_null(ours), errors_by_null(theirs))


def assert_equal_errors(found: ErrorsByNull, expected: ErrorsByNull) -> None:
    """For each null the same errors, or errors that explain it as well."""
    assert found.keys() == expected.keys()
    for null, errors in found.items():
        direct = {error for error in errors if error[1] == null}
        assert direct == {error for error in expected[null] if error[1] == null} or errors & expected[null]


def errors_by_null(result: ExecutionResult) -> ErrorsByNull:
    """Errors by the path of the null that each explains."""
    found: dict[tuple[Any, ...], set[Error]] = defaultdict(set)
    for error in result.errors or ():
        path = tuple(error.path or ())
        # A fragment that is spread both deferred and not is collected twice.
        locations = tuple(dict.fromkeys((each.line, each.column) for each in error.locations or ()))
        found[_null_on(result.data, path)].add((error.message, path, locations))
    return found


def _null_on(data: Any, path: tuple[Any, ...]) -> tuple[Any, ...]:
    for length, step in enumerate(path):
        # A deferred fragment that an error has removed is missing from its object.
        if data is None or (isinstance(data, dict) and step not in data):
            return path[:length]
        data = data[step]
    return path

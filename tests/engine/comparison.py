"""Whether the engine and the oracle agree on an operation; how many operations are asked, and what came of them.

`make oracle` asks many more than `make test`, and says how many and of which seed.
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
from engine.execution import execute
from engine.execution_state import ExecutionState, Loader
from engine.limits import Limits
from engine.plan import PreparedOperation
from tests.engine.oracle import Oracle

SEED = int(os.environ.get("ORACLE_SEED", "1"))
EACH = max(1, int(os.environ.get("ORACLE_DOCUMENTS", "300")) // 2)
"""Documents over each of the two schemas."""

# Each document is asked once, so that one kept would only be in the way of the garbage collector.
LIMITS = Limits(characters=10**6, tokens=10**6, comparisons=10**7, depth=30, fields=10**5, cost=10**12, cached=1)

Error = tuple[str, tuple[Any, ...], tuple[tuple[int, int], ...]]


of_an_oracle = pytest.mark.filterwarnings(
    "ignore:coroutine .* was never awaited", "ignore::pytest.PytestUnraisableExceptionWarning"
)
"""A test that asks the oracle: where an error nulls a parent, graphql-core drops what was to complete the rest."""


@dataclass
class Tally:
    """Counts what was asked of one schema."""

    schema: str
    asked: int = 0
    with_data: int = 0
    with_errors: int = 0

    @classmethod
    def of(cls, schema: str) -> Iterator[Tally]:
        """The tally of a whole test, as a fixture has it."""
        tally = cls(schema)
        yield tally
        gc.collect()  # or another test meets what this one is allowed
        print(tally, flush=True)  # noqa: T201
        # Without data and without errors there would be little to agree on.
        assert tally.asked < 100 or min(tally.with_data, tally.with_errors) > tally.asked / 4

    def count(self, *, has_data: bool, has_errors: bool) -> None:
        """Take in one operation on which both agree."""
        self.asked += 1
        self.with_data += has_data
        self.with_errors += has_errors
        if self.asked % 1000 == 0:
            print(self, flush=True)  # noqa: T201

    def __str__(self) -> str:
        return (
            f"{self.asked:,} documents over the {self.schema} schema agree, seed {SEED}:"
            f" {self.with_data:,} hold data, {self.with_errors:,} errors"
        )


async def agreed(
    prepared: PreparedOperation, ruling: AuthorizedPlan[Any], ours: Loader, theirs: Loader, context: Any = None
) -> tuple[ExecutionResult, ExecutionState]:
    """Ask both, each with loads of its own, and see that they agree."""
    run, oracle = ExecutionState(prepared, ruling, ours, context), Oracle(prepared, ruling, theirs, context)
    found, expected = await execute(run), await oracle.result()
    agree(found, expected)
    if all(error[1] == null for null, said in errors(expected).items() for error in said):
        # Inside what was nulled, who was asked before that is a matter of time.
        assert run.failed_fetches.keys() == oracle.failed_fetches.keys()
    return found, run


def agree(ours: ExecutionResult, theirs: ExecutionResult) -> None:
    """The same data, and for each null the same errors.

    Where several errors null one parent the first to come is enough, and which that is depends on who waits for whom:
    there both must explain the null, by at least one and the same error or by errors that lie below it.
    """
    assert ours.data == theirs.data
    found, expected = errors(ours), errors(theirs)
    assert found.keys() == expected.keys()
    for null, said in found.items():
        direct = {error for error in said if error[1] == null}
        assert direct == {error for error in expected[null] if error[1] == null} or said & expected[null]


def errors(result: ExecutionResult) -> Mapping[tuple[Any, ...], set[Error]]:
    """Errors by the null that each explains."""
    found: dict[tuple[Any, ...], set[Error]] = defaultdict(set)
    for error in result.errors or ():
        path = tuple(error.path or ())
        places = tuple((each.line, each.column) for each in error.locations or ())
        found[_null_on(result.data, path)].add((error.message, path, places))
    return found


def _null_on(data: Any, path: tuple[Any, ...]) -> tuple[Any, ...]:
    for length, step in enumerate(path):
        if data is None:
            return path[:length]
        data = data[step]
    return path

"""Random requests executed in parts, which pause wherever they may and whose fetches end in any order."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from random import Random
from typing import Any

from engine.declarations import Fetch
from engine.document import DocumentCache
from engine.execution_state import ExecutionState
from engine.plan import PreparedOperation
from engine.planner import Planner
from engine.scheduling import Scheduler
from tests.engine import hard_schema
from tests.engine.comparison import LIMITS
from tests.engine.random_requests import SCHEMA, RandomRequest

NESTED = replace(LIMITS, depth=100, parts=1_000)
DOCUMENTS, PLANNER = DocumentCache(SCHEMA.graphql, NESTED), Planner(SCHEMA, NESTED)


@dataclass
class ShuffledLoader(hard_schema.NumberLoader):
    """Gives its results after a random number of turns of the event loop."""

    random: Random = field(default_factory=Random)

    async def load_all(self, fetch: Fetch, keys: Sequence[Hashable]) -> dict[Any, Any]:
        for _ in range(self.random.randrange(8)):
            await asyncio.sleep(0)
        return await super().load_all(fetch, keys)


def prepare(request: RandomRequest, *, in_parts: bool) -> PreparedOperation:
    """The plan of a request."""
    document = DOCUMENTS.get(request.text)
    return PLANNER.prepare(document, document.operation(None), request.variables, in_parts=in_parts)


@contextmanager
def shuffled_state(request: RandomRequest) -> Iterator[ExecutionState]:
    """The state of a request that is executed in parts, for which each time slice is over at once."""
    prepared, clock = prepare(request, in_parts=True), count()
    loader = ShuffledLoader(request.loader.unavailable, request.loader.broken, Random(request.text))
    with Scheduler(lambda: next(clock), lambda: next(clock)).operation() as time_slice:
        authorized = hard_schema.authorize_except(prepared, request.denied)
        yield ExecutionState(prepared, authorized, loader, time_slice=time_slice)

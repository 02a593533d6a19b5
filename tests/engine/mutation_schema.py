"""The hard schema with mutations. A number makes each result; every eleventh is missing or wrong.

Resolvers and loaders append what they do to the log, which is the request context.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import strawberry

from engine.declarations import Edge, Fetch, Lookup
from engine.document import DocumentCache
from engine.plan import PreparedOperation
from engine.planner import Planner
from tests.engine.comparison import LIMITS
from tests.engine.hard_schema import ONE, NumberLoader, Thing, build, row, varied
from tests.engine.small_schema import edge_field


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def put(self, info: strawberry.Info, n: int = 1) -> Thing | None:
        info.context.request_context.append(f"put {n}")
        await asyncio.sleep(0)  # mutations that ran side by side would be logged in another order
        return varied(n, row(n))  # type: ignore[no-any-return]

    @strawberry.mutation
    def put_non_null(self, info: strawberry.Info, n: int = 1) -> Thing:
        info.context.request_context.append(f"put_non_null {n}")
        return varied(n, row(n))  # type: ignore[no-any-return]

    @edge_field(Edge((ONE,), lambda _row, arguments, _context: Lookup(ONE, arguments["n"])), "A")
    def fetched(self, n: int = 3) -> Thing | None: ...


SCHEMA = build(mutation=Mutation, open_fields=["Mutation.put", "Mutation.putNonNull"])
DOCUMENTS, PLANNER = DocumentCache(SCHEMA.graphql, LIMITS), Planner(SCHEMA, LIMITS)


def prepare(text: str, **variables: Any) -> PreparedOperation:
    document = DOCUMENTS.get(text)
    return PLANNER.prepare(document, document.operation(None), variables)


@dataclass
class LoggingLoader(NumberLoader):
    """Logs the fetch and keys of each batch."""

    log: list[Any] = field(default_factory=list)

    @property
    def has_invalid_values(self) -> bool:
        return False

    def bytes_read(self, fetch: Fetch) -> int:
        return 1_000

    async def load_all(self, fetch: Fetch, keys: Sequence[Hashable]) -> dict[Any, Any]:
        self.log.append((fetch.name, *keys))
        return await super().load_all(fetch, keys)

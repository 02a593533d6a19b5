"""The hard schema with subscriptions and mutations. A number makes its event; every eleventh is missing or wrong.

Resolvers and loaders append what they do to the log, which is the request context.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import strawberry

from engine.declarations import METADATA, Edge, Embedded, Fetch, Lookup, Read
from engine.document import DocumentCache
from engine.plan import PreparedOperation
from engine.planner import Planner
from tests.engine.comparison import LIMITS
from tests.engine.hard_schema import MANY, ONE, BadValue, NumberLoader, Page, Shade, Thing, build, row, varied
from tests.engine.small_schema import Label, edge_field

F = TypeVar("F", bound=Callable[..., Any])


def declared(declaration: Read | Edge, *guards: str) -> Callable[[F], F]:
    directives = [Label(of=guard) for guard in guards]
    field: Callable[[F], F] = strawberry.subscription(directives=directives, metadata={METADATA: declaration})
    return field


def by_number(fetch: Any, **more: Any) -> Edge:
    return Edge((fetch,), lambda event, _arguments, _context: Lookup(fetch, event["n"]) if event else None, **more)


async def events(info: strawberry.Info, ns: list[int]) -> AsyncGenerator[Any, None]:
    """An event for each number. At a 0 the stream waits forever."""
    log: list[Any] = info.context.request_context
    log.append("open")
    try:
        for n in ns:
            if n == 0:
                await asyncio.Event().wait()
            yield varied(n, row(n))
    finally:
        log.append("closed")


@strawberry.type
class Subscription:
    @declared(by_number(ONE), "A")
    async def thing(self, info: strawberry.Info, ns: list[int]) -> AsyncGenerator[Thing | None, None]:
        return events(info, ns)

    @declared(by_number(MANY, argument_guards=lambda arguments: ["C"] if 5 in arguments["ns"] else []), "B")
    async def things(self, info: strawberry.Info, ns: list[int]) -> AsyncGenerator[list[Thing] | None, None]:
        return events(info, ns)

    @declared(by_number(ONE, placeholder=dict))
    async def page(self, info: strawberry.Info, ns: list[int]) -> AsyncGenerator[Page, None]:
        return events(info, ns)

    @declared(Read((), Embedded()), "A")
    async def embedded(self, info: strawberry.Info, ns: list[int]) -> AsyncGenerator[Page | None, None]:
        return events(info, ns)

    @declared(Read((), lambda event: event), "A", "B")
    async def whole(self, info: strawberry.Info, ns: list[int]) -> AsyncGenerator[Thing | None, None]:
        return events(info, ns)

    @strawberry.subscription
    async def here(self, info: strawberry.Info, ns: list[int]) -> AsyncGenerator[Thing, None]:
        return events(info, ns)

    @strawberry.subscription
    async def shades(self, ns: list[int]) -> AsyncGenerator[list[Shade], None]:
        for n in ns:
            yield varied(n, [Shade.DARK], [varied(n + 2, "l")])

    @strawberry.subscription
    async def fails_late(self, ns: list[int]) -> AsyncGenerator[int, None]:
        for n in ns:
            yield n
        raise BadValue("late")

    @strawberry.subscription
    async def fails_early(self, ns: list[int]) -> AsyncGenerator[int, None]:
        raise BadValue(f"no stream of {len(ns)}")

    @strawberry.subscription
    async def no_stream(self, ns: list[int]) -> AsyncGenerator[int, None]:
        return ns  # type: ignore[return-value]

    @strawberry.field
    def plain_field(self, ns: list[int]) -> int:
        return len(ns)


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


OPEN = {
    *(f"Subscription.{name}" for name in ("page", "here", "shades", "failsLate", "failsEarly", "noStream")),
    *("Subscription.plainField", "Mutation.put", "Mutation.putNonNull"),
}

SCHEMA = build(subscription=Subscription, mutation=Mutation, open_fields=OPEN)
DOCUMENTS, PLANNER = DocumentCache(SCHEMA.graphql, LIMITS), Planner(SCHEMA, LIMITS)


def prepare(text: str, **variables: Any) -> PreparedOperation:
    document = DOCUMENTS.get(text)
    return PLANNER.prepare(document, document.operation(None), variables)


@dataclass
class LoggingLoader(NumberLoader):
    """Logs the fetch and keys of each batch."""

    log: list[Any] = field(default_factory=list)

    async def load_all(self, fetch: Fetch, keys: Sequence[Hashable]) -> dict[Any, Any]:
        self.log.append((fetch.name, *keys))
        return await super().load_all(fetch, keys)

"""A feed: events and changes over the awkward schema. A number makes its event, and now and then one that does not fit.

What is done is noted in the context list.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import strawberry

from engine.declarations import METADATA, Edge, Embedded, Fetch, Lookup, Read
from engine.document import DocumentCache
from engine.plan import PreparedOperation
from engine.planner import Planner
from tests.engine.comparison import LIMITS
from tests.engine.hard_schema import MANY, ONE, Near, Odd, Page, Shade, Thing, build, row, told
from tests.engine.small_schema import Label


def declared(how: Read | Edge, *guards: str) -> Any:
    return strawberry.subscription(directives=[Label(of=guard) for guard in guards], metadata={METADATA: how})


def by_number(fetch: Any, **more: Any) -> Edge:
    return Edge((fetch,), lambda event, _given, _context: Lookup(fetch, event["n"]) if event else None, **more)


async def events(info: strawberry.Info, ns: list[int]) -> AsyncGenerator[Any, None]:
    """An event for each number; after a 0, none and no end."""
    done: list[Any] = info.context.request_context
    done.append("open")
    try:
        for n in ns:
            if n == 0:
                await asyncio.Event().wait()
            yield told(n, row(n))
    finally:
        done.append("closed")


@strawberry.type
class Subscription:
    @declared(by_number(ONE), "A")
    async def thing(self, info: strawberry.Info, ns: list[int]) -> AsyncGenerator[Thing | None, None]:
        return events(info, ns)

    @declared(by_number(MANY, argument_guards=lambda given: ["C"] if 5 in given["ns"] else []), "B")
    async def things(self, info: strawberry.Info, ns: list[int]) -> AsyncGenerator[list[Thing] | None, None]:
        return events(info, ns)

    @declared(by_number(ONE, placeholder=dict))
    async def page(self, info: strawberry.Info, ns: list[int]) -> AsyncGenerator[Page, None]:
        return events(info, ns)

    @declared(Read((), Embedded()), "A")
    async def part(self, info: strawberry.Info, ns: list[int]) -> AsyncGenerator[Page | None, None]:
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
            yield told(n, [Shade.DARK], [told(n + 2, "l")])

    @strawberry.subscription
    async def dry(self, ns: list[int]) -> AsyncGenerator[int, None]:
        for n in ns:
            yield n
        raise Odd("dry")

    @strawberry.subscription
    async def broken(self, ns: list[int]) -> AsyncGenerator[int, None]:
        raise Odd(f"no stream of {len(ns)}")

    @strawberry.subscription
    async def single(self, ns: list[int]) -> AsyncGenerator[int, None]:
        return ns  # type: ignore[return-value]

    @strawberry.field
    def still(self, ns: list[int]) -> int:
        return len(ns)


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def put(self, info: strawberry.Info, n: int = 1) -> Thing | None:
        info.context.request_context.append(f"put {n}")
        await asyncio.sleep(0)  # whoever did not take turns would be next
        return told(n, row(n))  # type: ignore[no-any-return]

    @strawberry.mutation
    def must(self, info: strawberry.Info, n: int = 1) -> Thing:
        info.context.request_context.append(f"must {n}")
        return told(n, row(n))  # type: ignore[no-any-return]

    @strawberry.mutation(
        directives=[Label(of="A")],
        metadata={METADATA: Edge((ONE,), lambda _row, given, _context: Lookup(ONE, given["n"]))},
    )
    def found(self, n: int = 3) -> Thing | None: ...


OPEN = {
    *(f"Subscription.{name}" for name in ("page", "here", "shades", "dry", "broken", "single", "still")),
    *("Mutation.put", "Mutation.must"),
}

BLUEPRINT = build(subscription=Subscription, mutation=Mutation, open_fields=OPEN)
DOCUMENTS, PLANNER = DocumentCache(BLUEPRINT.graphql, LIMITS), Planner(BLUEPRINT, LIMITS)


def prepare(text: str, **variables: Any) -> PreparedOperation:
    document = DOCUMENTS.get(text)
    return PLANNER.prepare(document, document.operation(None), variables)


@dataclass
class Noting(Near):
    """Notes what it is asked."""

    done: list[Any] = field(default_factory=list)

    async def load_all(self, fetch: Fetch, keys: Sequence[Hashable]) -> dict[Any, Any]:
        self.done.append((fetch.name, *keys))
        return await super().load_all(fetch, keys)

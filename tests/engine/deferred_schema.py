"""A schema of numbered items, whose fields come from sources that a test can hold back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Annotated, Any, NamedTuple

import strawberry
from graphql import GraphQLDeferDirective

from engine.authorization import authorize
from engine.declarations import IS_LAST, Column, Derived, Edge, Fetch, Inputs, KeyColumns, ListColumn, Lookup, Read
from engine.document import DocumentCache
from engine.execution_state import ExecutionState
from engine.guarded_schema import GuardedSchema
from engine.incremental import Part, execute_in_parts
from engine.limits import Limits
from engine.plan import PreparedOperation
from engine.planner import Planner
from engine.reply_size import ReplySize
from engine.scheduling import Scheduler
from tests.engine.engine_harness import FakeDenial, FakeGrant, deny_mask
from tests.engine.small_schema import FakeFetch, declared, edge_field, labels

ONE = FakeFetch("items.one", "items")
SLOW = FakeFetch("slow.one", "slow")
OTHER = FakeFetch("other.one", "other")
MANY = FakeFetch("many.of", "many")
NAME = FakeFetch("name", "none")
"""Stands for the resolver of names, which fetches nothing."""
BAD = 13
"""The item without a name, which is none where the name is asked for."""
MISSING = 99
"""The item that is not there."""


def edge(fetch: FakeFetch) -> Any:
    return declared(Edge((fetch,), KeyColumns(fetch, ("id",)), ("id",)), "ALL")


def digest(inputs: Inputs) -> str:
    return f"{len(inputs.faulty)} faulty"


@strawberry.type
class Item:
    id: int | None = declared(Read(("id",), Column("id")), "ALL")
    tags: list[str] | None = declared(Read(("tags",), ListColumn("tags")), "ALL")
    slow: Annotated[Item, strawberry.lazy(__name__)] | None = edge(SLOW)
    other: Annotated[Item, strawberry.lazy(__name__)] | None = edge(OTHER)
    many: list[Annotated[Item, strawberry.lazy(__name__)]] | None = edge(MANY)
    digest: str | None = declared(Derived("{ tags }", digest), "ALL")

    @strawberry.field
    async def name(self: Any, info: strawberry.Info) -> str:
        await info.context.loader.hold(NAME)
        if self["id"] == BAD:
            raise LookupError("no name")
        return f"item {self['id']}"


last_field: Callable[[Callable[..., Any]], Any] = strawberry.field(metadata={IS_LAST: True})


@strawberry.type
class Query:
    @edge_field(Edge((ONE,), lambda _row, arguments, _context: [Lookup(ONE, each) for each in arguments["ids"]]), "ALL")
    def items(self, ids: list[int]) -> list[Item | None]:
        raise AssertionError

    @last_field
    def sources(self, info: strawberry.Info) -> list[str]:
        return sorted(each.name for each in info.context.loader.ended)


def build() -> GuardedSchema:
    schema = GuardedSchema(strawberry.Schema(Query), labels=labels, open_fields=("Item.name", "Query.sources"))
    schema.graphql.directives = (*schema.graphql.directives, GraphQLDeferDirective)
    return schema


SCHEMA = build()
LIMITS = Limits(characters=10**6, tokens=10**5, cost=10**9)
DOCUMENTS, PLANNER = DocumentCache(SCHEMA.graphql, LIMITS), Planner(SCHEMA, LIMITS)


class Call:
    """A call of one fetch: a test may wait until it has begun, and hold it back."""

    def __init__(self) -> None:
        self.has_begun, self.may_end = asyncio.Event(), asyncio.Event()


@dataclass
class HeldLoader:
    """Gives a row for any number but MISSING.

    held:      the fetches that wait until their call may end.
    many:      how many items each item has.
    tags:      the column of that name.
    failing:   the fetch whose rows cannot be measured, a defect; `has_failed` is set when it is.
    barrier:   that the calls of all fetches but ONE pass together.
    ended, cancelled: the fetches whose call did.
    """

    held: Sequence[Fetch] = ()
    many: int = 2
    tags: str = "[]"
    failing: Fetch | None = None
    has_failed: asyncio.Event = field(default_factory=asyncio.Event)
    barrier: asyncio.Barrier | None = None
    ended: list[Fetch] = field(default_factory=list)
    cancelled: list[Fetch] = field(default_factory=list)
    calls: dict[Fetch, Call] = field(default_factory=dict)

    @property
    def has_invalid_values(self) -> bool:
        return False

    def call(self, fetch: Fetch) -> Call:
        return self.calls.setdefault(fetch, Call())

    async def hold(self, fetch: Fetch) -> None:
        """Begin a call, and wait until it may end."""
        call = self.call(fetch)
        call.has_begun.set()
        try:
            if fetch in self.held:
                await call.may_end.wait()
        except asyncio.CancelledError:
            self.cancelled.append(fetch)
            raise

    def bytes_read(self, fetch: Fetch) -> int:
        if fetch == self.failing:
            self.has_failed.set()
            raise RuntimeError("a defect")
        return 100 * (self.many if fetch == MANY else 1)

    async def load_all(self, fetch: Fetch, keys: Sequence[Hashable]) -> Mapping[Any, Any]:
        await self.hold(fetch)
        if self.barrier is not None and fetch is not ONE:
            await self.barrier.wait()
        self.ended.append(fetch)
        rows = {key: {"id": key, "tags": self.tags} for key in keys if key != MISSING}
        return {key: [row] * self.many for key, row in rows.items()} if fetch is MANY else rows

    async def prefetch(self, fetch: Fetch, keys: Sequence[Hashable]) -> None:
        raise AssertionError("no fetch of this schema decides visibility")


def prepare(text: str, variables: Mapping[str, Any] | None = None, *, in_parts: bool = True) -> PreparedOperation:
    """The plan of a document."""
    document = DOCUMENTS.get(text)
    return PLANNER.prepare(document, document.operation(None), variables or {}, in_parts=in_parts)


class Executing(NamedTuple):
    """An operation in progress.

    turn: the lock that a long operation has while it runs.
    """

    state: ExecutionState
    parts: AsyncIterator[list[Part]]
    labels: Mapping[int, str]
    turn: asyncio.Lock

    async def next(self) -> list[str]:
        """The labels of the parts that arrive next, "" for the initial one."""
        return [self.labels[part.number] for part in await anext(self.parts)]


@asynccontextmanager
async def executing(
    text: str, loader: HeldLoader | None = None, *, row_limit: int = 10**6, size_limit: int = 10**8
) -> AsyncIterator[Executing]:
    """An operation that begins with its first part, ends with the block, and pauses wherever it may."""
    prepared, clock = prepare(text), count()
    authorized = authorize(prepared, {"ALL": FakeGrant("ALL")}, dict[Hashable, FakeDenial](), deny_mask)
    scheduler = Scheduler(lambda: next(clock), lambda: next(clock))
    with scheduler.operation() as time_slice:
        state = ExecutionState(
            prepared,
            authorized,
            loader or HeldLoader(),
            row_limit=row_limit,
            reply_size=ReplySize(size_limit),
            time_slice=time_slice,
        )
        labels = {0: ""} | {each.number: each.label or "?" for each in prepared.plan.parts}
        async with aclosing(execute_in_parts(state)) as parts:
            yield Executing(state, parts, labels, scheduler.turn)
